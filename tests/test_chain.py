"""Chained logs: what holds for every log of a store, beyond what the audit log's tests say."""

import json
from pathlib import Path

import pytest

from data import chain
from data.chain import LogError


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))
    return tmp_path / "private"


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    """Two logs of one store, of three lines each."""
    found = tmp_path / "store" / "audit.jsonl", tmp_path / "store" / "outbox.jsonl"
    for number in range(3):
        for path in found:
            chain.append(path, {"number": number})
    return found


def begin_anew(path: Path) -> None:
    """What a publication does in a store that was removed with all its logs."""
    for log in path.parent.glob("*.jsonl"):
        log.unlink()
    (path.parent / "snapshots").rmdir()
    chain.require_writable(path)
    (path.parent / "snapshots").mkdir()


def test_each_log_of_a_store_has_a_head_of_its_own(paths: tuple[Path, Path], private: Path) -> None:
    names = {path.name.rpartition("-")[0] for path in private.glob("*.json")}
    assert names == {"audit", "outbox"}
    assert [chain.verify(path) for path in paths] == [(3, "", ""), (3, "", "")]


def test_a_line_of_one_log_is_none_of_another(paths: tuple[Path, Path]) -> None:
    audit, outbox = paths
    outbox.write_bytes(audit.read_bytes())
    assert chain.verify(outbox) == (3, "dòng 1: đã bị sửa.", "")


def test_only_the_last_lines_are_read_when_only_they_are_asked_for(
    paths: tuple[Path, Path],
) -> None:
    path = paths[0]
    # What stands before them is neither text nor lines: it would be refused if it were read.
    path.write_bytes(b"\xff" * 1_000_000 + b"\n" + path.read_bytes())
    assert [row["number"] for row in chain.rows(path, last=2)] == [1, 2]
    with pytest.raises(LogError, match=r"audit\.jsonl: không đọc được"):
        chain.rows(path)


@pytest.mark.parametrize("last, numbers", [(0, []), (1, [2]), (3, [0, 1, 2]), (9, [0, 1, 2])])
def test_as_many_lines_are_read_as_there_are(
    paths: tuple[Path, Path], last: int, numbers: list[int]
) -> None:
    assert [row["number"] for row in chain.rows(paths[0], last=last)] == numbers


def test_lines_longer_than_a_block_are_read_whole(paths: tuple[Path, Path]) -> None:
    for number in (3, 4):
        chain.append(paths[0], {"number": number, "long": "ộ" * 200_000})
    assert [row["number"] for row in chain.rows(paths[0], last=2)] == [3, 4]
    assert chain.verify(paths[0]) == (5, "", "")


def test_all_logs_of_a_store_made_anew_begin_anew(paths: tuple[Path, Path]) -> None:
    audit, outbox = paths
    (audit.parent / "snapshots").mkdir()
    for _ in range(2):
        begin_anew(audit)
        for path in paths:
            chain.append(path, {"number": 9})
        assert [chain.verify(path)[:2] for path in (audit, outbox)] == [(1, ""), (1, "")]


def test_a_store_moved_away_and_put_back_does_not_hide_that_its_logs_went(
    paths: tuple[Path, Path],
) -> None:
    audit, outbox = paths
    (audit.parent / "snapshots").mkdir()
    begin_anew(audit)
    chain.append(audit, {"at": "2022-04-25T16:05:00+07:00"})
    went = "đã bắt đầu lại từ đầu 1 lần, sau 3 dòng"
    assert chain.verify(audit)[:2] == (1, "")
    assert chain.verify(audit).begun_anew.startswith(
        f"{went} (dòng đầu ghi lúc 16:05 25/04/2022); nếu không ai làm lại kho"
    )
    assert chain.verify(outbox).begun_anew.startswith(f"{went}; nếu không ai làm lại kho")


def test_a_log_that_began_anew_goes_on_saying_so(paths: tuple[Path, Path]) -> None:
    audit, _ = paths
    (audit.parent / "snapshots").mkdir()
    begin_anew(audit)
    for number in range(2):
        chain.append(audit, {"number": number})
    begin_anew(audit)
    for number in range(9):
        chain.append(audit, {"number": number})
    assert "từ đầu 2 lần, sau 3, rồi 2 dòng" in chain.verify(audit).begun_anew


def test_a_log_that_began_anew_before_counts_were_kept_says_so_too(
    paths: tuple[Path, Path], private: Path
) -> None:
    audit, _ = paths
    (audit.parent / "snapshots").mkdir()
    begin_anew(audit)
    chain._keep_head(audit, {name: chain._head(audit)[name] for name in ("seq", "mac", "after")})
    assert "từ đầu 1 lần, sau không rõ bao nhiêu dòng" in chain.verify(audit).begun_anew


def test_a_part_of_a_log_cannot_be_put_back_after_its_store_was_made_anew(
    paths: tuple[Path, Path],
) -> None:
    audit, _ = paths
    (audit.parent / "snapshots").mkdir()
    cut = {path: path.read_bytes().splitlines(keepends=True)[0] for path in paths}
    begin_anew(audit)
    for path, text in cut.items():
        path.write_bytes(text)
        assert chain.verify(path).problem.startswith("dòng 1: thiếu hoặc đổi chỗ")


def test_a_log_alone_taken_away_does_not_begin_anew(paths: tuple[Path, Path]) -> None:
    audit, outbox = paths
    (audit.parent / "snapshots").mkdir()
    outbox.unlink()
    with pytest.raises(LogError, match=r"outbox\.jsonl: dòng cuối"):
        chain.append(outbox, {"number": 9})
    chain.append(audit, {"number": 9})
    assert "bị cắt mất" in chain.verify(outbox).problem


def test_a_store_made_anew_under_a_new_secret_begins_anew(
    paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIENDO_SECRET", "0123456789abcdef" * 2)
    for path in paths:
        path.unlink()
    chain.append(paths[0], {"number": 9})
    assert chain.verify(paths[0])[:2] == (1, "")
    assert "từ đầu 1 lần, sau không rõ bao nhiêu dòng" in chain.verify(paths[0]).begun_anew


def test_the_head_of_a_log_that_never_began_anew_says_no_more_than_its_end(
    paths: tuple[Path, Path], private: Path
) -> None:
    [head] = private.glob("audit-*.json")
    assert json.loads(head.read_text(encoding="utf-8")).keys() == {"seq", "mac", "seal"}
