"""The front page: complete, copyable, true, and harmless."""

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from openpyxl.formula import Tokenizer  # type: ignore[import-untyped]  # openpyxl has no types of its own

from api import formulas
from api.formulas import COMMAS, ITALIAN, PLACEHOLDER, SEMICOLONS
from api.home import held_of, window_of
from api.services import Services
from tabular.month import Month
from tabular.partition import Partition
from tests.api.markup import Markup, assert_sound, commands
from tests.serving import Served, opened_at
from tests.steps import CALLS, CONTACTS, SUMMARIES, batches, moment, step

ROME = ZoneInfo("Europe/Rome")
OUTBOUND = "outboundCalls"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that holds inbound calls of two months, outbound calls of 1999, contacts, and no chats."""
    services = opened_at(tmp_path_factory.mktemp("home") / "tvox.duckdb")
    old = services.catalogue.table(OUTBOUND)
    with services.store.writing("test") as writing:
        rows = [step(moment(f"2026-11-20T08:{i:02}"), 0, i, user=f"user{i}", waitDuration=i * 7) for i in range(60)]
        writing.merge(CALLS, batches([*rows, step(moment("2026-09-03T08:00"))]), SUMMARIES)
        summary = services.catalogue.summary_of(old)
        writing.merge(old, batches([step(moment("1999-01-04T08:00"))], old), summary)
        writing.replace(CONTACTS, None, batches([{"uuid": "u1", "fullName": "Ada Rossi"}], CONTACTS))
    running = Served(services)
    yield running
    running.close()
    services.close()


@pytest.fixture(scope="module")
def page(served: Served) -> Markup:
    """The front page as anybody sees it."""
    answer = httpx.get(f"{served.address}/", trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return Markup(answer.text)


def asked(served: Served, address: str) -> list[list[str]]:
    """The rows at an address of the page, with a real key in the placeholder's place and no other."""
    assert address.count(PLACEHOLDER) == 1
    answer = httpx.get(address.replace(PLACEHOLDER, served.key), trust_env=False)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def test_the_page_is_sound_and_accessible(page: Markup) -> None:
    assert_sound(page)


def test_every_table_and_column_is_there(page: Markup, served: Served) -> None:
    articles = {part.partition('"')[0]: part for part in page.html.split('<article id="')[1:]}
    assert list(articles) == [table.name for table in served.services.catalogue]
    for table in served.services.catalogue:
        article = Markup('<article id="' + articles[table.name].partition("</article>")[0] + "</article>")
        assert article.headings == [(3, table.title)]
        assert table.description.replace("`", "") in article.text
        rows = [tuple(article.cells[i : i + 4]) for i in range(4, len(article.cells), 4)]
        assert [row[:3] for row in rows] == [(c.name, c.type.value, c.unit or "") for c in table.columns]
        for column, row in zip(table.columns, rows, strict=True):
            assert row[3].startswith(" ".join(column.description.replace("`", "").split()))
            assert all(value in row[3] for value in column.values)


def test_every_sheets_formula_answers_with_the_whole_header(page: Markup, served: Served) -> None:
    found = [text for text in page.copies if text.startswith("=IMPORTDATA(")]
    tables = list(served.services.catalogue)
    assert len(found) == len(tables) * 3
    for (plain, *parted), table in zip(zip(*[iter(found)] * 3, strict=True), tables, strict=True):
        match = re.fullmatch(r'=IMPORTDATA\("([^"]+)"\)', plain)
        assert match is not None
        rows = asked(served, match[1])
        assert rows[0] == [column.name for column in table.columns]
        assert ("last=7d" in plain) == (table.clock is not None and OUTBOUND not in (table.root, *table.of))
        assert parted == [f'=IMPORTDATA("{match[1]}"{sign}",")' for sign in (",", ";")]


def test_every_formula_of_a_page_answers_with_one_table(page: Markup, served: Served) -> None:
    found = [text for text in page.copies if text.startswith("=IMPORTHTML(")]
    tables = list(served.services.catalogue)
    assert len(found) == len(tables) * 2
    for (commas, semicolons), table in zip(zip(*[iter(found)] * 2, strict=True), tables, strict=True):
        match = re.fullmatch(r'=IMPORTHTML\("([^"]+)","table",1\)', commas)
        assert match is not None
        assert semicolons == f'=IMPORTHTML("{match[1]}";"table";1)'
        assert match[1].count(PLACEHOLDER) == 1
        shown = httpx.get(match[1].replace(PLACEHOLDER, served.key), trust_env=False).text
        assert shown.count("<table") == 1
        assert re.findall(r"<th [^>]*>([^<]+)</th>", shown) == [column.name for column in table.columns]


def test_every_table_has_the_formula_of_the_script_without_a_key(page: Markup, served: Served) -> None:
    found = [text for text in page.copies if text.startswith("=TVOX(")]
    expected = []
    for table in served.services.catalogue:
        window = "" if table.clock is None else '"7d"' if OUTBOUND not in (table.root, *table.of) else '"1999-01"'
        for sign in (",", ";"):
            expected.append(f'=TVOX("{table.name}"{sign if window else ""}{window})')
    assert found == expected


@pytest.mark.parametrize(
    ("languages", "sheets", "excels"),
    [
        ("it-IT,it;q=0.9,en;q=0.8", ";", [ITALIAN, SEMICOLONS, COMMAS]),
        ("en;q=0.7,de-AT", ";", [SEMICOLONS, COMMAS, ITALIAN]),
        ("es-MX,es;q=0.9", ",", [COMMAS, SEMICOLONS, ITALIAN]),
        ("en-GB,it;q=0.5", ",", [COMMAS, SEMICOLONS, ITALIAN]),
        ("*, x;q=nonsense;;", ",", [COMMAS, SEMICOLONS, ITALIAN]),
    ],
)
def test_the_readers_own_spelling_comes_first(
    served: Served, page: Markup, languages: str, sheets: str, excels: list[formulas.Spelling]
) -> None:
    answer = served.get("/", headers={"Accept-Language": languages})
    assert "Accept-Language" in answer.headers["Vary"]
    seen = Markup(answer.text)
    assert sorted(seen.copies) == sorted(page.copies)  # what comes second is there, too
    by_page = [text for text in seen.copies if text.startswith("=IMPORTHTML(")]
    assert [f'"{sheets}"table"{sheets}1)' in text for text in by_page[:4]] == [True, False, True, False]
    poured = [text for text in seen.copies if text.startswith("=LET(")]
    beginnings = [f"=LET(csv{one.separator}{one.call('SUBSTITUTE', '')[:-1]}" for one in excels]
    assert all(text.startswith(start) for text, start in zip(poured[:3], beginnings, strict=True))


def web_address(formula: str) -> str:
    """The address inside a formula's WEBSERVICE, its pieces put together."""
    match = re.search(r'(?:WEBSERVICE|SERVIZIO\.WEB)\(((?:"[^"]*"&?)+)\)', formula)
    assert match is not None, formula
    pieces = re.findall(r'"([^"]*)"', match[1])
    assert all(len(piece.replace(PLACEHOLDER, "K" * 60)) <= 255 for piece in pieces)  # Excel's longest text
    return "".join(pieces)


def test_every_excel_formula_answers_with_its_columns(page: Markup, served: Served) -> None:
    found = [text for text in page.copies if text.startswith("=LET(")]
    tables = list(served.services.catalogue)
    assert len(found) == len(tables) * len(formulas.SPELLINGS)
    for table, texts in zip(tables, zip(*[iter(found)] * len(formulas.SPELLINGS), strict=True), strict=True):
        assert len({web_address(text) for text in texts}) == 1
        rows = asked(served, web_address(texts[0]))
        samples = formulas.sample_columns(table)
        assert rows[0] == [column.name for column in samples]
        assert 2 <= len(samples) <= 8
        assert set(samples) <= set(table.columns)
        assert f">{formulas.text_count(samples)}" in texts[0]


def test_excels_steps_read_the_csv_as_it_is(page: Markup, served: Served) -> None:
    """What LET, SUBSTITUTE, LEFT and TEXTSPLIT do to the answer, done by hand."""
    formula = next(text for text in page.copies if text.startswith("=LET(") and "/inboundCalls.csv" in text)
    address = web_address(formula).replace(PLACEHOLDER, served.key)
    answer = httpx.get(address, trust_env=False).text
    text = answer.replace("\r", "")
    assert '"' not in text
    assert len(answer) < 32_767
    by_formula = [line.split(",") for line in text[:-1].split("\n")]
    assert by_formula == list(csv.reader(io.StringIO(answer, newline="")))
    assert len(by_formula) == 61
    numbers = [row[formulas.text_count(formulas.sample_columns(CALLS)) :] for row in by_formula[1:]]
    assert all(cell == "" or cell.isdigit() for row in numbers for cell in row)


def test_the_spellings_of_a_formula_are_the_same_formula() -> None:
    address = formulas.with_key("http://host/x.csv?last=7d")
    english, semicolons, italian = (formulas.excel(address, 2, s) for s in (COMMAS, SEMICOLONS, ITALIAN))

    back = italian.replace(";", ",")
    for name, local in ITALIAN.names.items():
        back = re.sub(rf"(?<![A-Z.]){re.escape(local)}\(", f"{name}(", back)
    assert english == semicolons.replace(";", ",") == back
    tokens = Tokenizer(english).items  # what a workbook's reader makes of it
    assert [t.value for t in tokens if t.type == "FUNC" and t.subtype == "OPEN"] == re.findall(r"[A-Z]+\(", english)
    assert sum(t.subtype == "OPEN" for t in tokens) == sum(t.subtype == "CLOSE" for t in tokens)


@pytest.mark.parametrize("value", ['http://h/x?a="b"', '"', '""', "plain", 'ends with "'])
def test_quotes_in_formulas_are_doubled(value: str) -> None:
    tokens = Tokenizer(formulas.google_sheets(value)).items
    (literal,) = [token.value for token in tokens if token.subtype == "TEXT"]
    assert literal[1:-1].replace('""', '"') == value


def test_every_command_answers(page: Markup, served: Served) -> None:
    found = list(commands(page))
    assert len(found) == len(list(served.services.catalogue))
    for address, headers, _, _ in found:
        sent = {name: value.replace(PLACEHOLDER, served.key) for name, value in headers.items()}
        answer = httpx.get(address, headers=sent, trust_env=False)
        assert answer.status_code == 200, address
        assert address in page.copies  # the address alone, for From Web


def test_the_months_held_are_told_and_drawn(page: Markup) -> None:
    assert "2 months held: September 2026 to November 2026, without October 2026." in " ".join(page.text.split())
    assert "1 month held: January 1999." in " ".join(page.text.split())
    assert "Held whole: this table has no months." in " ".join(page.text.split())
    assert "Nothing held yet" in page.text
    assert "October 2026: not held" in page.values("title")
    assert "November 2026: held" in page.values("title")


def partition(month: Month | None) -> Partition:
    """A partition of a month, brought in on a summer's day."""
    return Partition("t", month, 1, datetime(2026, 7, 1, 22, 30, tzinfo=UTC), 1, False, True, "test")


def test_long_gaps_are_drawn_short() -> None:
    held = held_of([partition(Month(1999, 1)), partition(Month(2026, 11))], ROME)
    assert held is not None
    assert [(years.title, years.is_gap) for years in held.years] == [
        ("1999", False),
        ("2000 to 2025", True),
        ("2026", False),
    ]
    assert held.count == "2 months held"
    assert held.span == "January 1999 to November 2026; 333 months between them are not held"
    assert held.brought_in == "2 July 2026, 00:30"


def test_the_examples_window_reaches_what_is_held() -> None:
    november = held_of([partition(Month(2026, 11))], ROME)
    assert window_of(CALLS, november, date(2026, 12, 7)) == {"month": "2026-11"}
    assert window_of(CALLS, november, date(2026, 12, 6)) == {"last": "7d"}
    assert window_of(CALLS, None, date(2026, 12, 6)) == {"last": "7d"}
    assert window_of(CONTACTS, None, date(2026, 12, 6)) == {}


def test_no_key_is_on_the_page_even_if_one_was_sent(served: Served) -> None:
    answer = served.get(f"/?api_key={served.key}")
    assert answer.status_code == 200
    assert served.key not in answer.text
    assert served.key not in str(answer.headers)
    assert PLACEHOLDER in answer.text


def test_unknown_parameters_are_ignored(served: Served) -> None:
    assert served.get("/?nonsense=1&last=7x").status_code == 200


@pytest.mark.parametrize("address", ["/", "/docs", "/pages/style.css"])
def test_pages_are_open_and_harmless(served: Served, address: str) -> None:
    with httpx.Client(base_url=served.address, trust_env=False) as stranger:
        answer = stranger.get(address)
        head = stranger.head(address)
    assert answer.status_code == head.status_code == 200
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Encoding"] in ("gzip", "zstd")
    assert head.content == b""


def test_the_stylesheet_is_kept_until_it_changes(served: Served, page: Markup) -> None:
    (link,) = [value for value in page.values("href") if "style.css" in value]
    answer = served.get(f"/{link}")
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "max-age=" in answer.headers["Cache-Control"]
    again = served.get(f"/{link}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert "url(" not in answer.text
    assert "@import" not in answer.text


def test_copyable_text_is_selected_whole_by_one_click(served: Served) -> None:
    rule = re.search(r"^\.copy \{([^}]*)\}", served.get("/pages/style.css").text, re.MULTILINE)
    assert rule is not None
    assert "user-select: all" in rule[1]


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of `#rrggbb`."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_contrasts_with_its_ground(served: Served, scheme: str) -> None:
    blocks = re.findall(r":root \{([^}]*)\}", served.get("/pages/style.css").text)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[["light", "dark"].index(scheme)]))
    pairs = [(ink, ground) for ink in ("ink", "soft", "accent") for ground in ("paper", "card", "block", "wash")]
    for ink, ground in [*pairs, ("accent-ink", "accent"), ("warn", "paper")]:
        dark, light = sorted((luminance(colours[ink]), luminance(colours[ground])))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def test_an_empty_store_says_how_to_fill_it(services: Services) -> None:
    running = Served(services)
    try:
        page = Markup(running.get("/").text)
    finally:
        running.close()
    assert_sound(page)
    assert "Nothing is held yet" in page.text
    assert [text for text in page.copies if "main.py demo" in text]
    assert [text for text in page.copies if "main.py load" in text]


def test_the_public_address_stands_in_every_formula(services: Services) -> None:
    settings = services.settings.model_copy(update={"public_url": "https://tables.example.com/tvox/"})
    moved = replace(services, settings=settings)
    running = Served(moved)
    try:
        page = Markup(running.get("/").text)
    finally:
        running.close()
    formulae = [text for text in page.copies if text.startswith(("=", "curl", "http")) and "=TVOX(" not in text]
    feed = "https://tables.example.com/tvox/odata/"
    assert feed in formulae
    assert all("https://tables.example.com/tvox/tables/" in text for text in formulae if text != feed)
    assert "Google cannot reach it" not in page.text


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
)


@pytest.mark.skipif(CHROMIUM is None, reason="no browser here: apt-get install chromium")
def test_chromium_shows_it_without_a_complaint(served: Served, page: Markup, tmp_path: Path) -> None:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [str(CHROMIUM), *QUIET, f"--user-data-dir={tmp_path / 'profile'}", *options, f"{served.address}/"]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    dumped, picture = run("--dump-dom"), tmp_path / "home.png"
    drawn = run(f"--screenshot={picture}", "--window-size=1280,1800")
    assert "CONSOLE" not in dumped.stderr + drawn.stderr
    seen = dumped.stdout
    assert all(f'id="{table.name}"' in seen for table in served.services.catalogue)
    text = re.sub(r"<[^>]+>", "", seen).replace("&amp;", "&").replace("&gt;", ">").replace("&lt;", "<")
    assert all(formula in text for formula in page.copies)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 50_000
