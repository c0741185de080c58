"""What must hold before the server starts, and accounts for looking round the invented province."""

import datetime as dt
from pathlib import Path
from typing import Final

import polars as pl

from data import accounts, snapshots
from data.accounts import Account
from data.errors import RefusedError
from data.keys import has_secret, key
from settings import setting

#: Where the application may listen without anybody signing in.
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
DEMO_DISTRICT: Final = "747"


def check_start(address: str) -> None:
    """Refuses a start that would show the figures to a network, or that cannot work.

    On this machine's own address a missing secret is made.

    Raises:
        RefusedError: in one sentence, what is missing.
    """
    if address not in LOOPBACK:
        _check_open(address)
    if accounts.is_oidc():
        _check_oidc(address)
    accounts.listed()
    key("session")


def _check_open(address: str) -> None:
    if not (accounts.is_oidc() or accounts.has_accounts()):
        raise RefusedError(
            f"TIENDO_ADDRESS là {address}; khi chưa có tài khoản nào (python cli.py user add) và "
            f"chưa có OIDC, ứng dụng chỉ mở tại {' hoặc '.join(LOOPBACK)}."
        )
    if not has_secret():
        raise RefusedError(
            f"TIENDO_ADDRESS là {address}; cần khóa bí mật trong TIENDO_SECRET trước khi mở ra "
            "ngoài, ví dụ của lệnh: openssl rand -hex 32"
        )


def _check_oidc(address: str) -> None:
    wanted = ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", *(() if address in LOOPBACK else ("URL",))]
    missing = [f"TIENDO_{name}" for name in wanted if not setting(name)]
    if missing:
        raise RefusedError(f"Có TIENDO_OIDC_METADATA_URL nhưng thiếu {', '.join(missing)}.")
    accounts.read_roles()


def why_no_demo(store: Path) -> str | None:
    """Why accounts for looking round are not made, in one sentence; None: they may be."""
    if accounts.is_oidc() or accounts.has_accounts():
        return "Đã có tài khoản hoặc OIDC nên không tạo tài khoản xem thử."
    published = snapshots.in_force(store)
    is_invented = all(manifest.is_wholly_invented for manifest in published)
    if not published or not is_invented or snapshots.without_manifest(store):
        return "Kho không chỉ gồm số liệu mô phỏng nên không tạo tài khoản xem thử."
    return None


def make_demo(store: Path, now: dt.datetime) -> list[tuple[Account, str]]:
    """Makes the accounts for looking round anew, with new passwords, which are kept nowhere."""
    station = _a_station(store)
    made = [
        Account("lanh-dao", "province", None, is_demo=True),
        Account("huyen-vung-tau", "district", DEMO_DISTRICT, is_demo=True),
        *([Account("tram-y-te", "facility", station, is_demo=True)] if station else []),
        Account("nhap-lieu", "steward", None, is_demo=True),
        Account("kiem-tra", "auditor", None, is_demo=True),
    ]
    accounts.remove_demo()
    return [(one, _added(one, now)) for one in made]


def _added(account: Account, now: dt.datetime) -> str:
    return accounts.add(
        account.name,
        account.role,
        account.unit_code,
        is_demo=True,
        password=accounts.drawn_password(),
        now=now,
    )


def _a_station(store: Path) -> str | None:
    """A commune station of the district shown, of the newest snapshot."""
    newest = snapshots.in_force(store)[-1]
    rows = snapshots.read_table(store, newest.snapshot_id, "facilities")
    stations = rows.filter(
        pl.col("district_code") == DEMO_DISTRICT, pl.col("kind") == "commune_station"
    )["facility_code"].sort()
    return stations[0] if stations.len() else None


def facility_exists(store: Path, facility_code: str) -> bool | None:
    """Whether the newest snapshot has this facility; None when there is no snapshot to ask."""
    published = snapshots.in_force(store)
    if not published:
        return None
    rows = snapshots.read_table(store, published[-1].snapshot_id, "facilities")
    return facility_code in rows["facility_code"]
