"""The ledger of briefings: who released which figures, and what is read of it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from data import releases
from data.audit import Actor
from data.chain import LogError
from data.releases import Release

AT = dt.datetime.fromisoformat("2022-04-25T07:00:00+07:00")
LAN = Actor("lan", "province")
SUM = "ab" * 32


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))


def record(store: Path, unit_code: str = "77", **other: Any) -> Release:
    told: dict[str, Any] = {
        "now": AT,
        "unit_code": unit_code,
        "unit_name": "Tỉnh Bà Rịa – Vũng Tàu",
        "snapshot_id": "2022-04-24T1600-r1",
        "since_id": "2022-04-17T1600-r1",
        "figures": SUM,
        "headline": {"valid": 12, "judged": 30},
        "files": {"docx": SUM, "pdf": "cd" * 32},
        "definitions": "valid_ratio v1",
    }
    return releases.record(store, LAN, **(told | other))


def test_a_release_is_read_as_it_was_written_down(tmp_path: Path) -> None:
    given = record(tmp_path)
    assert releases.releases(tmp_path) == [given]
    assert given[:5] == (AT, "lan", "province", "77", "Tỉnh Bà Rịa – Vũng Tàu")
    assert given[5:] == (
        "2022-04-24T1600-r1", "2022-04-17T1600-r1", SUM, {"valid": 12, "judged": 30},
        {"docx": SUM, "pdf": "cd" * 32}, "valid_ratio v1",
    )  # fmt: skip
    assert releases.verify(tmp_path) == (1, "", "")


def test_the_instant_is_told_in_the_provinces_time(tmp_path: Path) -> None:
    utc = dt.datetime(2022, 4, 25, 0, 0, 0, 999, tzinfo=dt.UTC)
    assert record(tmp_path, now=utc, since_id=None).at.isoformat() == "2022-04-25T07:00:00+07:00"
    assert record(tmp_path, now=AT.replace(tzinfo=None)).at == AT


def test_the_newest_come_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    for code in ("77", "753", "755", "753"):
        record(tmp_path, code)

    def codes(**asked: Any) -> list[str]:
        found = releases.releases(tmp_path, **asked)
        return [one.unit_code for one in found]

    assert codes() == ["753", "755", "753", "77"]
    assert codes(last=2) == ["753", "755"]
    assert codes(unit_codes=("77", "755")) == ["755", "77"]
    assert codes(unit_codes=("77", "755"), last=1) == ["755"]
    assert codes(unit_codes=()) == []
    assert codes(unit_codes=("753",), last=None) == ["753", "753"]


def test_the_last_releases_do_not_need_the_ones_before(tmp_path: Path) -> None:
    record(tmp_path)
    path = releases.path_of(tmp_path)
    path.write_bytes(b"\xff" * 1_000_000 + b"\n" + path.read_bytes())
    assert len(releases.releases(tmp_path, last=1)) == 1
    with pytest.raises(LogError, match=r"briefings\.jsonl: không đọc được"):
        releases.releases(tmp_path, unit_codes=("77",))


def test_a_store_that_released_nothing_has_no_releases(tmp_path: Path) -> None:
    assert releases.releases(tmp_path) == []
    assert releases.verify(tmp_path) == (0, "", "")


def test_a_release_that_was_touched_is_found(tmp_path: Path) -> None:
    record(tmp_path)
    path = releases.path_of(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("12", "99"), encoding="utf-8")
    assert releases.verify(tmp_path).problem == "dòng 1: đã bị sửa."


def test_a_ledger_that_cannot_be_written_refuses_the_release(tmp_path: Path) -> None:
    releases.path_of(tmp_path).mkdir()
    with pytest.raises(LogError, match=r"briefings\.jsonl: không ghi được"):
        releases.require_writable(tmp_path)
    with pytest.raises(LogError, match=r"briefings\.jsonl: không ghi được"):
        record(tmp_path)


@pytest.mark.parametrize(
    "field, value",
    [
        ("figures", "12 người"),
        ("files", {"docx": "Trần Lan"}),
        ("headline", {"valid": "Trần Lan"}),
        ("headline", {"valid": 0.5}),
    ],
)
def test_only_sums_and_counts_are_written_down(tmp_path: Path, field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field):
        record(tmp_path, **{field: value})
    assert not releases.path_of(tmp_path).exists()
