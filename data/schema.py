"""What a row must be: codes, the words files use for them, and the row contracts.

A contract is a dataframely schema whose every rule is named by the reason shown for a row that
breaks it; `REASONS` has the words. Columns ending in `_text` are cells as they came in: they
tell a missing value from one that cannot be read. They, `row` and what else is named in
`CHECK_ONLY` serve the check and are not stored.
"""

import dataframely as dy
import polars as pl

#: Ids of invented people and complaints begin so; a snapshot that holds one is marked invented.
INVENTED_PREFIX = "MP-"
#: … and so is a table of totals with this word in a note.
INVENTED_NOTE = "mô phỏng"

VERIFICATION_WORDS = {
    "Đúng": "matched",
    "Sai": "mismatched",
    "Không xác minh được": "not_found",
    "Không có số": "no_id",
    "Sai định dạng": "bad_id",
    "Chưa gửi": "not_sent",
    "Chờ xác thực": "awaiting",
    "Miễn xác thực": "exempt",
}
SIGNING_WORDS = {
    "Chưa ký": "unsigned",
    "Đang xử lý": "in_process",
    "Đã ký": "signed",
    "Đã cấp": "issued",
}
REASON_WORDS = {
    "SAI_HO_TEN": "wrong_name",
    "SAI_NGAY_SINH": "wrong_birth_date",
    "SAI_GIOI_TINH": "wrong_sex",
    "SAI_SO": "wrong_id",
}
SEX_WORDS = {"Nam": "male", "Nữ": "female", "0": "male", "1": "female"}
COMPLAINT_STATUS_WORDS = {
    "Mới ghi nhận": "new",
    "Chưa phân công": "unassigned",
    "Đang xử lý": "in_progress",
    "Yêu cầu bổ sung": "more_information",
    "Đã duyệt": "approved",
    "Từ chối": "rejected",
}
FACILITY_KIND_WORDS = {
    "Trạm Y tế": "commune_station",
    "Trung tâm Y tế": "district_centre",
    "Bệnh viện": "hospital",
    "Đội tiêm lưu động": "mobile_team",
}

VERIFICATION_CODES = tuple(VERIFICATION_WORDS.values())
SIGNING_CODES = tuple(SIGNING_WORDS.values())
SEX_CODES = ("male", "female")
EARLIEST_BIRTH_YEAR = 1890
MOST_DOSES = 20

#: Columns of records.parquet beside the codes: what later questions read.
REASON_COLUMNS = tuple(REASON_WORDS.values())


def _readable(parsed: str, text: str) -> pl.Expr:
    return pl.col(parsed).is_not_null() | pl.col(text).is_null()


def _present(column: str) -> pl.Expr:
    return pl.col(column).is_not_null()


class Record(dy.Schema):
    """One person's vaccination record in one snapshot; `updated_at` is wall clock +07."""

    row = dy.UInt32()
    record_id = dy.String(nullable=True)
    full_name = dy.String(nullable=True)
    birth_date = dy.Date(nullable=True)
    birth_year = dy.Int16(nullable=True)
    sex = dy.Enum(SEX_CODES, nullable=True)
    id_number = dy.String(nullable=True)
    passport_number = dy.String(nullable=True)
    nationality = dy.Categorical(nullable=True)
    phone = dy.String(nullable=True)
    commune_code = dy.Categorical(nullable=True)
    residence_district_code = dy.Categorical(nullable=True)
    facility_code = dy.Categorical(nullable=True)
    dose_count = dy.Int16(nullable=True)
    verification = dy.Enum(VERIFICATION_CODES, nullable=True)
    wrong_name = dy.Bool(nullable=True)
    wrong_birth_date = dy.Bool(nullable=True)
    wrong_sex = dy.Bool(nullable=True)
    wrong_id = dy.Bool(nullable=True)
    verified_date = dy.Date(nullable=True)
    signing = dy.Enum(SIGNING_CODES, nullable=True)
    signed_date = dy.Date(nullable=True)
    updated_at = dy.Datetime(nullable=True, time_unit="us")
    birth_date_text = dy.String(nullable=True)
    sex_text = dy.String(nullable=True)
    dose_count_text = dy.String(nullable=True)
    verification_text = dy.String(nullable=True)
    invalid_reasons_known = dy.Bool(nullable=True)
    verified_date_text = dy.String(nullable=True)
    signing_text = dy.String(nullable=True)
    signed_date_text = dy.String(nullable=True)
    updated_at_text = dy.String(nullable=True)
    as_of_date = dy.Date(nullable=True)

    @dy.rule()
    def record_id_missing(cls) -> pl.Expr:
        return _present("record_id")

    @dy.rule()
    def record_id_duplicated(cls) -> pl.Expr:
        return pl.col("record_id").is_unique() | pl.col("record_id").is_null()

    @dy.rule()
    def full_name_missing(cls) -> pl.Expr:
        return _present("full_name")

    @dy.rule()
    def birth_date_missing(cls) -> pl.Expr:
        return _present("birth_date_text")

    @dy.rule()
    def birth_date_unreadable(cls) -> pl.Expr:
        return _readable("birth_year", "birth_date_text")

    @dy.rule()
    def birth_date_impossible(cls) -> pl.Expr:
        year = pl.col("birth_year")
        day = pl.col("birth_date").fill_null(pl.date(year, 1, 1))
        possible = (year >= EARLIEST_BIRTH_YEAR) & (day <= pl.col("as_of_date"))
        return possible | year.is_null()

    @dy.rule()
    def sex_unknown(cls) -> pl.Expr:
        return _present("sex")

    @dy.rule()
    def facility_code_missing(cls) -> pl.Expr:
        return _present("facility_code")

    @dy.rule()
    def dose_count_unreadable(cls) -> pl.Expr:
        return pl.col("dose_count").is_between(0, MOST_DOSES).fill_null(value=False)

    @dy.rule()
    def verification_unknown(cls) -> pl.Expr:
        return _present("verification")

    @dy.rule()
    def invalid_reason_unknown(cls) -> pl.Expr:
        return pl.col("invalid_reasons_known")

    @dy.rule()
    def verified_date_unreadable(cls) -> pl.Expr:
        return _readable("verified_date", "verified_date_text")

    @dy.rule()
    def signing_unknown(cls) -> pl.Expr:
        return _present("signing")

    @dy.rule()
    def signed_date_unreadable(cls) -> pl.Expr:
        return _readable("signed_date", "signed_date_text")

    @dy.rule()
    def updated_at_unreadable(cls) -> pl.Expr:
        return _readable("updated_at", "updated_at_text")


class Complaint(dy.Schema):
    """One citizen's complaint in one snapshot. Instants are wall clock +07."""

    row = dy.UInt32()
    complaint_id = dy.String(nullable=True)
    record_id = dy.String(nullable=True)
    received_at = dy.Datetime(nullable=True, time_unit="us")
    complaint_type = dy.String(nullable=True)
    facility_code = dy.String(nullable=True)
    district_code = dy.String(nullable=True)
    status = dy.String(nullable=True)
    closed_at = dy.Datetime(nullable=True, time_unit="us")
    reject_reason = dy.Int16(nullable=True)
    original_complaint_id = dy.String(nullable=True)
    closed_at_text = dy.String(nullable=True)
    reject_reason_text = dy.String(nullable=True)
    as_of_at = dy.Datetime(nullable=True, time_unit="us")

    @dy.rule()
    def complaint_id_missing(cls) -> pl.Expr:
        return _present("complaint_id")

    @dy.rule()
    def complaint_id_duplicated(cls) -> pl.Expr:
        return pl.col("complaint_id").is_unique() | pl.col("complaint_id").is_null()

    @dy.rule()
    def received_at_unreadable(cls) -> pl.Expr:
        return _present("received_at")

    @dy.rule()
    def received_after_snapshot(cls) -> pl.Expr:
        return (pl.col("received_at") <= pl.col("as_of_at")).fill_null(value=True)

    @dy.rule()
    def complaint_type_missing(cls) -> pl.Expr:
        return _present("complaint_type")

    @dy.rule()
    def status_unknown(cls) -> pl.Expr:
        return _present("status")

    @dy.rule()
    def closed_at_unreadable(cls) -> pl.Expr:
        return _readable("closed_at", "closed_at_text")

    @dy.rule()
    def closed_before_received(cls) -> pl.Expr:
        return (pl.col("closed_at") >= pl.col("received_at")).fill_null(value=True)

    @dy.rule()
    def closed_after_snapshot(cls) -> pl.Expr:
        return (pl.col("closed_at") <= pl.col("as_of_at")).fill_null(value=True)

    @dy.rule()
    def reject_reason_unknown(cls) -> pl.Expr:
        known = pl.col("reject_reason").is_between(1, 13).fill_null(value=False)
        return known | pl.col("reject_reason_text").is_null()


class Facility(dy.Schema):
    """One vaccination facility and its period of validity (both ends inclusive)."""

    row = dy.UInt32()
    facility_code = dy.String(nullable=True)
    facility_name = dy.String(nullable=True)
    kind = dy.String(nullable=True)
    district_code = dy.String(nullable=True)
    commune_code = dy.String(nullable=True)
    head = dy.String(nullable=True)
    valid_from = dy.Date(nullable=True)
    valid_to = dy.Date(nullable=True)
    valid_from_text = dy.String(nullable=True)
    valid_to_text = dy.String(nullable=True)
    code_taken = dy.Bool()

    @dy.rule()
    def facility_code_missing(cls) -> pl.Expr:
        return _present("facility_code")

    @dy.rule()
    def facility_code_taken(cls) -> pl.Expr:
        return ~pl.col("code_taken")

    @dy.rule()
    def facility_duplicated(cls) -> pl.Expr:
        return pl.struct("facility_code", "valid_from").is_unique()

    @dy.rule()
    def facility_name_missing(cls) -> pl.Expr:
        return _present("facility_name")

    @dy.rule()
    def facility_kind_unknown(cls) -> pl.Expr:
        return _present("kind")

    @dy.rule()
    def district_code_missing(cls) -> pl.Expr:
        return _present("district_code")

    @dy.rule()
    def validity_unreadable(cls) -> pl.Expr:
        return _readable("valid_from", "valid_from_text") & _readable("valid_to", "valid_to_text")

    @dy.rule()
    def validity_reversed(cls) -> pl.Expr:
        return (pl.col("valid_from") <= pl.col("valid_to")).fill_null(value=True)


def _whole_or_absent(*columns: str) -> pl.Expr:
    """All of a district's counts of a stream, or none where no district has them all."""
    counted = pl.col(columns).is_not_null()
    is_whole, is_empty = pl.all_horizontal(counted), ~pl.any_horizontal(counted)
    nowhere = ~(is_whole & ~pl.col("is_total")).any()
    return is_whole | (is_empty & nowhere) | pl.col("is_total") | ~pl.col("counts_known")


class DistrictTotal(dy.Schema):
    """What is known of one district when only totals are; counts are persons' records.

    signed counts the issued too. A stream nobody counted is null in all its columns.
    """

    row = dy.UInt32()
    district_code = dy.String(nullable=True)
    district_name = dy.String(nullable=True)
    valid = dy.Int64(nullable=True)
    invalid = dy.Int64(nullable=True)
    pending = dy.Int64(nullable=True)
    exempt = dy.Int64(nullable=True)
    signable = dy.Int64(nullable=True)
    in_process = dy.Int64(nullable=True)
    signed = dy.Int64(nullable=True)
    issued = dy.Int64(nullable=True)
    note = dy.String(nullable=True)
    #: The table's own last row, "Tổng cộng".
    is_total = dy.Bool()
    counts_known = dy.Bool()

    @dy.rule()
    def district_code_missing(cls) -> pl.Expr:
        return _present("district_code") | pl.col("is_total")

    @dy.rule()
    def district_duplicated(cls) -> pl.Expr:
        return pl.struct("district_code", "is_total").is_unique()

    @dy.rule()
    def count_unreadable(cls) -> pl.Expr:
        return pl.col("counts_known")

    @dy.rule()
    def cleaning_incomplete(cls) -> pl.Expr:
        return _whole_or_absent("valid", "invalid")

    @dy.rule()
    def signing_incomplete(cls) -> pl.Expr:
        is_issued_alone = pl.col("issued").is_not_null() & pl.col("signable").is_null()
        return _whole_or_absent("signable", "in_process", "signed") & ~is_issued_alone

    @dy.rule()
    def signed_over_signable(cls) -> pl.Expr:
        within = pl.col("in_process") + pl.col("signed") <= pl.col("signable")
        issued_within = pl.col("issued") <= pl.col("signed")
        return within.fill_null(value=True) & issued_within.fill_null(value=True)

    @dy.rule()
    def signable_over_valid(cls) -> pl.Expr:
        verified = pl.col("valid") + pl.col("exempt").fill_null(0)
        return (pl.col("signable") <= verified).fill_null(value=True)


#: The counts of a table of totals.
TOTAL_COLUMNS = (
    "valid",
    "invalid",
    "pending",
    "exempt",
    "signable",
    "in_process",
    "signed",
    "issued",
)
#: Columns of a contract that are not stored (beside those that end in `_text`).
CHECK_ONLY = frozenset(
    {"row", "as_of_date", "as_of_at", "invalid_reasons_known", "counts_known", "code_taken"}
)

CONTRACTS: dict[str, type[dy.Schema]] = {
    "records": Record,
    "complaints": Complaint,
    "facilities": Facility,
    "totals": DistrictTotal,
}

#: Reason of quarantine -> what it says to people; also the row's number of fields.
REASONS = {
    "field_count": "số ô trong dòng khác số đề mục",
    "record_id_missing": "thiếu mã hồ sơ",
    "record_id_duplicated": "mã hồ sơ có ở nhiều dòng",
    "full_name_missing": "thiếu họ và tên",
    "birth_date_missing": "thiếu ngày sinh",
    "birth_date_unreadable": "ngày sinh không đọc được (cần dd/mm/yyyy hoặc yyyy)",
    "birth_date_impossible": "ngày sinh không thể có",
    "sex_unknown": "giới tính không rõ (cần Nam/Nữ hoặc 0/1)",
    "facility_code_missing": "thiếu mã cơ sở",
    "dose_count_unreadable": "số mũi không đọc được (cần số nguyên 0–20)",
    "verification_unknown": "trạng thái xác thực không có trong danh mục",
    "invalid_reason_unknown": "lý do không hợp lệ không có trong danh mục",
    "verified_date_unreadable": "ngày xác thực không đọc được",
    "signing_unknown": "trạng thái ký không có trong danh mục",
    "signed_date_unreadable": "ngày ký không đọc được",
    "updated_at_unreadable": "thời điểm cập nhật không đọc được",
    "complaint_id_missing": "thiếu mã phản ánh",
    "complaint_id_duplicated": "mã phản ánh có ở nhiều dòng",
    "received_at_unreadable": "thời điểm tiếp nhận thiếu hoặc không đọc được",
    "received_after_snapshot": "tiếp nhận sau thời điểm của kỳ số liệu",
    "complaint_type_missing": "thiếu loại phản ánh",
    "status_unknown": "trạng thái phản ánh không có trong danh mục",
    "closed_at_unreadable": "thời điểm xử lý không đọc được",
    "closed_before_received": "thời điểm xử lý trước thời điểm tiếp nhận",
    "closed_after_snapshot": "thời điểm xử lý sau thời điểm của kỳ số liệu",
    "reject_reason_unknown": "mã lý do từ chối không có trong 13 lý do",
    "facility_code_taken": "mã cơ sở trùng mã của một huyện",
    "facility_duplicated": "cơ sở có nhiều dòng cùng ngày hiệu lực",
    "facility_name_missing": "thiếu tên cơ sở",
    "facility_kind_unknown": "loại cơ sở không có trong danh mục",
    "district_code_missing": "thiếu mã huyện",
    "validity_unreadable": "ngày hiệu lực không đọc được",
    "validity_reversed": "ngày hết hiệu lực trước ngày bắt đầu",
    "district_duplicated": "huyện có nhiều dòng",
    "count_unreadable": "số liệu không đọc được (cần số nguyên không âm)",
    "cleaning_incomplete": "thiếu số hợp lệ hoặc số không hợp lệ",
    "signing_incomplete": "thiếu một trong các số đủ điều kiện ký, đang xử lý ký, đã ký",
    "signed_over_signable": "đã ký và đang xử lý ký nhiều hơn số đủ điều kiện ký",
    "signable_over_valid": "đủ điều kiện ký nhiều hơn số hợp lệ và miễn xác thực",
}
