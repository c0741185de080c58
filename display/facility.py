"""What is known of one facility, and how it stands among its kind."""

from collections.abc import Mapping, Sequence
from typing import Any

from display import formats
from display.html import render
from display.labels import facility_kind
from display.words import words


def facts(facility: Mapping[str, Any], language: str) -> str:
    """Kind, place, head and code of a facility (a row of queries.facility)."""
    _ = words(language)
    known = [
        (_("Loại"), facility_kind(facility["kind"], language)),
        (_("Người đứng đầu"), facility["head"]),
        (_("Xã, phường"), facility["commune_name"]),
        (_("Mã cơ sở"), facility["facility_code"]),
        (_("Hoạt động từ"), _day(facility["valid_from"], language)),
        (_("Ngừng từ"), _day(facility["valid_to"], language)),
    ]
    return render("facts.html", language, facts=[fact for fact in known if fact[1]])


def rank_sentence(
    facility: Mapping[str, Any],
    peers: Sequence[Mapping[str, Any]],
    language: str,
    *,
    is_of_district: bool = False,
) -> str:
    """Its place by valid ratio among the facilities of its kind in the province, or only in the
    district (is_of_district).
    """
    _ = words(language)
    own = next(peer for peer in peers if peer["unit_code"] == facility["facility_code"])
    ranked = sum(peer["rank"] is not None for peer in peers)
    kind = facility_kind(facility["kind"], language)
    if own["rank"] is None:
        return _("Chưa xếp hạng: mới có {count} hồ sơ đã phân loại, cần ít nhất 30.").format(
            count=formats.count(own["classified"], language)
        )
    sentence = _("Tỷ lệ xếp thứ {rank}/{ranked} trong các cơ sở loại {kind} của tỉnh.")
    if is_of_district:
        sentence = _("Tỷ lệ xếp thứ {rank}/{ranked} trong các cơ sở loại {kind} của huyện.")
    return sentence.format(rank=own["rank"], ranked=ranked, kind=kind)


def peers_title(facility: Mapping[str, Any], language: str) -> str:
    """The title of the comparison with facilities of the same kind."""
    _ = words(language)
    kind = facility_kind(facility["kind"], language)
    return _("So với các cơ sở cùng loại {kind}, cao nhất trước").format(kind=kind)


def _day(value: Any, language: str) -> str | None:
    return None if value is None else formats.day(value, language)
