"""What every test may ask for: a store of its own, and one published from a text table."""

import functools
import multiprocessing.context
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from streamlit.components.v2 import manifest_scanner

from tests.stores import FACILITIES, Asked, Store

hypothesis.settings.register_profile(
    "house",
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")

#: No test writes the accounts and the secret of the machine it runs on.
os.environ["TIENDO_PRIVATE"] = tempfile.mkdtemp(prefix="tien-do-private-")


@pytest.fixture(scope="session", autouse=True)
def _packages_read_once() -> Iterator[None]:
    """Each page visited would have Streamlit read the metadata of every installed package again,
    which takes longer than most pages; a server does it once, when it starts.
    """
    once = functools.cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture
def fork(monkeypatch: pytest.MonkeyPatch) -> multiprocessing.context.ForkServerContext:
    """Processes that begin with everything imported and no thread started, and do not run again
    what this one was started with (a worker of pytest's cannot be).
    """
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.test_pairs", "tests.test_publish"])
    return context


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store", tmp_path / "inbox")


@pytest.fixture
def published(store: Store) -> Callable[..., Asked]:
    """Publishes records from a text table and takes questions to that snapshot."""

    def publish(records: str, facilities: str = FACILITIES) -> Asked:
        store.publish(records, with_facilities=facilities)
        return store.ask()

    return publish
