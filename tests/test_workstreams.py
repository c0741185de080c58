"""The campaign's own files: what they say, which document is in force, and what is refused."""

import datetime as dt

import pytest

from data.workstreams import (
    WORKSTREAMS,
    CampaignError,
    Milestone,
    OfficeDay,
    campaign,
    deadline_on,
    deadlines_until,
    directive_on,
    target_on,
)

PLANS = """
pace_days = "calendar"

[workstreams.cleaning]
target = 1.0

[workstreams.complaints]
target = 1.0

[workstreams.signing]
target = 0.9
"""
#: A document that holds, as TOML values; a test says what is otherwise.
DIRECTIVE = {
    "id": '"A"',
    "workstream": '"cleaning"',
    "scope": '"national"',
    "document": '"1/BYT"',
    "issued_on": "2022-04-19",
    "text": '"trước ngày 5/5/2022"',
    "date": "2022-05-05",
    "exclusive": "true",
}
TARGETS = "workstream,district_code,target,issued_on,document\n"
HOLIDAYS = "date,is_off,name\n"


def day(text: str) -> dt.date:
    number, month = map(int, text.split("/"))
    return dt.date(2022, month, number)


def directive(**other: str | None) -> str:
    """A document in TOML; None: the line is left out."""
    lines = [f"{name} = {value}" for name, value in (DIRECTIVE | other).items() if value]
    return "\n".join(["[[directives]]", *lines, ""])


@pytest.fixture
def office(tmp_path, monkeypatch):
    """Writes files into the folder the setting names, from which the campaign is read."""
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))

    def write(**files: str) -> None:
        for name, text in files.items():
            ending = "toml" if name in ("workstreams", "annotations") else "csv"
            (tmp_path / f"{name}.{ending}").write_text(text, encoding="utf-8")

    return write


def refusal() -> str:
    with pytest.raises(CampaignError) as refused:
        campaign()
    return str(refused.value)


# The documents of 2022 ----------------------------------------------------------------------

# Domain dossier, 2.2: id, workstream, scope, issued, date, superseded. Of 1975 the dossier infers
# the days of complaints and signing, so they stand beside the province's letter.
DOCUMENTS = """
    D1      | complaints | citizens | 2021-10-18 | 2021-10-25 |
    D2      | complaints | national | 2021-11-08 | standing   |
    D12     | signing    | national | 2022-04-08 | standing   |
    D3      | complaints | national | 2022-04-15 | 2022-04-15 |
    D4      | complaints | ministry | 2022-04-19 | 2022-04-25 | D3
    D5-1975 | complaints | national | 2022-04-19 | 2022-04-30 | D3
    D6      | signing    | ministry | 2022-04-19 | 2022-04-25 |
    D7-1975 | signing    | national | 2022-04-19 | 2022-04-30 |
    D8      | cleaning   | ministry | 2022-04-19 | 2022-04-30 |
    D9      | cleaning   | national | 2022-04-19 | 2022-05-05 |
    D5      | complaints | province | 2022-04-27 | 2022-04-30 | D3, D5-1975
    D7      | signing    | province | 2022-04-27 | 2022-04-30 | D7-1975
    D10     | cleaning   | national | 2022-05-04 | 2022-06-01 | D8, D9
    D11     | cleaning   | province | 2022-06-01 | none       | D10
"""


def test_every_document_of_the_dossier_is_there_in_the_order_of_issue():
    lines = [[cell.strip() for cell in line.split("|")] for line in DOCUMENTS.split("\n")[1:-1]]
    assert [
        [
            one.id,
            one.workstream,
            one.scope,
            one.issued_on.isoformat(),
            "standing" if one.standing else str(one.date or "none"),
            ", ".join(one.supersedes),
        ]
        for one in campaign().directives
    ] == lines


def test_a_document_names_its_day_as_it_is_written():
    for one in campaign().directives:
        assert one.exclusive == ("trước ngày" in one.text)
        if one.date:
            assert f"{one.date.day}/{one.date.month}/{one.date.year}" in one.text


def test_only_the_letters_whose_day_was_not_found_are_of_about_a_day():
    assert [one.id for one in campaign().directives if one.issued_about] == ["D5", "D7", "D11"]


@pytest.mark.parametrize("workstream", WORKSTREAMS)
def test_no_document_names_a_share_on_the_way_and_all_means_all(workstream):
    assert campaign().plans[workstream] == (1.0, ())


def test_the_campaign_worked_on_holidays():
    assert campaign().pace_days == "calendar"


# The deadline in force ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "workstream, on, date, document",
    [
        # D1 was for citizens, D2 holds for every complaint as it comes.
        ("complaints", "14/4", None, None),
        ("complaints", "15/4", "15/4", "1908/BYT-CNTT"),
        ("complaints", "16/4", "15/4", "1908/BYT-CNTT"),
        ("complaints", "18/4", "15/4", "1908/BYT-CNTT"),
        # D4 of the same day, 25/4, is for units of the Ministry.
        ("complaints", "19/4", "30/4", "1975/BYT-CNTT"),
        ("complaints", "28/4", "30/4", "Công văn của UBND tỉnh"),
        # D12 of 8/4 is standing; D6 of 19/4 for the Ministry.
        ("signing", "18/4", None, None),
        ("signing", "19/4", "30/4", "1975/BYT-CNTT"),
        ("signing", "28/4", "30/4", "Công văn của UBND tỉnh"),
        ("signing", "26/5", "30/4", "Công văn của UBND tỉnh"),
        ("cleaning", "18/4", None, None),
        ("cleaning", "20/4", "5/5", "1975/BYT-CNTT"),
        ("cleaning", "3/5", "5/5", "1975/BYT-CNTT"),
        ("cleaning", "4/5", "1/6", "2262/BYT-CNTT"),
        ("cleaning", "10/5", "1/6", "2262/BYT-CNTT"),
        ("cleaning", "31/5", "1/6", "2262/BYT-CNTT"),
        # D11 names no day: the one that had lapsed still counts.
        ("cleaning", "1/6", "1/6", "2262/BYT-CNTT"),
        ("cleaning", "10/6", "1/6", "2262/BYT-CNTT"),
    ],
)
def test_the_deadline_in_force_is_the_last_one_issued_by_that_day(workstream, on, date, document):
    """T28."""
    deadline = deadline_on(workstream, day(on))
    assert (deadline and deadline.date) == (date and day(date))
    assert (deadline and deadline.document) == document


def test_on_26_may_signing_is_26_days_over():
    deadline = deadline_on("signing", day("26/5"))
    assert deadline
    assert (day("26/5") - deadline.date).days == 26


def test_a_document_without_a_day_is_the_last_word_all_the_same():
    latest = directive_on("cleaning", day("10/6"))
    assert latest
    assert (latest.id, latest.date, latest.deadline) == ("D11", None, None)
    assert latest.text == "trong thời gian sớm nhất"


def test_a_document_without_a_day_takes_away_a_deadline_that_had_not_passed(office):
    later = directive(id='"B"', issued_on="2022-05-04", date=None, supersedes='["A"]')
    office(workstreams=PLANS + directive() + later)
    assert deadline_on("cleaning", day("3/5")) is not None
    # "Trước 5/5" is over with 4/5, and the letter is of that day.
    assert deadline_on("cleaning", day("10/6")) is None


def test_a_second_document_without_a_day_leaves_what_has_lapsed(office):
    """B replaces A once its day is over, and C replaces B: A is over all the same."""
    later = directive(id='"B"', issued_on="2022-05-06", date=None, supersedes='["A"]')
    last = directive(id='"C"', issued_on="2022-05-20", date=None, supersedes='["B"]')
    office(workstreams=PLANS + directive() + later + last)
    deadline = deadline_on("cleaning", day("10/6"))
    assert deadline == deadline_on("cleaning", day("3/5"))
    assert deadline is not None


def test_a_file_saved_by_notepad_is_read(office):
    office(workstreams="\ufeff" + PLANS + directive())
    assert deadline_on("cleaning", day("3/5")) is not None


def test_before_a_day_means_that_the_day_itself_is_too_late():
    deadline = deadline_on("signing", day("28/4"))
    assert deadline
    assert (deadline.text, deadline.exclusive) == ("trước ngày 30/4/2022", True)
    assert deadline.last_day == day("29/4")
    assert deadline._replace(exclusive=False).last_day == day("30/4")


def test_a_workstream_nobody_knows_has_no_deadline():
    assert deadline_on("vaccination", day("28/4")) is None
    assert deadlines_until("vaccination", day("28/4")) == []


@pytest.mark.parametrize(
    "workstream, on, dates",
    [
        ("cleaning", "18/4", []),
        ("cleaning", "3/5", ["5/5"]),
        ("cleaning", "10/6", ["5/5", "1/6"]),
        ("complaints", "18/4", ["15/4"]),
        ("complaints", "28/4", ["15/4", "30/4"]),
        ("signing", "26/5", ["30/4"]),
    ],
)
def test_the_deadlines_so_far_are_each_day_once_with_the_document_that_named_it_first(
    workstream, on, dates
):
    found = deadlines_until(workstream, day(on))
    assert [one.date for one in found] == [day(date) for date in dates]
    assert [one.issued_on for one in found] == sorted(one.issued_on for one in found)
    assert all(one.document.endswith("/BYT-CNTT") for one in found)


@pytest.mark.parametrize(
    "scope, standing, counts",
    [
        ("national", "false", True),
        ("province", "false", True),
        ("ministry", "false", False),
        ("citizens", "false", False),
        ("national", "true", False),
        ("province", "true", False),
    ],
)
def test_only_what_binds_the_province_and_names_an_end_counts(office, scope, standing, counts):
    date = None if standing == "true" else "2022-06-01"
    other = directive(
        id='"B"', scope=f'"{scope}"', standing=standing, date=date, issued_on="2022-04-20"
    )
    # What does not count may stand beside what does; what counts has to say what it replaces.
    replaced = other.replace("[[directives]]", '[[directives]]\nsupersedes = ["A"]')
    office(workstreams=PLANS + directive() + (replaced if counts else other))
    deadline = deadline_on("cleaning", day("25/4"))
    assert deadline
    assert deadline.date == (day("1/6") if counts else day("5/5"))
    assert len(deadlines_until("cleaning", day("25/4"))) == 1 + counts


def test_documents_may_stand_in_any_order_in_the_file(office):
    later = directive(
        id='"B"', issued_on="2022-05-04", date="2022-06-01", exclusive=None, supersedes='["A"]'
    )
    office(workstreams=PLANS + later + directive())
    assert [one.id for one in campaign().directives] == ["A", "B"]
    deadline = deadline_on("cleaning", day("10/5"))
    assert deadline
    # "exclusive" is false where it is not said.
    assert deadline.last_day == day("1/6")


# An office's own files ----------------------------------------------------------------------


def test_a_file_the_office_does_not_have_is_the_programs(office):
    own = campaign()
    office(holidays=HOLIDAYS + "2022-04-28,1,Ngày truyền thống\n")
    assert own.office_days == {}
    # Read once: a file that comes later waits for the next start.
    assert campaign() is own


def test_the_offices_files_go_before_the_programs_one_by_one(office):
    office(
        holidays=HOLIDAYS + "2022-04-28,1,Ngày truyền thống\n2022-04-23,0,Làm bù\n",
        targets=TARGETS + "signing,755,0.95,2022-04-20,Công văn 1\n",
    )
    assert campaign().office_days == {
        day("28/4"): OfficeDay(is_off=True, name="Ngày truyền thống"),
        day("23/4"): OfficeDay(is_off=False, name="Làm bù"),
    }
    assert target_on("signing", day("20/4"), "755") == 0.95
    # Of the program's own files.
    assert len(campaign().directives) == 14
    assert [one.date for one in campaign().annotations] == [
        day("8/4"),
        day("15/4"),
        day("19/4"),
        day("4/5"),
    ]


def test_what_happened_is_told_oldest_first_of_a_workstream_and_a_district(office):
    office(
        annotations="""
        [[annotations]]
        date = 2022-05-02
        text = "Ra quân"
        workstream = "cleaning"
        district = "755"

        [[annotations]]
        date = 2022-04-20
        text = "Tập huấn"
        """
    )
    assert campaign().annotations == (
        (day("20/4"), "Tập huấn", None, None),
        (day("2/5"), "Ra quân", "cleaning", "755"),
    )


def test_the_target_of_a_district_is_the_last_one_issued_by_the_day(office):
    office(
        workstreams=PLANS,
        targets=TARGETS
        + "signing,755,0.97,2022-05-10,Công văn 3\n"
        + "signing,755,0.95,2022-04-20,Công văn 1\n"
        + "cleaning,748,0.5,2022-04-20,Công văn 2\n",
    )
    of_755 = {on: target_on("signing", day(on), "755") for on in ("19/4", "20/4", "9/5", "10/5")}
    assert of_755 == {"19/4": 0.9, "20/4": 0.95, "9/5": 0.95, "10/5": 0.97}
    assert target_on("signing", day("10/5"), "748") == 0.9
    assert target_on("cleaning", day("10/5"), "748") == 0.5
    assert target_on("cleaning", day("10/5")) == 1.0


def test_milestones_are_shares_on_the_way(office):
    milestones = "[{ date = 2022-04-28, ratio = 0.8 }, { date = 2022-05-02, ratio = 0.9 }]"
    office(
        workstreams=PLANS.replace("target = 0.9", f"target = 0.9\nmilestones = {milestones}")
        + directive()
    )
    assert campaign().plans["signing"].milestones == (
        Milestone(day("28/4"), 0.8),
        Milestone(day("2/5"), 0.9),
    )


# Refusals -----------------------------------------------------------------------------------


def with_milestones(text: str) -> str:
    return PLANS.replace("target = 0.9", f"target = 0.9\nmilestones = [{text}]")


@pytest.mark.parametrize(
    "text, sentence",
    [
        pytest.param(
            PLANS + directive(date="2022-04-18"),
            "workstreams.toml: directives A: hạn 2022-04-18 trước ngày ban hành 2022-04-19.",
            id="date before issue",
        ),
        pytest.param(
            PLANS + directive(workstream='"vaccination"'),
            "workstreams.toml: directives A: “workstream” là 'vaccination'; "
            "chọn cleaning, complaints, signing.",
            id="unknown workstream",
        ),
        pytest.param(
            PLANS + directive(scope='"district"'),
            "workstreams.toml: directives A: “scope” là 'district'; "
            "chọn national, province, ministry, citizens.",
            id="unknown scope",
        ),
        pytest.param(
            PLANS.replace("0.9", "1.2"),
            "workstreams.toml: signing: “target” là 1.2; cần một số từ 0 đến 1, như 0.95.",
            id="target above all",
        ),
        pytest.param(
            PLANS.replace("0.9", "-0.1"),
            "workstreams.toml: signing: “target” là -0.1; cần một số từ 0 đến 1, như 0.95.",
            id="target below nothing",
        ),
        pytest.param(
            PLANS.replace("0.9", "nan"),
            "workstreams.toml: signing: “target” là nan; cần một số từ 0 đến 1, như 0.95.",
            id="target not a number",
        ),
        pytest.param(
            PLANS.replace("0.9", "true"),
            "workstreams.toml: signing: “target” là True; cần một số từ 0 đến 1, như 0.95.",
            id="target a yes",
        ),
        pytest.param(
            PLANS.replace("target = 0.9", ""),
            "workstreams.toml: signing: “target” là None; cần một số từ 0 đến 1, như 0.95.",
            id="no target",
        ),
        pytest.param(
            with_milestones(
                "{ date = 2022-04-28, ratio = 0.5 }, { date = 2022-04-28, ratio = 0.6 }"
            ),
            "workstreams.toml: signing: mốc 2022-04-28 (0.6) đứng sau mốc 2022-04-28 (0.5); "
            "ngày và tỷ lệ của các mốc phải tăng dần.",
            id="milestones of one day",
        ),
        pytest.param(
            with_milestones(
                "{ date = 2022-04-28, ratio = 0.6 }, { date = 2022-04-29, ratio = 0.5 }"
            ),
            "workstreams.toml: signing: mốc 2022-04-29 (0.5) đứng sau mốc 2022-04-28 (0.6); "
            "ngày và tỷ lệ của các mốc phải tăng dần.",
            id="milestones that fall",
        ),
        pytest.param(
            with_milestones("{ date = 2022-04-28, ratio = 0.95 }"),
            "workstreams.toml: signing: mốc 0.95 vượt chỉ tiêu 0.9.",
            id="milestone above the target",
        ),
        pytest.param(
            with_milestones("{ date = 2022-04-28, ratoi = 0.5 }"),
            "workstreams.toml: milestones 1: không hiểu “ratoi”; biết: date, ratio.",
            id="slip of the pen in a milestone",
        ),
        pytest.param(
            with_milestones('"2022-04-28"'),
            "workstreams.toml: signing: “milestones” thứ 1 không phải một bảng.",
            id="milestone not a table",
        ),
        pytest.param(
            PLANS.replace("target = 0.9", "target = 0.9\nmilestones = 5"),
            "workstreams.toml: signing: “milestones” là 5; cần một danh sách.",
            id="milestones not a list",
        ),
        pytest.param(
            PLANS
            + directive(supersedes='["B"]')
            + directive(id='"B"', supersedes='["C"]')
            + directive(id='"C"', supersedes='["A"]'),
            "workstreams.toml: directives A: thay thế B, vòng trở lại chính nó.",
            id="a loop",
        ),
        pytest.param(
            PLANS + directive(supersedes='["A"]'),
            "workstreams.toml: directives A: thay thế A, vòng trở lại chính nó.",
            id="replaces itself",
        ),
        pytest.param(
            PLANS + directive(supersedes='["Z9"]'),
            "workstreams.toml: directives A: thay thế “Z9”, không có văn bản mã đó.",
            id="unknown superseded",
        ),
        pytest.param(
            PLANS + directive(supersedes='"Z9"'),
            "workstreams.toml: directives A: “supersedes” là 'Z9'; cần một danh sách mã.",
            id="superseded not a list",
        ),
        pytest.param(
            PLANS + directive(supersedes='[["B"]]'),
            "workstreams.toml: directives A: “supersedes” là [['B']]; cần một danh sách mã.",
            id="superseded a list of lists",
        ),
        pytest.param(
            PLANS + directive() + directive(id='"B"', workstream='"signing"', supersedes='["A"]'),
            "workstreams.toml: directives B: thay thế A, của việc khác.",
            id="of another workstream",
        ),
        pytest.param(
            PLANS + directive() + directive(id='"B"', issued_on="2022-04-18", supersedes='["A"]'),
            "workstreams.toml: directives B: thay thế A, ban hành sau nó.",
            id="replaces a later one",
        ),
        pytest.param(
            PLANS + directive() + directive(issued_on="2022-04-20"),
            "workstreams.toml: mã A có hai lần; mỗi văn bản một mã.",
            id="doubled id",
        ),
        pytest.param(
            PLANS + directive() + directive(id='"B"', issued_on="2022-04-20"),
            "workstreams.toml: directives B: A vẫn còn hiệu lực cùng lúc; "
            "ghi mã đó vào “supersedes”.",
            id="two in force",
        ),
        pytest.param(
            PLANS + directive(standing="true"),
            "workstreams.toml: directives A: "
            "đã là quy định thường xuyên (standing) thì không có ngày hạn.",
            id="standing with a day",
        ),
        pytest.param(
            PLANS + directive(exlusive="true"),
            "workstreams.toml: directives A: không hiểu “exlusive”; biết: id, workstream, scope, "
            "document, issued_on, text, date, exclusive, supersedes, standing, issued_about.",
            id="slip of the pen",
        ),
        pytest.param(
            PLANS.replace("target = 0.9", "taget = 0.9"),
            "workstreams.toml: signing: không hiểu “taget”; biết: target, milestones.",
            id="slip of the pen in a plan",
        ),
        pytest.param(
            PLANS + directive().replace("[[directives]]", "[[directive]]"),
            "workstreams.toml: không hiểu “directive”; biết: pace_days, workstreams, directives.",
            id="slip of the pen in the name of the list",
        ),
        pytest.param(
            PLANS + "[workstreams.cleanning]\ntarget = 1.0\n",
            "workstreams.toml: workstreams: không hiểu “cleanning”; "
            "biết: cleaning, complaints, signing.",
            id="a plan of no workstream",
        ),
        pytest.param(
            PLANS.replace("[workstreams.signing]\ntarget = 0.9", ""),
            "workstreams.toml: workstreams: thiếu phần “signing”.",
            id="no plan of a workstream",
        ),
        pytest.param(
            PLANS.replace('"calendar"', '"lunar"'),
            "workstreams.toml: “pace_days” là 'lunar'; chọn calendar, working.",
            id="unknown days",
        ),
        pytest.param(
            PLANS + directive(text=None),
            "workstreams.toml: directives A: “text” là None; cần một dòng chữ.",
            id="no text",
        ),
        pytest.param(
            PLANS + directive(text='"  "'),
            "workstreams.toml: directives A: “text” là '  '; cần một dòng chữ.",
            id="empty text",
        ),
        pytest.param(
            PLANS + directive(id=None),
            "workstreams.toml: directives 1: “id” là None; cần một dòng chữ.",
            id="no id: its place",
        ),
        pytest.param(
            PLANS + directive(issued_on='"19/4/2022"'),
            "workstreams.toml: directives A: “issued_on” là '19/4/2022'; "
            "cần một ngày, như 2022-05-05.",
            id="a day not in ISO",
        ),
        pytest.param(
            PLANS + directive(date="2022-05-05T08:00:00"),
            "workstreams.toml: directives A: “date” là datetime.datetime(2022, 5, 5, 8, 0); "
            "cần một ngày, như 2022-05-05.",
            id="an instant for a day",
        ),
        pytest.param(
            PLANS + directive(exclusive='"yes"'),
            "workstreams.toml: directives A: “exclusive” là 'yes'; cần true hoặc false.",
            id="a word for a yes",
        ),
    ],
)
def test_a_campaign_that_does_not_hold_is_refused_with_what_stands_where(office, text, sentence):
    office(workstreams=text)
    assert refusal() == sentence


@pytest.mark.parametrize("name", ["khong-co", "a-file"])
def test_a_setting_that_names_no_folder_is_refused_and_nothing_taken_instead(
    tmp_path, monkeypatch, name
):
    (tmp_path / "a-file").touch()
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path / name))
    assert refusal() == (
        f"TIENDO_CAMPAIGN là '{tmp_path / name}', không phải thư mục đọc được; "
        "cần đường dẫn đầy đủ của một thư mục đã có."
    )


def test_a_file_that_is_no_toml_is_refused(office):
    office(workstreams="pace_days = calendar")
    assert refusal().startswith("workstreams.toml: không đọc được (Invalid value")


@pytest.mark.parametrize("name", ["targets.csv", "holidays.csv", "workstreams.toml"])
def test_a_file_that_is_not_utf8_is_refused(office, tmp_path, name):
    office()
    (tmp_path / name).write_bytes("name = 'huyện'".encode("utf-16"))
    assert refusal().startswith(f"{name}: không đọc được (")


@pytest.mark.parametrize(
    "files, sentence",
    [
        pytest.param(
            {"targets": TARGETS + "signing,999,0.9,2022-04-20,Công văn 1\n"},
            "targets.csv: dòng 2: không có huyện mã “999”; "
            "các mã: 747, 748, 750, 751, 752, 753, 754, 755.",
            id="unknown district",
        ),
        pytest.param(
            {"targets": TARGETS + "signing,755,95,2022-04-20,Công văn 1\n"},
            "targets.csv: dòng 2: “target” là '95'; cần một số từ 0 đến 1, như 0.95.",
            id="percent for a share",
        ),
        pytest.param(
            {"targets": TARGETS + "signing,755,0.9,20/4/2022,Công văn 1\n"},
            "targets.csv: dòng 2: “issued_on” là '20/4/2022'; cần một ngày, như 2022-05-05.",
            id="a day not in ISO",
        ),
        pytest.param(
            {"targets": TARGETS + "signing,755,0.9,2022-04-20\n"},
            "targets.csv: dòng 2: “document” là None; cần một dòng chữ.",
            id="a cell too few",
        ),
        pytest.param(
            {"targets": TARGETS + "signing,755,0.9,2022-04-20,Công văn 1, ngày 20/4\n"},
            "targets.csv: dòng 2: thừa ô [' ngày 20/4'].",
            id="a cell too many",
        ),
        pytest.param(
            {"targets": "workstream,district,target,issued_on,document\n"},
            "targets.csv: các cột là workstream, district, target, issued_on, document; "
            "cần workstream, district_code, target, issued_on, document.",
            id="wrong columns",
        ),
        pytest.param(
            {"targets": ""},
            "targets.csv: các cột là ; cần workstream, district_code, target, issued_on, document.",
            id="nothing in it",
        ),
        pytest.param(
            {"holidays": HOLIDAYS + "2022-04-28,x,Ngày truyền thống\n"},
            "holidays.csv: dòng 2: “is_off” là 'x'; chọn 0, 1.",
            id="neither off nor on",
        ),
        pytest.param(
            {"holidays": HOLIDAYS + "2022-04-28,1,A\n2022-02-30,1,B\n"},
            "holidays.csv: dòng 3: “date” là '2022-02-30'; cần một ngày, như 2022-05-05.",
            id="no such day",
        ),
        pytest.param(
            {"annotations": '[[annotations]]\ndate = 2022-04-28\ntext = "A"\ndistrict = "1"\n'},
            "annotations.toml: annotations 1: không có huyện mã “1”; "
            "các mã: 747, 748, 750, 751, 752, 753, 754, 755.",
            id="annotation of no district",
        ),
        pytest.param(
            {"annotations": '[[annotations]]\ndate = 2022-04-28\ntext = "A"\nwhere = "755"\n'},
            "annotations.toml: annotations 1: không hiểu “where”; "
            "biết: date, text, workstream, district.",
            id="slip of the pen in an annotation",
        ),
        pytest.param(
            {"annotations": '[[annotation]]\ndate = 2022-04-28\ntext = "A"\n'},
            "annotations.toml: không hiểu “annotation”; biết: annotations.",
            id="slip of the pen in the name of the annotations",
        ),
    ],
)
def test_a_row_that_does_not_hold_is_refused_with_its_line(office, files, sentence):
    office(**files)
    assert refusal() == sentence
