"""Class lists as schools keep them: headers, cells, who is the same. Tables, no database."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.journal.imports.columns import guess, header_index, implied_relation
from services.journal.imports.listing import listed_students
from services.journal.imports.messages import changes_in_words, problem_text
from services.journal.imports.plan import Plan, make_plan
from services.journal.imports.reading import UnreadableError, read_sheet
from services.journal.imports.register import Declared, Known, Register
from services.journal.imports.rules import Consent, Problem, parse_consent, parse_day

TODAY = dt.date(2026, 11, 25)
YEAR_START, YEAR_END = dt.date(2026, 9, 1), dt.date(2027, 5, 31)

WHOLE = (
    "Класс;Фамилия;Имя;Отчество;Дата рождения;Пол;№ личного дела;Дата зачисления;Приказ №;Родитель 1 ФИО;Родство 1;"
    "Телефон 1;E-mail 1;Согласие 1;Родитель 2 ФИО;Родство 2;Телефон 2;E-mail 2;Согласие 2"
)


def g(n: int) -> list[str]:
    return [f"guardian{n}_{part}" for part in ("name", "relation", "phone", "email", "consent")]


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            WHOLE,
            ["class", "last_name", "first_name", "middle_name", "birth_date", "sex", "file_number", "admitted_on"]
            + ["order_number", *g(1), *g(2)],
        ),
        (
            "№ п/п;ФИО обучающегося;Д.р.;Класс;Телефон;Законный представитель;Телефон;Почта;Согласие на обработку",
            ["number", "full_name", "birth_date", "class", "phone"]
            + ["guardian1_name", "guardian1_phone", "guardian1_email", "guardian1_consent"],
        ),
        (
            "Ученик;Дата рожд.;Класс;ФИО матери;Тел. матери;Отец;Телефон отца;Согласие отца;Домашний адрес;СНИЛС",
            ["full_name", "birth_date", "class", "guardian1_name", "guardian1_phone", "guardian2_name"]
            + ["guardian2_phone", "guardian2_consent", "address", "snils"],
        ),
        ("Имя;Фамилия;Фамилия;Хобби", ["first_name", "last_name", None, None]),
    ],
)
def test_headers_are_known_by_what_schools_write(header: str, fields: list[str | None]) -> None:
    assert guess(header.split(";")) == fields


def test_a_title_above_the_headers_is_passed_over() -> None:
    assert header_index([("Список учащихся 5А класса",), (), ("№", "Фамилия", "Имя", "Дата рождения", "Класс")]) == 2
    assert header_index([("a", "b"), ("c", "d")]) is None


def test_a_column_of_mothers_says_what_they_are() -> None:
    assert (implied_relation("ФИО матери"), implied_relation("Отец"), implied_relation("Родитель 1")) == (
        "мать",
        "отец",
        "",
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14.03.2014", dt.date(2014, 3, 14)),
        ("4.3.2014 г.", dt.date(2014, 3, 4)),
        ("14/03/14", dt.date(2014, 3, 14)),
        ("2014-03-14", dt.date(2014, 3, 14)),
        ("2014-03-14 00:00:00", dt.date(2014, 3, 14)),
    ],
)
def test_days_are_read_as_lists_write_them(text: str, day: dt.date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize("text", ["31.02.2014", "14.13.2014", "март 2014", "14.03", "20140314", "14.03.20140"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_day(text)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)))
def test_each_day_survives_writing_and_reading(day: dt.date) -> None:
    assert parse_day(f"{day:%d.%m.%Y}") == parse_day(day.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "consent"),
    [
        ("да", Consent(True)),
        ("Да.", Consent(True)),
        ("нет", Consent(False)),
        ("01.09.2026", Consent(True, dt.date(2026, 9, 1))),
        ("да, 01.09.2026", Consent(True, dt.date(2026, 9, 1))),
        ("от 25.11.2026", Consent(True, TODAY)),
    ],
)
def test_a_consent_is_yes_no_or_a_day(text: str, consent: Consent) -> None:
    assert parse_consent(text, TODAY) == consent


@pytest.mark.parametrize("text", ["может быть", "26.11.2026", "01.01.1999", "да нет"])
def test_another_word_or_a_day_to_come_is_no_consent(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_consent(text, TODAY)


# --- files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("cp1251", "Windows-1251"),
        ("utf-8-sig", "UTF-8"),
        ("utf-8", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("koi8-r", "KOI8-R"),
    ]
    + [("cp866", "DOS-866")],
)
@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_a_list_is_read_in_whatever_encoding_it_was_saved(encoding: str, title: str, delimiter: str) -> None:
    text = "Класс;Фамилия;Имя;Дата рождения\r\n6Б;Ёжиков;Артём;02.11.2013\r\n;;;\r\n".replace(";", delimiter)
    sheet = read_sheet(text.encode(encoding), lambda rows: header_index(rows) is not None)
    assert sheet.encoding == title
    assert sheet.rows[1] == ("6Б", "Ёжиков", "Артём", "02.11.2013")
    assert len(sheet.rows) == 2


def test_a_title_above_the_headers_does_not_hide_the_delimiter() -> None:
    text = "Список, 5 класс\r\n\r\nФИО\tДата рождения\tКласс\r\nЛарина Вера\t01.02.2015\t5А\r\n"
    rows = read_sheet(text.encode(), lambda rows: True).rows
    assert rows[header_index(rows) or 0] == ("ФИО", "Дата рождения", "Класс")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"\xef\xbb\xbf;;\r\n", "empty-file"),
        (bytes(range(256)) * 4, "encoding"),
        (b"PK\x03\x04 no workbook", "unreadable"),
        ('Класс;Фамилия\r\n6Б;"Ёжиков\r\n'.encode(), "unreadable"),
        ("Класс;Фамилия\r\n".encode() + b"6;x\r\n" * 3100, "too-many-rows"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_sheet(data, lambda rows: header_index(rows) is not None)
    assert caught.value.code == code


# --- rows ------------------------------------------------------------------------------------------------


def read(text: str) -> tuple[list, list[Problem]]:
    rows = [line.split(";") for line in text.strip().splitlines()]
    width = len(rows[0])
    cells = [[*row, *[""] * (width - len(row))] for row in rows]
    return listed_students(cells, guess(cells[0]), 1, TODAY, YEAR_START)


def codes(problems: list[Problem]) -> list[tuple[int | None, str | None, str]]:
    return [(problem.row, problem.field, problem.code) for problem in problems]


def test_every_problem_of_a_list_is_said_at_once() -> None:
    students, problems = read(
        "Класс;Фамилия;Имя;Дата рождения;Родитель;Телефон;Почта;Согласие\n"
        "6Б;Ларина;Вера;14.03.2014;Ларина Ольга Павловна;+7 900 000-01-02;larina@example.org;да\n"
        "6;Ёжиков;;31.02.2013;Ёжикова;123;не адрес;потом\n"
        "6Б;Пет7ров;Иван;01.01.1950;;;;\n"
        ";;;;;;;\n"
        "Итого: 3;;;;;;;\n"
    )
    assert [student.last_name for student in students] == ["Ларина"]
    assert sorted(codes(problems), key=str) == sorted(
        [
            (3, "class", "bad-class"),
            (3, "first_name", "empty"),
            (3, "birth_date", "bad-date"),
            (3, "guardian1_name", "bad-full-name"),
            (3, "guardian1_phone", "bad-phone"),
            (3, "guardian1_email", "bad-email"),
            (3, "guardian1_consent", "bad-consent"),
            (4, "last_name", "bad-name"),
            (4, "birth_date", "absurd-birth-date"),
            (6, None, "total-skipped"),
        ],
        key=str,
    )
    for problem in problems:
        for language in ("ru", "en"):
            assert "{" not in problem_text(problem, language, "Столбец")


def test_what_stands_below_no_title_is_said() -> None:
    students, problems = read(
        "Класс;Фамилия;Имя;Дата рождения;\n6Б;Ларина;Вера;14.03.2014;\n6Б;Белова;Ия;15.03.2014;мать\n"
    )
    assert [student.last_name for student in students] == ["Ларина", "Белова"]
    assert codes(problems) == [(3, None, "column-untitled")]
    assert problem_text(problems[0], "ru").startswith("«мать» стоит в столбце без заголовка")


def test_a_list_without_a_column_says_which() -> None:
    students, problems = read("Фамилия;Имя\nЛарина;Вера\n")
    assert (students, codes(problems)) == (
        [],
        [(1, "class", "missing-column"), (1, "birth_date", "missing-column")],
    )


def test_a_guardian_in_one_cell_is_taken_apart() -> None:
    students, problems = read(
        "Класс;ФИО;Дата рождения;Родитель\n"
        "5А;О’Нил-Белых Дарья Павловна;14.03.2014;Ларина Ольга Павловна, мать, 8 (900) 000-01-02 larina@example.org\n"
    )
    assert problems == []
    (guardian,) = students[0].guardians
    assert (guardian.last_name, guardian.relation) == ("Ларина", "мать")
    assert (guardian.phone, guardian.email) == ("+79000000102", "larina@example.org")


def test_a_latin_letter_of_a_class_is_taken_for_the_cyrillic_one_with_a_note() -> None:
    students, problems = read("Класс;ФИО;Дата рождения\n5A;Ларина Вера;14.03.2014\n")
    assert (students[0].grade_level, students[0].letter) == (5, "А")
    assert [(problem.code, problem.warning) for problem in problems] == [("latin-letter", True)]


# --- plans -----------------------------------------------------------------------------------------------

HEADER = "Класс;Фамилия;Имя;Отчество;Дата рождения;Родитель;Родство;Телефон;Почта;Согласие"


def known(last_name: str, first_name: str, middle_name: str = "", **more: object) -> Known:
    values = {"birth_date": None, "version": 3, **more}
    return Known(uuid.uuid4(), last_name=last_name, first_name=first_name, middle_name=middle_name, **values)  # type: ignore[arg-type]


def register(*people: Known, classes: dict[tuple[int, str], uuid.UUID] | None = None) -> Register:
    return Register(uuid.uuid4(), YEAR_START, YEAR_END, classes or {}, {person.id: person for person in people})


def plan(rows: str, of: Register | None = None) -> Plan:
    students, problems = read(f"{HEADER}\n{rows}")
    return make_plan(students, problems, of or register())


def problem_codes(made: Plan) -> list[str]:
    return [problem.code for problem in made.problems]


def test_children_of_one_mother_have_one_mother() -> None:
    made = plan(
        "5А;Ларина;Вера;;14.03.2014;Ларина Ольга Павловна;мать;;larina@example.org;да\n"
        "5А;Ларин;Пётр;;14.03.2014;Ларина  Ольга Павловна;мать;+79000000102;LARINA@example.org;нет\n"
    )
    first, second = (row.guardians[0].person for row in made.rows)
    assert first is second
    assert first.phone == "+79000000102"
    assert (made.counts()["guardians"], made.counts()["guardianships"]) == (1, 2)
    assert problem_codes(made) == []


def test_an_equal_name_alone_makes_two_guardians_and_a_warning() -> None:
    made = plan("5А;Ларина;Вера;;14.03.2014;Иванова Анна;мать;;;\n5А;Котов;Пётр;;14.03.2014;Иванова Анна;мать;;;\n")
    assert made.counts()["guardians"] == 2
    assert problem_codes(made) == ["guardian-namesake"]
    assert not made.blocked


def test_the_same_pupil_twice_blocks_and_namesakes_come_in_both() -> None:
    twice = plan("5А;Королёв;Иван;;14.03.2014\n5А;КОРОЛЕВ;Иван;;14.03.2014\n")
    assert (problem_codes(twice), twice.blocked) == (["student-twice"], True)
    assert twice.problems[0].other == "2"
    namesakes = plan("5А;Королёв;Иван;;14.03.2014\n5А;Королёв;Иван;;15.03.2014\n")
    assert (problem_codes(namesakes), namesakes.blocked) == (["student-namesake"], False)
    assert namesakes.counts()["insert"] == 2


def a_known_family() -> tuple[Register, Known, Known]:
    class_id = uuid.uuid4()
    mother = known("Ларина", "Ольга", "Павловна", is_guardian=True, email="larina@example.org")
    child = known("Ларина", "Вера", birth_date=dt.date(2014, 3, 14), is_student=True, class_id=class_id)
    child.guardians[mother.id] = Declared(True, TODAY)
    return register(mother, child, classes={(5, "А"): class_id}), mother, child


def test_the_same_list_again_changes_nothing() -> None:
    of, _, _ = a_known_family()
    made = plan("5А;Ларина;Вера;;14.03.2014;Ларина Ольга Павловна;мать;;larina@example.org;да\n", of)
    assert [row.action for row in made.rows] == ["unchanged"]
    assert made.digest == plan("", of).digest


def test_a_guardian_without_contacts_is_known_by_the_child() -> None:
    of, mother, _ = a_known_family()
    made = plan("5А;Ларина;Вера;;14.03.2014;Ларина Ольга Павловна;мать;;;\n", of)
    assert made.rows[0].guardians[0].person.known == mother.id
    assert made.rows[0].action == "unchanged"


def test_no_over_the_yes_of_a_list_is_a_withdrawal() -> None:
    of, _, _ = a_known_family()
    made = plan("5А;Ларина;Вера;;14.03.2014;Ларина Ольга Павловна;мать;;;нет\n", of)
    said = made.rows[0].guardians[0].said
    assert said is not None
    assert (said.given, said.withdraws) == (False, True)
    assert changes_in_words(made.rows[0], "ru") == ["Ларина Ольга Павловна: согласие не дано"]


def test_new_values_of_a_known_pupil_are_changes_and_empty_cells_say_nothing() -> None:
    of, mother, _ = a_known_family()
    made = plan("5А;Ларина;Вера;Сергеевна;14.03.2014;Ларина Ольга Павловна;;+79000000102;new@example.org;\n", of)
    row = made.rows[0]
    assert row.person.changes == {"middle_name": ("", "Сергеевна")}
    assert row.guardians[0].person.changes == {
        "phone": ("", "+79000000102"),
        "email": (mother.email, "new@example.org"),
    }
    assert row.action == "change"


def test_a_list_transfers_nobody() -> None:
    of, _, child = a_known_family()
    assert problem_codes(plan("6Б;Ларина;Вера;;14.03.2014\n", of)) == ["in-other-class"]
    child.left_on = TODAY
    assert problem_codes(plan("5А;Ларина;Вера;;14.03.2014\n", of)) == ["left-school"]


def test_the_digest_moves_with_whatever_the_commit_would_write() -> None:
    rows = "5А;Ларина;Вера;;14.03.2014;Ларина Ольга Павловна;мать;;larina@example.org;да\n"
    digests = {
        plan(text).digest
        for text in (
            rows,
            rows.replace(";да", ";нет"),
            rows.replace(";да", ";"),
            rows.replace("мать", "тётя"),
            rows.replace("2014", "2013"),
            rows.replace("5А", "5Б"),
            rows.replace("larina@", "other@"),
        )
    }
    assert len(digests) == 7
    assert plan(rows).digest == plan(rows.replace("Вера", "Вера ")).digest
