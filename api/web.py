"""The pages that run a script: built beforehand from addin/web, served under a strict policy, packed once and kept."""

import re
import zlib
from functools import lru_cache
from hashlib import blake2b
from mimetypes import guess_type
from pathlib import Path
from secrets import token_urlsafe

import zstandard
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api import rendering
from api.streaming import compressed, encoding_for

router = APIRouter()

BUILT = Path(__file__).resolve().parents[1] / "addin" / "web" / "dist"

_NONCE = "NONCE-OF-THIS-ANSWER"
"""What the build leaves in a page for the nonce of each answer (`cspNonce` in vite.config.ts)."""

# Nothing from elsewhere, no script but the service's own files, nothing evaluated. Styles need a nonce: GraphiQL's
# editor makes <style> elements at run time. It writes style attributes too, which no nonce can allow: these become
# rules of a constructed style sheet (addin/web/policy/styles.ts), so that 'unsafe-inline' is not needed.
_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'nonce-{nonce}'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HARMLESS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

# A worker lives by the policy of its own file: it may load the service's scripts, and reach nothing.
_ASSET_HEADERS = _HARMLESS | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'",
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}
_ASSET = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".ttf": "font/ttf"}


@router.api_route("/datamodel", methods=["GET", "HEAD"], include_in_schema=False)
def playground(request: Request) -> Response:
    """The Playground of the Data Model. Open without a key, which its queries need."""
    return _page(request, "datamodel")


@router.api_route("/web/assets/{name}", methods=["GET", "HEAD"], include_in_schema=False)
def asset(request: Request, name: str) -> Response:
    """A script, style sheet or font of the pages. Its name changes with its content, so a browser may keep it."""
    path = BUILT / "web" / "assets" / name
    if not _ASSET.fullmatch(name) or not path.is_file():
        raise HTTPException(404)
    encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
    body, tag = _packed(path, encoding)
    headers = _ASSET_HEADERS | {"ETag": tag}
    if tag in [given.strip() for given in request.headers.get("If-None-Match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return Response(body, headers=headers, media_type=_type_of(path))


def _page(request: Request, name: str) -> Response:
    try:
        html = (BUILT / f"{name}.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        answer = rendering.page(request, "unbuilt.html", {"page": name})
        answer.status_code = 503  # the page is meant to be here, and will be
        return answer
    nonce = token_urlsafe(16)
    encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
    headers = _HARMLESS | {
        "Content-Security-Policy": _POLICY.format(nonce=nonce),
        "Cache-Control": "no-store",  # a nonce is for one answer
        "Vary": "Accept-Encoding",
    }
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    body = b"".join(compressed(iter([html.replace(_NONCE, nonce).encode()]), encoding))
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")


@lru_cache(maxsize=128)
def _packed(path: Path, encoding: str | None) -> tuple[bytes, str]:
    """An asset as it is sent, and its tag. It is packed once, so that may take its time."""
    body = path.read_bytes()
    tag = f'"{blake2b(body, digest_size=8).hexdigest()}-{encoding or "plain"}"'
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=12).compress(body), tag
    if encoding == "gzip":
        work = zlib.compressobj(9, zlib.DEFLATED, 31)
        return work.compress(body) + work.flush(), tag
    return body, tag


def _type_of(path: Path) -> str:
    # Not every machine's list of types has these right, and a script of the wrong type is not run.
    return _TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
