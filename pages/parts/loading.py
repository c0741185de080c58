"""Answers of the questions, kept as long as the store does not change.

A kept answer is found by the store's state, the question, the viewer's scope and the question's
parameters; never by the rows themselves.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from queries.engine import Connection, open_store, store_state
from queries.scope import Scope
from settings import store_folder

Question = Callable[..., Any]


def begin() -> None:
    """Settles the store's state for this run of a page: all its figures are of one state."""
    st.session_state["loading_state"] = store_state(store_folder())


def load(question: Question, scope: Scope | None, **parameters: Any) -> Any:
    """What `question` answers; `scope` is None for questions that count no records."""
    given = tuple(sorted(parameters.items()))
    return _answer(str(store_folder()), _state(), _name(question), question, scope, given)


def keep(name: str, make: Callable[[], Any], *identity: Any) -> Any:
    """What `make` makes of answers, made once for each state of the store and `identity`.

    It is shared by all who look and must not be changed.
    """
    return _made(str(store_folder()), _state(), name, identity, make)


def opened() -> Connection:
    """The open store of this run, for what runs after it, outside the page."""
    return _connection(str(store_folder()), _state())


def _state() -> str:
    return st.session_state["loading_state"]


def _name(question: Question) -> str:
    return f"{question.__module__}.{getattr(question, '__qualname__', question)}"


@st.cache_data(show_spinner=False, max_entries=2000)
def _answer(
    store: str,
    state: str,
    name: str,
    _question: Question,
    scope: Scope | None,
    parameters: tuple[tuple[str, Any], ...],
) -> Any:
    scoped = {} if scope is None else {"scope": scope}
    return _question(_connection(store, state), **scoped, **dict(parameters))


@st.cache_resource(show_spinner=False, max_entries=500)
def _made(
    store: str, state: str, name: str, identity: tuple[Any, ...], _make: Callable[[], Any]
) -> Any:
    return _make()


@st.cache_resource(show_spinner=False, max_entries=2)
def _connection(store: str, state: str) -> Connection:
    return open_store(Path(store))
