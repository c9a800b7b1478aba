"""Who waits to be let in, by when, and whose slip is in his hands."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.access.rules import LastCode, Stage, due_at, stage_of
from services.accounts.credentials.rules import TRIES, VALID
from services.common.db import Scope, new_id
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School
from tests.support.suite import Api

MOSCOW = "Europe/Moscow"
NOON = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)


def _moment(text: str) -> dt.datetime:
    """Of the school's wall clock."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(MOSCOW))


@pytest.mark.parametrize(
    ("kinds", "registered", "due"),
    [
        (["staff"], "2026-11-10T15:00", "2026-11-11T00:00"),  # the day of hiring, which ends at midnight
        (["staff"], "2026-11-10T00:00", "2026-11-11T00:00"),
        (["student"], "2026-11-10T15:00", "2026-11-11T15:00"),  # within 24 hours
        (["guardian"], "2026-12-31T23:30", "2027-01-01T23:30"),
        (["guardian", "staff"], "2026-11-10T15:00", "2026-11-11T00:00"),  # the shorter term
        (["staff"], "2026-06-01T08:00", "2026-09-01T00:00"),  # all by 1 September
        (["student"], "2026-08-31T23:59", "2026-09-01T00:00"),
        (["student"], "2026-09-01T00:00", "2026-09-02T00:00"),  # from then on the day counts
        (["student"], "2026-05-31T23:59", "2026-06-01T23:59"),
    ],
)
def test_terms(kinds: list[str], registered: str, due: str) -> None:
    assert due_at(kinds, _moment(registered), MOSCOW) == _moment(due)


@given(
    st.sampled_from([["staff"], ["student"], ["guardian"]]),
    st.integers(1_577_836_800, 2_208_988_800).map(lambda second: dt.datetime.fromtimestamp(second, dt.UTC)),
    st.sampled_from([MOSCOW, "Asia/Kamchatka", "Europe/Kaliningrad"]),
)
def test_a_term_is_ahead_and_never_after_september_begins(kinds: list[str], moment: dt.datetime, zone: str) -> None:
    due = due_at(kinds, moment, zone)
    assert moment < due
    local = moment.astimezone(ZoneInfo(zone))
    if local.month in (6, 7, 8):
        assert due == dt.datetime(local.year, 9, 1, tzinfo=ZoneInfo(zone))
    else:
        assert due - moment <= dt.timedelta(hours=24)


@pytest.mark.parametrize(
    ("code", "stage"),
    [
        (None, Stage.NO_SLIP),
        (LastCode(NOON + VALID), Stage.SLIP),
        (LastCode(NOON + VALID, handed_at=NOON), Stage.HANDED_OVER),
        (LastCode(NOON), Stage.EXPIRED),
        (LastCode(NOON, handed_at=NOON - VALID), Stage.EXPIRED),
        (LastCode(NOON + VALID, tries=TRIES), Stage.EXPIRED),
        (LastCode(NOON + VALID, tries=TRIES - 1), Stage.SLIP),
        (LastCode(NOON + VALID, spent=True, handed_at=NOON), Stage.NO_SLIP),
    ],
)
def test_stages(code: LastCode | None, stage: Stage) -> None:
    assert stage_of(code, NOON) is stage


@dataclass
class Families:
    """A class of two pupils, a mother for each, and its teacher."""

    school: School
    class_id: uuid.UUID
    pupils: list[uuid.UUID]
    mothers: list[uuid.UUID]
    teacher: Api

    def pending(self, api: Api | None = None, **query: Any) -> list[dict[str, Any]]:
        wanted = "&".join(f"{name}={value}" for name, value in {"class": self.class_id, **query}.items() if value)
        found: list[dict[str, Any]] = ok((api or self.school.admin).get(f"/access/pending?{wanted}"))["items"]
        return found

    def stage(self, person: uuid.UUID) -> str:
        return str(next(one["stage"] for one in self.pending() if one["person_id"] == str(person)))

    def codes(self, *people: uuid.UUID) -> list[str]:
        body = {"person_ids": [str(one) for one in people]}
        return [item["code"] for item in ok(self.school.admin.post("/credentials", body), 201)["items"]]

    def hand_over(self, api: Api, *people: uuid.UUID, status: int = 204, code: str = "") -> None:
        answer = api.post("/access/handed-over", {"person_ids": [str(one) for one in people]})
        ok(answer, 204) if status == 204 else problem(answer, status, code)


@pytest.fixture
def families(school: School) -> Families:
    class_id = new_id()
    pupils = [school.person("student", name=f"Ларин{end} Инна Львовна") for end in ("а", "ова")]
    mothers = [school.person("guardian", name=f"Мать{end} Ольга Львовна") for end in ("а", "ова")]
    for pupil, mother in zip(pupils, mothers, strict=True):
        school.enrolled(pupil, class_id)
        school.guards(mother, pupil)
    teacher = school.person("staff", name="Ветрова Анна Ивановна")
    school.journal.leads[str(teacher)] = [str(class_id)]
    return Families(school, class_id, pupils, mothers, school.signed_in(teacher))


def _used(api: Api, families: Families) -> list[str]:
    return [one["name"] for one in ok(api.get(f"/access/used?class={families.class_id}"))["items"]]


def test_a_used_slip_is_told_to_the_class_teacher_and_the_other_guardians(families: Families) -> None:
    school, pupil, mother = families.school, families.pupils[0], families.mothers[0]
    father, barred = (school.person("guardian", name=f"{name} Олег Ильич") for name in ("Отцов", "Дальний"))
    school.guards(father, pupil, relation="отец")
    school.guards(barred, pupil, restricted=True)
    mothers = school.signed_in(mother)
    assert ok(mothers.get("/me"))["children"][0]["came_in"] == []
    fathers = school.signed_in(father)
    school.signed_in(barred)
    (told,) = ok(mothers.get("/me"))["children"][0]["came_in"]
    assert (told["name"], told["relation"]) == ("Отцов Олег Ильич", "отец")
    assert [one["name"] for one in ok(fathers.get("/me"))["children"][0]["came_in"]] == ["Матьа Ольга Львовна"]
    assert _used(families.teacher, families) == ["Отцов Олег Ильич", "Матьа Ольга Львовна"], "the latest first"
    mothers = school.signed_in(mother)
    assert _used(families.teacher, families)[0] == "Матьа Ольга Львовна", "by a second slip, too"
    problem(mothers.get(f"/access/used?class={families.class_id}"), 404)
    staff = [one["name"] for one in ok(school.admin.get("/access/used"))["items"]]
    assert "Ветрова Анна Ивановна" in staff
    problem(families.teacher.get("/access/used"), 403)
    with school.service.database.transaction(Scope(school_id=school.id, actor="test")) as session:
        session.execute(
            sa.text(
                "UPDATE activation_code SET used_at = used_at - interval '14 days 1 minute' WHERE person_id = :one"
            ),
            {"one": father},
        )
    assert _used(families.teacher, families) == ["Матьа Ольга Львовна"], "after two weeks it is no news"
    assert ok(mothers.get("/me"))["children"][0]["came_in"] == []


def test_a_class_waits_until_each_of_it_has_signed_in(families: Families) -> None:
    everybody = {*map(str, families.pupils), *map(str, families.mothers)}
    assert {one["person_id"] for one in families.pending()} == everybody
    mother = families.mothers[0]
    shown = next(one for one in families.pending() if one["person_id"] == str(mother))
    assert [(place["class_name"], place["student"]) for place in shown["places"]] == [("6Б", "Ларина Инна Львовна")]
    assert families.stage(mother) == "no_slip"
    code = families.codes(mother)[0]
    assert families.stage(mother) == "slip"
    families.hand_over(families.teacher, mother)
    assert families.stage(mother) == "handed_over"
    ok(families.school.api().post("/credentials/activate", {"code": code, "password": PASSWORD}), 201)
    assert {one["person_id"] for one in families.pending()} == everybody - {str(mother)}


def test_a_second_slip_has_to_be_handed_over_anew(families: Families) -> None:
    pupil = families.pupils[0]
    families.codes(pupil)
    families.hand_over(families.teacher, pupil)
    families.codes(pupil)
    assert families.stage(pupil) == "slip"


def test_what_was_handed_over_first_stays_so(families: Families) -> None:
    pupil = families.pupils[0]
    families.codes(pupil)
    families.hand_over(families.teacher, pupil)
    families.hand_over(families.teacher, pupil)
    assert families.stage(pupil) == "handed_over"


def test_without_a_slip_nothing_is_handed_over(families: Families) -> None:
    families.codes(families.pupils[0])
    families.hand_over(families.teacher, *families.pupils, status=409, code="no-slip")
    assert families.stage(families.pupils[0]) == "slip", "all or none"


def test_terms_run_out_and_slips_too(families: Families) -> None:
    late, pupil = families.pupils
    families.codes(late)
    assert not any(one["overdue"] for one in families.pending())
    with families.school.service.database.transaction(Scope(school_id=families.school.id)) as connection:
        registered = {"id": late, "moment": dt.datetime(2020, 2, 3, tzinfo=dt.UTC)}
        connection.execute(sa.text("UPDATE person SET known_since = :moment WHERE id = :id"), registered)
        connection.execute(
            sa.text("UPDATE activation_code SET expires_at = now() - interval '1 hour' WHERE person_id = :id"),
            {"id": late},
        )
    overdue = [one for one in families.pending() if one["overdue"]]
    assert [(one["person_id"], one["stage"], one["expires_at"]) for one in overdue] == [(str(late), "expired", None)]
    families.hand_over(families.teacher, late, status=409, code="no-slip")
    assert families.stage(pupil) == "no_slip"


def test_the_summary_counts_what_the_lists_show(families: Families) -> None:
    families.codes(*families.mothers)
    families.hand_over(families.teacher, families.mothers[0])
    colleague = families.school.person("staff", name="Новая Анна Ивановна")
    found = ok(families.school.admin.get("/access/summary"))
    listed = families.pending()
    assert found["classes"] == [
        {
            "class_id": str(families.class_id),
            "class_name": "6Б",
            "waiting": len(listed),
            "asking": 0,
            "overdue": sum(one["overdue"] for one in listed),
            "without_slip": sum(one["stage"] == "no_slip" for one in listed),
            "handed_over": 1,
        }
    ]
    staff = ok(families.school.admin.get("/access/pending?kind=staff"))["items"]
    assert [one["person_id"] for one in staff] == [str(colleague)]
    assert found["staff"]["waiting"] == 1
    own = ok(families.teacher.get("/access/summary"))
    assert own["staff"] is None
    assert own["classes"] == found["classes"]


def test_pages_of_the_whole_school_go_on(families: Families) -> None:
    first = ok(families.school.admin.get("/access/pending?limit=3"))
    rest = ok(families.school.admin.get(f"/access/pending?limit=3&cursor={first['next']}"))
    ids = [one["person_id"] for page in (first, rest) for one in page["items"]]
    assert len(first["items"]) == 3
    assert sorted(ids) == sorted({*map(str, families.pupils), *map(str, families.mothers)})
    assert rest["next"] is None


def test_who_sees_whom(families: Families) -> None:
    school, path = families.school, f"/access/pending?class={families.class_id}"
    colleague = school.signed_in(school.person("staff", name="Лаптева Инна Петровна"))
    problem(colleague.get(path), 403)
    problem(colleague.get("/access/pending"), 403)
    family = school.signed_in(families.mothers[0])
    problem(family.get(path), 404)
    problem(family.get("/access/pending"), 403)
    assert len(families.pending(families.teacher)) == 3
    problem(families.teacher.get("/access/pending"), 403)
    problem(families.teacher.get(f"/access/pending?class={new_id()}"), 404)
    for kind, status in (("director", 200), ("deputy", 200), ("secretary", 200), ("medic", 403)):
        assert school.with_role(kind).get(path).status_code == status, kind
    inside = school.with_role("deputy", classes=[str(families.class_id)])
    assert len(families.pending(inside)) == 3
    problem(inside.get("/access/pending?kind=staff"), 403)
    outside = school.with_role("deputy", classes=[str(new_id())])
    problem(outside.get(path), 403)
    problem(school.with_role("secretary").get("/access/pending?kind=staff"), 403)


def test_who_hands_over(families: Families) -> None:
    school, pupil = families.school, families.pupils[0]
    families.codes(pupil)
    families.hand_over(school.signed_in(families.mothers[0]), pupil, status=404)
    families.hand_over(school.signed_in(school.person("staff", name="Лаптева Инна Петровна")), pupil, status=404)
    families.hand_over(school.with_role("director"), pupil, status=403)
    families.hand_over(school.with_role("secretary"), pupil)
    colleague = school.person("staff", name="Новая Анна Ивановна")
    families.codes(colleague)
    families.hand_over(families.teacher, colleague, status=404)
    families.hand_over(school.admin, new_id(), status=404)
    families.hand_over(school.admin, colleague)


def test_who_has_left_waits_for_nothing(families: Families) -> None:
    gone = families.school.person("staff", name="Уходящая Анна Ивановна", left_on="2020-01-01")
    assert str(gone) not in {
        one["person_id"] for one in ok(families.school.admin.get("/access/pending?kind=staff"))["items"]
    }


def test_a_restricted_guardian_gets_no_slip_with_the_class(families: Families) -> None:
    father = families.school.person("guardian", name="Отец Игорь Львович")
    families.school.guards(father, families.pupils[0], restricted=True)
    assert str(father) not in {one["person_id"] for one in families.pending()}
