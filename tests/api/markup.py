"""A page as tests look at it: parsed strictly, so that markup which a browser would repair is refused."""

import shlex
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

_VOID = {"br", "input", "link", "meta", "img", "hr", "rect", "path"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class Markup(HTMLParser):
    """What a page holds; AssertionError where its tags are not balanced."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.headings: list[tuple[int, str]] = []
        self.copies: list[str] = []
        self.cells: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self._catching: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        assert len(named) == len(attrs), f"<{tag}> says an attribute twice"
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in named.items()]
        if tag in _VOID:
            return
        self._open.append(tag)
        if tag in _HEADINGS or tag in ("td", "th") or (tag == "code" and named.get("class") == "copy"):
            self._catching.append((tag, []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _VOID, f"<{tag}/> is not closed in HTML"
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert tag not in _VOID, f"</{tag}>"
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> at {self.getpos()} while {self._open} are open"
        self._open.pop()
        if self._catching and self._catching[-1][0] == tag:
            text = "".join(self._catching.pop()[1])
            if tag == "code":
                self.copies.append(text)
            elif tag in _HEADINGS:
                self.headings.append((int(tag[1]), " ".join(text.split())))
            else:
                self.cells.append(" ".join(text.split()))

    def handle_data(self, data: str) -> None:
        self.text += data
        for _, pieces in self._catching:
            pieces.append(data)

    def values(self, *names: str) -> list[str]:
        """Every value of these attributes."""
        return [value for _, name, value in self.attributes if name in names]


def assert_sound(page: Markup) -> None:
    """What holds of every page: a language, landmarks, headings in order, ids of its own, nothing from afar."""
    assert page.html.startswith("<!doctype html>")
    assert ("html", "lang", "en") in page.attributes
    for landmark in ("header", "main", "footer", "nav", "h1", "title"):
        assert page.tags[landmark], landmark
    assert page.tags["h1"] == page.tags["main"] == page.tags["title"] == 1
    levels = [level for level, _ in page.headings]
    assert all(below <= above + 1 for above, below in pairwise(levels)), page.headings
    assert all(text for _, text in page.headings)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert set(page.values("for", "aria-labelledby")) <= set(ids)
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)
    assert not any(page.tags[tag] for tag in ("script", "style", "iframe", "object", "form", "base"))
    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]
    afar = [value for value in page.values("href", "src", "srcset", "action") if "//" in value.partition("data:")[0]]
    assert not afar
    assert page.tags["table"] - page.values("class").count("sheet") == page.tags["caption"]
    scopes = page.values("scope")
    assert scopes.count("col") >= page.tags["caption"]


def commands(page: Markup) -> Iterator[tuple[str, dict[str, str], tuple[str, str] | None, str | None]]:
    """Each curl command of a page as the address, headers, credentials and body that it sends."""
    for text in page.copies:
        if not text.startswith("curl "):
            continue
        words = iter(shlex.split(text)[1:])
        headers: dict[str, str] = {}
        credentials: tuple[str, str] | None = None
        address, body = "", None
        for word in words:
            if word == "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word == "-u":
                user, _, password = next(words).partition(":")
                credentials = (user, password)
            elif word == "--dump-header":
                assert next(words) == "-"
            elif word == "--data-binary":
                body = next(words)
            elif word not in ("--compressed", "-g"):
                assert not address
                assert not word.startswith("-")
                address = word
        yield address, headers, credentials, body
