"""From the answer of journal to the table that is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.web.pages.courses.dates import lesson_days
from services.web.pages.journal.grid import Column, Words, cells_of, columns_of, grid_html, tile, tone

WORDS = Words("Ученик", "Ср.", [f"месяц{number}" for number in range(1, 13)], {"ОП": "опоздал"}, True)
TODAY = date(2026, 11, 25)


def page(**changes: Any) -> dict[str, Any]:
    """Two lessons; the first with an answer and a test, then a free-standing project."""
    return {
        "course": {
            "subject": "Алгебра",
            "class": "8А",
            "work_types": [{"code": "answer", "short": "О"}, {"code": "test", "short": "КР"}],
        },
        "period": {"id": "p", "closed_at": None},
        "students": [
            {"id": "s1", "name": "Андреев <b>Пётр</b>", "to": None},
            {"id": "s2", "name": "Белова Дарья", "to": "2026-11-01"},
        ],
        "lessons": [
            {"id": "l1", "date": "2026-10-30", "number": 2, "editable": True},
            {"id": "l2", "date": "2026-11-25", "number": 1, "editable": False},
            {"id": "l3", "date": "2026-11-26", "number": 1, "editable": False},
        ],
        "columns": [
            {"kind": "attendance", "lesson": 0},
            {"kind": "marks", "lesson": 0, "line_item_id": "i1", "work_type": "answer", "date": "2026-10-30"},
            {"kind": "marks", "lesson": 0, "line_item_id": "i2", "work_type": "test", "date": "2026-10-30"},
            {"kind": "marks", "lesson": None, "line_item_id": "i3", "work_type": "project", "date": "2026-11-02"},
            {"kind": "attendance", "lesson": 1},
            {"kind": "attendance", "lesson": 2},
        ],
        "cells": [[0, 1, 0, "5", 1, 1], [0, 1, 1, "4", 1, 0], [0, 0, 0, "ОП", 1, 0], [1, 2, 0, "2", 3, 8]],
        "averages": ["4.50", None],
    } | changes


def test_attendance_joins_the_first_work_of_its_lesson_and_others_stand_beside() -> None:
    assert columns_of(page()) == [
        Column(0, 0, 1),
        Column(0, None, 2),
        Column(None, None, 3),
        Column(1, 4),
        Column(2, 5),
    ]


def test_a_late_pupil_has_letter_and_marks_in_one_cell() -> None:
    found = page()
    cells = cells_of(found, columns_of(found))
    assert (cells[0, 0].marks, cells[0, 0].attendance, cells[0, 0].flags) == ({0: "5", 1: "4"}, "ОП", 1)


def test_the_table_escapes_names_and_says_letters_in_words() -> None:
    html = grid_html(page(), TODAY, WORDS)
    assert "Андреев &lt;b&gt;Пётр&lt;/b&gt;" in html
    assert 'aria-label="5, 4, опоздал"' in html
    assert '<td class="avg">4,50</td>' in html


def test_closed_columns_are_hatched_future_ones_are_not() -> None:
    html = grid_html(page(), TODAY, WORDS)
    assert html.count('<col class="c x">') == 1
    assert html.count('<col class="c later">') == 1
    assert '<th scope="col" class="d today"><span>25</span></th>' in html


def test_a_kind_of_work_stands_under_its_date_but_an_answer_does_not() -> None:
    html = grid_html(page(), TODAY, WORDS)
    assert (
        '<th scope="col" class="d"><span>30</span></th><th scope="col" class="d"><span>30</span><b>КР</b></th>'
        in html
    )


def test_months_span_their_columns() -> None:
    html = grid_html(page(), TODAY, WORDS)
    assert 'colspan="2" class="month"><span>месяц10' in html
    assert 'colspan="3" class="month"><span>месяц11' in html


def test_who_left_is_crossed_out() -> None:
    assert grid_html(page(), TODAY, WORDS).count('<tr class="out">') == 1


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [("5", "g"), ("4", "g"), ("3", "y"), ("2", "r"), ("1", "r"), ("Н", "l"), ("ОСВ", "l"), ("зч", "l"), ("100", "n")],
)
def test_a_symbol_has_its_tint(symbol: str, expected: str) -> None:
    assert tone(symbol) == expected


def test_two_symbols_split_the_tile() -> None:
    assert tile(["4", "ОП"]) == '<span class="m two"><i class="g">4</i><i class="l">ОП</i></span>'


@pytest.mark.parametrize(
    ("first", "last", "weekdays", "expected"),
    [
        (date(2026, 11, 23), date(2026, 11, 29), {0, 4}, ["2026-11-23", "2026-11-27"]),
        (date(2026, 11, 23), date(2026, 11, 23), {0}, ["2026-11-23"]),
        (date(2026, 11, 24), date(2026, 11, 23), {0}, []),
        (date(2026, 12, 31), date(2027, 1, 4), {3, 0}, ["2026-12-31", "2027-01-04"]),
    ],
)
def test_lesson_days_are_the_weekdays_between(
    first: date, last: date, weekdays: set[int], expected: list[str]
) -> None:
    assert [day.isoformat() for day in lesson_days(first, last, weekdays)] == expected
