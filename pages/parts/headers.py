"""What every answer of the server carries, and what it does not answer at all."""

import base64
import functools
import hashlib
import re
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Counts of sessions and files, which the framework shows to anybody.
CLOSED = ("/_stcore/metrics",)


class Headers:
    """Pure ASGI: adds the security headers to every answer that has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in security_headers().items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"].rstrip("/") in CLOSED:
            await PlainTextResponse("Not Found", 404)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)


@functools.cache
def security_headers() -> dict[str, str]:
    """Nothing is asked of another host, framed by another site or told to one.

    `blob:` is how the framework loads the scripts of our own components.
    """
    return {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "same-origin",
        "Content-Security-Policy": (
            f"default-src 'self'; script-src 'self' blob: {_own_scripts()}; "
            "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            "font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; "
            "worker-src 'self' blob:; frame-src 'self' blob:; object-src 'none'; "
            "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
        ),
    }


def _own_scripts() -> str:
    """The scripts that stand inside the framework's page, by their hashes."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
