"""Pages: templates become HTML that loads nothing from elsewhere and runs no script."""

import re
from functools import cache
from hashlib import blake2b
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api.formulas import PLACEHOLDER
from api.streaming import compressed, encoding_for
from tabular.release import RELEASE

PAGES = Path(__file__).with_name("pages")

_SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_CODE = re.compile(r"`([^`]+)`")


def page(request: Request, template: str, facts: dict[str, object]) -> Response:
    """A template filled with facts, compressed as the client asks."""
    html = _environment().get_template(template).render(facts, release=RELEASE, style=stylesheet()[1])
    return _response(request, html.encode(), "text/html; charset=utf-8", {"Cache-Control": "no-cache"})


def style(request: Request) -> Response:
    """The stylesheet; pages name it with its fingerprint, so a browser may keep it until it changes."""
    body, fingerprint = stylesheet()
    headers = {"Cache-Control": "public, max-age=86400", "ETag": f'W/"{fingerprint}"'}
    given = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    if headers["ETag"] in given:
        return Response(status_code=304, headers=headers)
    return _response(request, body, "text/css; charset=utf-8", headers)


@cache
def stylesheet() -> tuple[bytes, str]:
    """The stylesheet of every page, and its fingerprint."""
    body = (PAGES / "style.css").read_bytes()
    return body, blake2b(body, digest_size=6).hexdigest()


def _response(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
    headers = _SAFE | headers | {"Vary": "Accept-Encoding"}
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return Response(b"".join(compressed(iter([body]), encoding)), headers=headers, media_type=media_type)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["prose"] = prose
    made.filters["copyable"] = copyable
    return made


def prose(text: str) -> Markup:
    """A sentence as HTML: what stands between backticks is code.

    >>> print(prose("The list `tel` of <b>."))
    The list <code>tel</code> of &lt;b&gt;.
    """
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped before it is marked


def copyable(text: str) -> Markup:
    """A formula or a command as HTML: what is to be replaced by a key stands out, and is never broken over two lines.

    >>> print(copyable("=F(<YOUR-KEY>)"))
    =F(&lt;<b>YOUR-KEY</b>&gt;)
    """
    return Markup("<b>{}</b>").format(PLACEHOLDER).join(text.split(PLACEHOLDER))
