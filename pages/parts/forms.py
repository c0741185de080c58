"""Requests of our own forms, and the answers to them."""

import re
from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from display.words import LANGUAGES, SOURCE_LANGUAGE
from settings import setting

MOST_BYTES = 10_000
_LONGEST_PATH = 500
#: These pages have no script, and may be shown in no frame.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


async def own_fields(request: Request) -> dict[str, str]:
    """The fields of a form of ours; 403 for what another site sent, 413 for too much."""
    if _is_foreign(request):
        raise HTTPException(403)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    return dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True))


def _is_foreign(request: Request) -> bool:
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), setting("URL").partition("://")[2].strip("/")} - {""}
    is_foreign = origin is not None and origin.partition("://")[2] not in own
    return is_foreign or request.headers.get("sec-fetch-site") == "cross-site"


def local_path(path: str | None) -> str:
    """A path of this site, as given; "" for anything that could lead elsewhere."""
    given = path or ""
    if len(given) > _LONGEST_PATH or not given.isprintable() or re.search(r"[\\ ]|^//", given):
        return ""
    try:
        parts = urlsplit(given)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else given


def language_of(asked: str | None) -> str:
    """The language asked for, if there is such a one."""
    return asked if asked in LANGUAGES else SOURCE_LANGUAGE


def is_secure(request: Request) -> bool:
    """Whether the browser came over https, as far as the server or the operator says."""
    return request.url.scheme == "https" or setting("URL").startswith("https://")


def html(text: str, status: int = 200) -> Response:
    """A page of ours: no script runs in it."""
    return uncached(HTMLResponse(text, status, headers={"Content-Security-Policy": _POLICY}))


def uncached(response: Response) -> Response:
    """The answer, which no browser and no proxy keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response
