"""Runs one `.sql` file of this folder with its `$parameters`; SQL is never built from strings."""

import contextlib
import functools
from collections.abc import Generator, Mapping
from pathlib import Path

import duckdb
import polars as pl

from data import snapshots
from data.errors import RefusedError
from queries.engine import Connection
from queries.scope import Scope

FOLDER = Path(__file__).parent
#: A table is made on so many threads, while questions are answered on one.
_KEEPING_THREADS = 4


class UnknownUnitError(RefusedError):
    """A district, facility or snapshot that is not there, or not in the viewer's scope."""


@functools.cache
def sql_text(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def run(connection: Connection, name: str, *, scope: Scope, **parameters: object) -> pl.DataFrame:
    """The rows `queries/<name>.sql` answers under `scope`; `parameters` are its `$parameters`.

    Raises:
        RefusedError: a file it reads (`table_files`) is lost or damaged.
    """
    with _naming_files(parameters), connection.cursor(scope) as cursor:
        return cursor.sql(sql_text(name), params=parameters or None).pl()


def keep(connection: Connection, name: str, *, table: str, **parameters: object) -> None:
    """Makes a table of all rows `queries/<name>.sql` answers; whoever calls has the lock.

    Raises:
        RefusedError: a file it reads (`table_files`) is lost or damaged.
    """
    with _naming_files(parameters), connection.cursor(Scope.everything()) as cursor:
        cursor.execute(f"set threads = {_KEEPING_THREADS}")
        try:
            cursor.sql(sql_text(name), params=parameters).create(table)
        finally:
            cursor.execute("set threads = 1")


def drop(connection: Connection, table: str) -> None:
    """Drops a table that `keep` made."""
    with connection.cursor(Scope.everything()) as cursor:
        cursor.execute(f'drop table "{table}"')


@contextlib.contextmanager
def _naming_files(parameters: Mapping[str, object]) -> Generator[None]:
    """RefusedError with the names of the files read, where they cannot be."""
    try:
        yield
    except duckdb.Error as error:
        files = [
            file
            for name, value in parameters.items()
            if name.endswith("files") and isinstance(value, list)
            for file in value
        ]
        if not files:
            raise
        raise RefusedError(
            f"{', '.join(files)}: không đọc được tệp này; chạy lệnh verify."
        ) from error


def table_files(connection: Connection, snapshot_id: str, table: str) -> list[str]:
    """The Parquet files of a snapshot's table ("records", "complaints") or of one of its marts
    that are not held in memory ("complaint_kinds", "suspicions", "history").
    """
    marts = snapshots.marts_folder(connection.store, snapshot_id)
    folders = {
        "complaint_kinds": marts,
        "suspicions": marts,
        "history": marts / "pair",
    }
    own = snapshots.snapshots_folder(connection.store) / snapshot_id
    folder = folders.get(table, own)
    return [str((folder / f"{table}.parquet").resolve())]
