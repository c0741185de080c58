"""The last line of every block (where its figures come from), and pages without figures."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from display import formats
from display.html import render
from display.labels import axis_name
from display.words import words


class Definition(Protocol):
    """What a metric says of itself (queries.measure.Metric)."""

    @property
    def title_vi(self) -> str: ...
    @property
    def title_en(self) -> str: ...
    @property
    def base_vi(self) -> str: ...
    @property
    def base_en(self) -> str: ...
    @property
    def numerator_vi(self) -> str: ...
    @property
    def numerator_en(self) -> str: ...
    @property
    def denominator_vi(self) -> str: ...
    @property
    def denominator_en(self) -> str: ...
    @property
    def workstream(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def definition_version(self) -> int | str: ...


class Step(NamedTuple):
    """One thing to do, with the command that does it."""

    text: str
    command: str = ""


class Source(NamedTuple):
    """The last line of a block: where its figures come from, and behind it the definition."""

    line: str
    definition: str


def source_of(
    snapshot: Mapping[str, Any], definition: Definition, language: str, axis: str = "facility"
) -> Source:
    """Source, as-of instant, base and definition of a block's figures."""
    _ = words(language)
    line = _("Nguồn: hồ sơ đến {as_of}, {axis}; {base}; định nghĩa {version}.")
    if definition.workstream == "complaints":
        line = _("Nguồn: phản ánh đến {as_of}, {axis}; {base}; định nghĩa {version}.")
        axis = "complaint"
    elif not snapshot["is_by_unit"]:
        line = _("Nguồn: bảng tổng theo huyện đến {as_of}; {base}; định nghĩa {version}.")
    text = _("{title} = {numerator} / {denominator}. {source}.")
    return Source(
        line.format(
            as_of=formats.as_of(snapshot["as_of"], language),
            axis=axis_name(axis, language),
            base=_said(definition, "base", language),
            version=definition.definition_version,
        ),
        text.format(
            title=_said(definition, "title", language),
            numerator=_said(definition, "numerator", language),
            denominator=_said(definition, "denominator", language),
            source=_(definition.source),
        ),
    )


def source_block(source: Source, language: str) -> str:
    """The last line of a block that is not HTML of its own."""
    return render("source_block.html", language, source=source)


def _said(definition: Definition, what: str, language: str) -> str:
    return getattr(definition, f"{what}_{language}")


def help_page(title: str, text: str, language: str, steps: Sequence[Step] = ()) -> str:
    """A page without figures: why, and what to do."""
    return render("help.html", language, title=title, text=text, steps=steps)


def empty_store(language: str) -> str:
    """What to do when nothing is published yet."""
    _ = words(language)
    return help_page(
        _("Chưa có kỳ số liệu nào"),
        _("Kho chưa có kỳ số liệu được công bố, nên chưa có gì để xem. Cách công bố:"),
        language,
        [
            Step(
                _("Kiểm tra tệp trước khi công bố; việc này không thay đổi gì trong kho."),
                "python cli.py check ho-so.csv",
            ),
            Step(
                _("Công bố tệp cùng với thời điểm chốt số liệu."),
                "python cli.py publish ho-so.csv --as-of 2022-04-25T16:00",
            ),
            Step(
                _("Chưa có tệp thật thì công bố tỉnh mô phỏng để xem thử."),
                "python cli.py sample --publish --days 9",
            ),
            Step(_("Tải lại trang này.")),
        ],
    )


def refused_store(language: str) -> str:
    """The store is there but cannot be read; why stands in the server's log, not on the page."""
    _ = words(language)
    return help_page(
        _("Chưa đọc được kho số liệu"),
        _("Kho có số liệu nhưng chưa dùng được; lý do ghi trong nhật ký máy chủ. Người vận hành:"),
        language,
        [
            Step(_("Tính lại bảng tổng hợp từ hồ sơ."), "python cli.py rebuild"),
            Step(_("Đối chiếu mọi tệp trong kho với bản kê khai."), "python cli.py verify"),
            Step(_("Tải lại trang này.")),
        ],
    )


def refused_campaign(language: str) -> str:
    """The office's own deadlines cannot be read; why stands in the server's log."""
    _ = words(language)
    return help_page(
        _("Chưa đọc được thời hạn của chiến dịch"),
        _("Một tệp thời hạn, chỉ tiêu, ngày nghỉ hoặc ghi chú có chỗ sai. Người vận hành:"),
        language,
        [
            Step(_("Xem câu báo tệp nào, mục nào sai gì."), "python cli.py progress"),
            Step(_("Sửa tệp ấy rồi khởi động lại ứng dụng.")),
        ],
    )


def unknown_choice(kind: str, value: str, language: str) -> str:
    """The address asks for something that is not there; the page shows what is."""
    _ = words(language)
    sentences = {
        "district": _("Không có huyện mã “{value}”; trang đang hiện đơn vị dưới đây."),
        "facility": _("Không có cơ sở mã “{value}” trong kỳ này; trang đang hiện cơ sở khác."),
        "facility_of_district": _(
            "Cơ sở mã “{value}” không thuộc huyện này; trang đang hiện cả huyện."
        ),
        "date": _("Không có kỳ số liệu “{value}”; trang đang hiện kỳ mới nhất."),
        "list": _("Không có danh sách “{value}”; trang đang hiện hồ sơ không hợp lệ."),
        "record": _("Không có hồ sơ “{value}” trong danh sách của đơn vị này."),
        "since": _("Không có kỳ “{value}” trước kỳ đang xem; trang đang so với kỳ khác."),
    }
    return notice(sentences[kind].format(value=value[:40]), language)


def without_stream(workstream: str, language: str) -> str:
    """The page of a workstream of which no snapshot has figures."""
    _ = words(language)
    titles = {
        "cleaning": _("Chưa có kỳ nào có số liệu làm sạch"),
        "complaints": _("Chưa có kỳ nào có tệp phản ánh"),
        "signing": _("Chưa có kỳ nào có số liệu ký"),
    }
    steps = [
        Step(
            _("Công bố tệp ấy cùng với hồ sơ của cùng một thời điểm."),
            "python cli.py publish ho-so.csv phan-anh.csv --as-of 2022-04-25T16:00",
        ),
        Step(_("Tải lại trang này.")),
    ]
    return help_page(
        titles[workstream],
        _("Các kỳ đã công bố không có phần này, nên trang chưa có gì để hiện."),
        language,
        steps,
    )


def other_snapshot(asked: dt.datetime, shown: dt.datetime, language: str) -> str:
    """The address asks for a snapshot that lacks what the page shows."""
    _ = words(language)
    sentence = _("Kỳ {asked} không có phần này; trang đang hiện kỳ {shown}.")
    return notice(
        sentence.format(asked=formats.as_of(asked, language), shown=formats.as_of(shown, language)),
        language,
    )


def newer_snapshot(newer: dt.datetime, language: str) -> str:
    """There is a newer snapshot, which lacks what the page shows."""
    _ = words(language)
    sentence = _("Có kỳ mới hơn ({newer}) nhưng không có phần này; xem trang Dữ liệu.")
    return notice(sentence.format(newer=formats.as_of(newer, language)), language)


def only_totals(language: str) -> str:
    """The snapshot is a table of totals by district: there is nothing below them."""
    _ = words(language)
    sentence = _("Kỳ này chỉ có bảng tổng theo huyện, không có số của từng cơ sở, xã hay lý do.")
    return notice(sentence, language)


def notice(text: str, language: str) -> str:
    """One sentence above the page's figures."""
    return render("notice.html", language, text=text)


def no_unit(language: str) -> str:
    """Nothing of the snapshot shown belongs to the viewer's unit."""
    _ = words(language)
    return help_page(
        _("Kỳ số liệu này không có đơn vị của bạn"),
        _("Đơn vị của tài khoản chưa có hoặc không còn trong kỳ đang xem; hãy chọn kỳ khác."),
        language,
    )


def sign_in_page(code: str, language: str) -> str:
    """Why somebody sees nothing, and where to sign in; `code` as of data.accounts.SignInError,
    "forbidden" or "unlogged".
    """
    _ = words(language)
    text = {
        "none": _("Số liệu của tỉnh chỉ mở cho tài khoản được cấp."),
        "expired": _("Phiên làm việc đã hết hạn; hãy đăng nhập lại."),
        "disabled": _("Tài khoản này không còn dùng được; hãy liên hệ người vận hành."),
        "no_role": _("Tài khoản này chưa được giao vai trò; hãy liên hệ người vận hành."),
        "forbidden": _("Vai trò của bạn không mở được trang này."),
        "unlogged": _("Chưa đọc được tài khoản hoặc ghi được nhật ký; hãy báo người vận hành."),
    }[code]
    is_stranger = code not in {"forbidden", "unlogged"}
    return render(
        "sign_in_needed.html",
        language,
        title=_("Cần đăng nhập") if is_stranger else _("Không mở được trang này"),
        text=text,
        address="dang-nhap" if is_stranger else None,
    )


def failure(number: str, language: str) -> str:
    """Something went wrong that nobody foresaw; `number` is the one in the server's log."""
    _ = words(language)
    text = _("Có lỗi khi lập trang này; hãy báo người vận hành mã lỗi {number}.")
    return notice(text.format(number=number), language)
