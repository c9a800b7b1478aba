"""R4 against literals: what the sheet says, that both files say the same, and that they are fit to be filed."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from services.reports.class_period_results.pdf import render_pages, render_pdf
from services.reports.class_period_results.rules import Results, results
from services.reports.class_period_results.xlsx import HEAD, render_xlsx
from services.reports.indicators.rules import mean, percent
from services.reports.snapshots.rules import class_year
from tests.reports.documents import QUARTER, document

AUTHOR, SNAPSHOT = "Османова Л. Р.", "9f3c41d7a" + "0" * 55


def sheet(**changes: Any) -> Results:
    return results(class_year(document(**changes)), QUARTER)


def text_of(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def cells_of(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)


MIXED = {
    "Аметов": "5 4 осв",
    "Белый": "н/а 4 5",
    "Волков": "2 3 3",
    "Гусева": "– – –",
    "Дёмин": "4 4 4",
}
THREE = ("Алгебра", "История", "Физика")


def test_the_worked_example() -> None:
    found = sheet()
    figures = [subject.figures for subject in found.subjects]
    shown = [
        (percent(one.pass_rate), percent(one.quality), percent(one.learning_degree), mean(one.average))
        for one in figures
    ]
    assert [tuple(str(figure) for figure in row) for row in shown] == [
        ("85.7", "57.1", "68.4", "4.33"),
        ("87.5", "87.5", "71.5", "4.13"),
        ("100.0", "75.0", "66.0", "4.00"),
        ("100.0", "100.0", "82.0", "4.50"),
    ]
    assert [pupil.category for pupil in found.pupils] == [
        "успевает на «5»", "с одной «4»", "на «4» и «5»", "с одной «3»",
        "на «3», «4», «5»", "не успевает", "не аттестован", "успевает на «5»",
    ]  # fmt: skip
    assert (percent(found.figures.pass_rate), percent(found.figures.quality)) == (Decimal("75.0"), Decimal("50.0"))


def test_a_class_with_everything_that_is_odd() -> None:
    missed = [
        [0, 0, "2026-09-03", 1, "ill"],
        [0, 1, "2026-10-23", 2, ""],
        [0, 1, "2026-10-24", 2, "ill"],
        [4, 0, "2026-09-03", 1, "ill"],
    ]
    found = sheet(rows=MIXED, subjects=THREE, left={"Дёмин": "2026-10-23"}, absences=missed)
    assert [pupil.name.split()[0] for pupil in found.pupils] == ["Аметов", "Белый", "Волков", "Гусева"], (
        "who left before the last day is not listed"
    )
    assert [pupil.counts for pupil in found.pupils] == [
        (1, 1, 0, 0, 0, 1), (1, 1, 0, 0, 1, 0), (0, 0, 2, 1, 0, 0), (0, 0, 0, 0, 0, 0),
    ]  # fmt: skip
    assert [pupil.average and str(mean(pupil.average)) for pupil in found.pupils] == ["4.50", "4.50", "2.67", None]
    assert [(pupil.missed, pupil.missed_ill) for pupil in found.pupils] == [(2, 1), (0, 0), (0, 0), (0, 0)], (
        "of the period alone, its last day included"
    )
    algebra = found.subjects[0].figures
    assert (algebra.judged, percent(algebra.pass_rate)) == (3, Decimal("33.3"))
    assert (percent(found.figures.pass_rate), found.missed, found.missed_ill) == (Decimal("33.3"), 2, 1)


def test_who_left_on_the_day_after_the_period_is_counted() -> None:
    found = sheet(left={"Андреев": "2026-10-24"})
    assert len(found.pupils) == 8


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rows": {}}, "В классе нет обучающихся"),
        ({"rows": {"Аметов": ""}, "subjects": ()}, "У класса нет предметов"),
        ({"rows": {"Аметов": "– – – –"}}, "Отметки за период ещё не выставлены"),
        ({"rows": {"Аметов": "– – – –"}, "grade": 1}, "В 1 классе отметок не ставят"),
    ],
)
def test_what_is_missing_is_said_on_the_sheet(changes: dict[str, Any], words: str) -> None:
    found = sheet(**changes)
    assert words in found.remarks[0]
    assert words in text_of(render_pdf(found, AUTHOR, SNAPSHOT))
    assert any(words in str(cell) for row in cells_of(render_xlsx(found, AUTHOR, SNAPSHOT)) for cell in row)


def test_the_pdf_says_what_the_data_say() -> None:
    found = sheet(rows=MIXED, subjects=THREE)
    text = text_of(render_pdf(found, AUTHOR, SNAPSHOT))
    for words in (
        "Школа № 12", "Итоги успеваемости класса за учебный период", "8А", "I четверть", "2026/27",
        "1 сентября — 23 октября 2026 г.", "По состоянию на 23.10.2026, 16:40", "А. И. Османова",
        "R4 · составитель Османова Л. Р. · снимок 9f3c41d7a", "Лист 1 из 1",
    ):  # fmt: skip
        assert words in text.replace("\xa0", " "), words
    for pupil in found.pupils:
        marks = " ".join(symbol for symbol in pupil.marks if symbol)
        assert re.search(rf"{pupil.name}\s+{re.escape(marks)}", re.sub(r"\s+", " ", text)), (pupil.name, text)


def test_the_pdf_is_fit_for_the_archive() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(sheet(), AUTHOR, SNAPSHOT)))
    root: Any = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>1</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        assert "/ToUnicode" in font
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_same_facts_make_the_same_bytes_and_others_others() -> None:
    changed = {**MIXED, "Дёмин": "4 4 5"}
    for render in (render_pdf, render_xlsx):
        first = render(sheet(rows=MIXED, subjects=THREE), AUTHOR, SNAPSHOT)
        assert render(sheet(rows=MIXED, subjects=THREE), AUTHOR, SNAPSHOT) == first
        assert render(sheet(rows=changed, subjects=THREE), AUTHOR, SNAPSHOT) != first


def test_the_workbook_holds_numbers_as_numbers_and_names_as_text() -> None:
    rows = {'=HYPERLINK("http://example.org")': "5 4 3", "Белый": "н/а осв 2"}
    cells = cells_of(render_xlsx(sheet(rows=rows, subjects=THREE), AUTHOR, SNAPSHOT))
    first, second = cells[HEAD + 1], cells[HEAD + 2]
    assert first[:6] == [1.0, '=HYPERLINK("http://example.org") Анна Игоревна', 5.0, 4.0, 3.0, 4.0]
    assert second[2:6] == ["н/а", "осв", 2.0, 2.0]
    by_title = {row[1]: row[2:5] for row in cells[HEAD + 3 :]}
    assert by_title["Успеваемость, %"] == [50.0, 100.0, 50.0]
    assert by_title["СОУ, %"] == [53.5, 64.0, 26.0]
    assert by_title["Средний балл"] == [5.0, 4.0, 2.5]


@pytest.mark.parametrize(("pupils", "subjects", "pages"), [(25, 18, 1), (35, 22, 2)])
def test_a_big_class_fits(pupils: int, subjects: int, pages: int) -> None:
    row = " ".join("5432"[place % 4] for place in range(subjects))
    found = sheet(
        rows={f"Константинопольский{number:02}": row for number in range(pupils)},
        subjects=[f"Основы безопасности и защиты Родины {place}" for place in range(subjects)],
    )
    made = render_pdf(found, AUTHOR, SNAPSHOT)
    assert len(PdfReader(io.BytesIO(made)).pages) == pages
    assert f"Лист {pages} из {pages}" in text_of(made)
    pictures = render_pages(found, AUTHOR, SNAPSHOT)
    assert [picture[:8] for picture in pictures] == [b"\x89PNG\r\n\x1a\n"] * pages


def test_columns_that_nobody_wants_are_left_out() -> None:
    found = results(class_year(document()), QUARTER, with_absences=False, with_teachers=False)
    text = text_of(render_pdf(found, AUTHOR, SNAPSHOT))
    assert "Пропущено" not in text
    assert "Орлова" not in text
