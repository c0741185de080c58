"""Starts the web server on `app.py`: `python -m pages.parts.serve [--server.port N …]`.

The framework takes a folder called pages/ for its older way of finding pages, and would answer the
first deep link after a start with "page not found"; `app.py` names the pages, so that is off.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit import net_util
from streamlit.runtime.pages_manager import PagesManager

from data import accounts
from data.keys import key
from data.start import LOOPBACK
from pages.parts.frame import show_failure
from pages.parts.headers import Headers
from pages.parts.sign_in import routes
from settings import setting

ROOT = Path(__file__).parents[2]
#: A browser that stays open, or a page still being made, keeps a stop or a restart waiting so long.
STOP_SECONDS = 5


def server(address: str) -> st.App:
    """The whole program as one ASGI application; `address` is where it is reached."""
    return st.App(
        ROOT / "app.py",
        routes=routes(),
        middleware=[Middleware(Headers)],
        on_script_error=show_failure,
        secrets={"auth": _provider(address)} if accounts.is_oidc() else None,
    )


def _provider(address: str) -> dict[str, Any]:
    """What the framework needs to know of the agency's sign-in service."""
    return {
        "redirect_uri": f"{(setting('URL') or address).rstrip('/')}/oauth2callback",
        "cookie_secret": key("oidc").hex(),
        "client_id": setting("OIDC_CLIENT_ID"),
        "client_secret": setting("OIDC_CLIENT_SECRET"),
        "server_metadata_url": setting("OIDC_METADATA_URL"),
    }


def options_of(host: str, port: int) -> dict[str, Any]:
    """The framework's options that depend on where it is started.

    It takes WebSockets of its own address only, which behind a proxy is that of the setting URL.
    """
    return {
        "server.address": host,
        "server.port": port,
        "browser.serverAddress": urlsplit(setting("URL")).hostname or host,
        "logger.hideWelcomeMessage": True,
    }


if __name__ == "__main__":
    given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    sys.argv = [str(ROOT / "app.py")]  # what the framework takes for the started file
    started_at, number = given["--server.address"], int(given["--server.port"])
    PagesManager.uses_pages_directory = False
    net_util._external_ip = LOOPBACK[0]  # else it asks a foreign host for this machine's address
    uvicorn.Config = partial(uvicorn.Config, timeout_graceful_shutdown=STOP_SECONDS)  # ty: ignore[invalid-assignment]
    server(f"http://{started_at}:{number}").run(config=options_of(started_at, number))
