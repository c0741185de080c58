"""The real application on a free port over an invented province, and a real Chromium."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from data.accounts import COOKIE
from tests.accounts import session_of

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    vietnam = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
    return {**browser_context_args, **vietnam, "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which nine invented days are published."""
    folder = tmp_path_factory.mktemp("browser") / "store"
    sample = ["sample", "--publish", "--records", "12000", "--days", "9", "--store", str(folder)]
    subprocess.run([sys.executable, "cli.py", *sample], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="session")
def app(store: Path) -> Iterator[str]:
    """The address of the running application."""
    with _served(store) as address:
        yield address


@pytest.fixture
def fresh_app(store: Path) -> Iterator[str]:
    """The address of an application that nobody has visited since it was started."""
    with _served(store) as address:
        yield address


@pytest.fixture
def serving() -> Callable[..., contextlib.AbstractContextManager[str]]:
    """Starts the application over a store, with more environment; its address."""
    return _served


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    return _free_port()


@pytest.fixture
def come_in(page: Page, app: str) -> Callable[..., None]:
    """Lets the page be looked at as an account for demonstration, of a role and unit."""

    def come(role: str, unit: str | None = None) -> None:
        token = session_of(f"xem-{unit or role}".lower(), role, unit, is_demo=True)
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": app}])

    return come


@pytest.fixture
def asked_hosts(page: Page) -> set[str]:
    """Every host the page asked anything of, so far."""
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
    return hosts


@contextlib.contextmanager
def _served(store: Path, environment: Mapping[str, str] | None = None) -> Generator[str]:
    """The address of the application while it runs, with more environment than this process."""
    port = _free_port()
    more = {**os.environ, **(environment or {})}
    command = [sys.executable, "cli.py", "serve", "--store", str(store), "--port", str(port)]
    with (store.parent / f"server-{port}.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=more)
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the application did not start within {START_SECONDS} s: {address}")
