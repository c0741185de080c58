"""Which unit goes with which role."""

from data.accounts.file import ROLES
from data.errors import RefusedError
from data.reference import reference


def check_unit(role: str, unit_code: str | None) -> None:
    """Refuses a role that does not exist, and a unit that does not go with it.

    A facility's code is looked up by whoever knows a store: facilities come with the data.
    """
    if role not in ROLES:
        raise RefusedError(f"Vai trò “{role}” không có; chọn {', '.join(ROLES)}.")
    if role not in {"district", "facility"} and unit_code is not None:
        raise RefusedError(f"Vai trò {role} không đi cùng đơn vị; bỏ đơn vị “{unit_code}”.")
    if role in {"district", "facility"} and not unit_code:
        raise RefusedError(f"Vai trò {role} cần mã đơn vị của tài khoản.")
    if role == "district" and unit_code not in reference("districts")["code"]:
        raise RefusedError(f"Không có huyện mã “{unit_code}” trong data/reference/districts.csv.")
