"""The report page: chosen, made, looked at, fetched, stopped; in words where it fails."""

from __future__ import annotations

import re

import pytest

from tests.support.desk import Desk
from tests.support.school import YEAR_START, Class, good, make_class, make_school
from tests.support.suite import Suite
from tests.web.conftest import Pages
from tests.web.test_pages import shown


@pytest.fixture(scope="module")
def taught(suite: Suite, _fixed_day: None) -> Class:
    return make_class(make_school(suite))


@pytest.fixture
def quarter(taught: Class) -> str:
    periods = good(taught.school.journal().get("/periods?grade=8"))["items"]
    return next(str(one["id"]) for one in periods if one["title"] == "II четверть")


def chosen(taught: Class, quarter: str) -> dict[str, str]:
    return {"class": taught.class_id, "period": quarter, "absences": "1", "teachers": "1"}


def test_a_report_is_made_looked_at_and_fetched(pages: Pages, taught: Class, quarter: str) -> None:
    pages.sign_in(taught.school.admin_token)
    made = pages.post("/reports", chosen(taught, quarter))
    assert made.status_code == 303
    address = made.headers["Location"]
    text = shown(pages.get(address))
    assert "Строится…" in text
    assert re.search(r'data-report="[0-9a-f-]{36}"', text)
    assert pages.get(f"{address}/state.json").json == {
        "state": "pending",
        "progress": {"step": "collecting", "done": 0, "of": 3},
    }
    Desk(taught.school).work()
    text = shown(pages.get(address))
    assert "data-report" not in text
    assert f'src="{address}/pages/1"' in text
    for name, kind in (("pdf", "application/pdf"), ("xlsx", "application/vnd.openxmlformats")):
        file = pages.get(f"{address}/files/{name}")
        assert file.headers["Content-Type"].startswith(kind)
        assert file.headers["Content-Disposition"].startswith("attachment")
    picture = pages.get(f"{address}/pages/1")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert address in shown(pages.get("/reports"))


def test_at_first_there_is_none(pages: Pages, suite: Suite) -> None:
    pages.sign_in(make_school(suite).admin_token)
    text = shown(pages.get("/reports"))
    assert "Пока нет класса" in text
    assert "Пока ни одного" in text


def test_a_report_under_way_can_be_stopped(pages: Pages, taught: Class, quarter: str) -> None:
    pages.sign_in(taught.school.admin_token)
    address = pages.post("/reports", chosen(taught, quarter)).headers["Location"]
    assert pages.post(f"{address}/cancel").headers["Location"] == address
    assert "Остановлен." in shown(pages.get(address))


def test_a_period_of_other_grades_is_explained(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.school.admin_token)
    halves = good(taught.school.journal().get("/periods?grade=10"))["items"]
    text = shown(pages.post("/reports", chosen(taught, halves[0]["id"])), 422)
    assert "В этом классе другие периоды" in text


def test_nothing_chosen_is_asked_for(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.school.admin_token)
    assert "Выберите из списка." in shown(pages.post("/reports", {"class": "", "period": "7"}), 422)


def test_who_leads_no_class_has_no_reports_and_who_does_has_the_own(
    pages: Pages, taught: Class, quarter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.web.clients.KEPT_SECONDS", 0.0)
    pages.sign_in(taught.teacher.token)
    assert "Сюда вам нельзя" in shown(pages.get("/reports"), 403)
    leader = {"person_id": taught.teacher_id, "from": YEAR_START}
    good(taught.school.journal().put(f"/classes/{taught.class_id}/class-teacher", leader))
    text = shown(pages.get("/reports"))
    assert re.findall(r'<option value="[0-9a-f-]+" selected>([^<]+)<', text) == ["8А", "I четверть"], (
        "the quarter that has ended, at the end of November"
    )
    assert pages.post("/reports", chosen(taught, quarter)).status_code == 303
