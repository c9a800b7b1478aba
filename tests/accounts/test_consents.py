"""The register of consents over HTTP, and what follows from it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from services.accounts.edge import Accounts
from services.common.db import Scope, new_id
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import Journal, School
from tests.accounts.families import TODAY, Family, make_family


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    """A run that begins before midnight must not end on another day than it began."""
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


@pytest.fixture
def family(school: School) -> Family:
    return make_family(school)


def test_nothing_decided_is_nothing_allowed(family: Family) -> None:
    assert family.state() == "missing"
    assert family.access() == ("refused", "missing")
    assert not family.reads_diary()


def test_a_guardian_consents_withdraws_and_consents_again(family: Family) -> None:
    given = family.decide()
    assert (given["state"], given["source"], given["signed_on"]) == ("given", "system", str(TODAY))
    assert family.reads_diary()
    assert family.access() == ("allowed", "given")
    taken = ok(family.api.post(f"/consents/{given['id']}/withdraw"))
    assert taken["state"] == "withdrawn"
    assert not family.reads_diary()
    assert family.access() == ("refused", "withdrawn")
    assert ok(family.api.post(f"/consents/{given['id']}/withdraw")) == taken
    family.decide()
    assert family.reads_diary()


def test_every_step_stays_in_the_register(family: Family, service: Accounts) -> None:
    for decision in ("given", "refused", "given"):
        family.decide(decision)
    with service.database.read(Scope(school_id=family.school.id)) as session:
        steps = session.execute(sa.text("SELECT decision FROM consent ORDER BY recorded_at")).scalars().all()
    assert steps == ["given", "refused", "given"]
    with (
        pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
        service.database.transaction(Scope(school_id=family.school.id)) as session,
    ):
        session.execute(sa.text("DELETE FROM consent"))


def test_mail_is_allowed_by_diary_and_mail_together(family: Family) -> None:
    family.decide(purpose="mail")
    assert family.access("mail") == ("refused", "diary_missing")
    diary = family.decide()
    assert family.access("mail") == ("allowed", "given")
    ok(family.api.post(f"/consents/{diary['id']}/withdraw"))
    assert family.access("mail") == ("refused", "diary_withdrawn")


def test_me_tells_each_decision_with_its_id(family: Family) -> None:
    given = family.decide(purpose="photo")
    child = ok(family.api.get("/me"))["children"][0]
    assert (child["name"], child["class"]) == ("Белов Пётр Ильич", "6Б")
    assert child["consents"]["photo"]["id"] == given["id"]
    assert child["consents"]["photo"]["state"] == child["consent"]["photo"] == "given"


def test_a_consent_ends_with_the_last_day_it_was_given_for(family: Family, service: Accounts) -> None:
    family.decide(until=str(TODAY))
    assert family.reads_diary()
    with service.database.transaction(Scope(school_id=family.school.id)) as session:
        session.execute(sa.text("UPDATE consent SET until = until - 1"))
    assert family.state() == "expired"
    assert family.access() == ("refused", "expired")
    assert not family.reads_diary()


def test_one_guardians_refusal_does_not_bind_the_other(family: Family) -> None:
    father = family.school.person("guardian", name="Белов Илья Борисович")
    family.school.guards(father, family.child)
    his = family.school.signed_in(father)
    ok(his.post("/consents", family.decision("refused") | {"guardian_id": str(father)}), 201)
    family.decide()
    assert family.reads_diary()
    assert family.access(person=father) == ("refused", "refused")
    assert [line["guardian_id"] for line in ok(his.get("/consents"))["items"]] == [str(father)] * 4


def test_a_dispute_closes_the_diary_for_all_until_it_is_settled(family: Family) -> None:
    family.decide()
    body = {"student_id": str(family.child), "document": "Заявление № 7"}
    opened = ok(family.school.admin.post("/disputes", body), 201)
    assert ok(family.school.admin.post("/disputes", body), 201)["id"] == opened["id"]
    assert family.access() == ("refused", "disputed")
    assert not family.reads_diary()
    ok(family.school.admin.post(f"/disputes/{opened['id']}/end"))
    assert family.access() == ("allowed", "given")
    problem(family.api.post("/disputes", body), 404)


@pytest.mark.parametrize(
    ("born", "guardians_word", "own_word"), [("2015-03-08", True, False), ("2010-03-08", False, True)]
)
def test_a_pupil_reads_by_a_guardians_word_and_from_14_by_his_own(
    school: School, born: str, guardians_word: bool, own_word: bool
) -> None:
    mother, child = school.person("guardian"), school.person("student", birth_date=born)
    school.guards(mother, child)
    mothers = school.signed_in(mother, child_birth_date=born)
    family = Family(school, mother, child, new_id(), mothers)
    childs = school.signed_in(child)
    family.decide()
    assert family.reads_diary(childs) is guardians_word
    own = family.decision() | {"guardian_id": str(child)}
    answer = childs.post("/consents", own)
    assert answer.status_code == (201 if own_word else 404 if not guardians_word else 403)
    assert family.reads_diary(childs) is True if own_word else guardians_word
    assert (ok(childs.get("/me"))["own_consent"] is not None) is own_word


def test_the_office_records_a_paper(family: Family) -> None:
    body = family.decision(signed_on="2026-09-01", document="Папка 3, лист 12")
    line = ok(family.school.admin.post("/consents", body), 201)
    assert (line["source"], line["signed_on"], line["document"]) == ("office", "2026-09-01", "Папка 3, лист 12")
    assert family.reads_diary()
    taken = ok(family.school.admin.post(f"/consents/{line['id']}/withdraw"))
    assert taken["state"] == "withdrawn"


def test_a_decision_sent_again_by_its_id_is_the_same(family: Family) -> None:
    body = family.decision(id=str(new_id()))
    assert ok(family.api.post("/consents", body), 201) == ok(family.api.post("/consents", body), 201)
    problem(family.api.post("/consents", body | {"decision": "refused"}), 409)


def test_a_refusal_is_nothing_to_withdraw(family: Family) -> None:
    line = family.decide("refused")
    problem(family.api.post(f"/consents/{line['id']}/withdraw"), 409, "not-in-force")


@pytest.mark.parametrize(
    ("kind", "read", "write"),
    [("deputy", 200, 201), ("director", 200, 403), ("secretary", 200, 403), ("medic", 403, 404)],
)
def test_who_of_the_administration_may_what(family: Family, kind: str, read: int, write: int) -> None:
    holder = family.school.with_role(kind)
    assert holder.get(f"/consents?class={family.class_id}").status_code == read
    assert holder.post("/consents", family.decision()).status_code == write


def test_a_deputy_of_other_classes_has_no_hand_in_it(family: Family) -> None:
    deputy = family.school.with_role("deputy", classes=[str(new_id())])
    problem(deputy.get(f"/consents?class={family.class_id}"), 403)
    problem(deputy.post("/consents", family.decision()), 404)


def test_the_class_teacher_keeps_the_register_of_the_own_class(family: Family, journal: Journal) -> None:
    school = family.school
    teacher, other = school.person("staff"), school.person("staff")
    journal.leads[str(teacher)] = [str(family.class_id)]
    theirs, others = school.signed_in(teacher), school.signed_in(other)
    line = ok(theirs.post("/consents", family.decision("refused", document="бумага")), 201)
    register = ok(theirs.get(f"/consents?class={family.class_id}"))["items"]
    assert [one["state"] for one in register] == ["refused", "missing", "missing", "missing"]
    problem(others.get(f"/consents?class={family.class_id}"), 403, "forbidden")
    problem(others.post(f"/consents/{line['id']}/withdraw"), 404)
    missing = ok(theirs.get(f"/consents?class={family.class_id}&state=missing"))["items"]
    assert len(missing) == 3


def test_a_silent_journal_leaves_the_class_teacher_waiting_but_not_the_family(
    family: Family, journal: Journal
) -> None:
    line = family.decide()
    teacher = family.school.signed_in(family.school.person("staff"))
    journal.silent = True
    problem(teacher.get(f"/consents?class={family.class_id}"), 503, "unavailable")
    ok(family.api.post(f"/consents/{line['id']}/withdraw"))


def test_the_register_comes_by_pupils(family: Family) -> None:
    for _ in range(2):
        child = family.school.person("student", name="Яшин Олег Львович")
        family.school.guards(family.mother, child)
        family.school.enrolled(child, family.class_id)
    first = ok(family.school.admin.get(f"/consents?class={family.class_id}&limit=2"))
    rest = ok(family.school.admin.get(f"/consents?class={family.class_id}&limit=2&cursor={first['next']}"))
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (8, 4, None)


def test_other_peoples_children_and_schools_are_not_there(family: Family, make_school: Callable[[], School]) -> None:
    stranger = family.school.signed_in(family.school.person("guardian", name="Чужая Нина Ивановна"))
    line = family.decide()
    own_name = family.decision() | {"guardian_id": ok(stranger.get("/me"))["person"]["id"]}
    problem(stranger.post("/consents", own_name), 404)
    problem(stranger.post("/consents", family.decision()), 404)
    problem(stranger.post(f"/consents/{line['id']}/withdraw"), 404)
    problem(stranger.get(f"/consents?class={family.class_id}"), 404)
    other = make_school()
    problem(other.admin.post(f"/consents/{line['id']}/withdraw"), 404)
    problem(other.admin.get(f"/consents?class={family.class_id}"), 404)
    problem(other.admin.post("/consents", family.decision()), 404)
    assert family.reads_diary()


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "maybe"},
        {"purpose": "fun"},
        {"signed_on": "2999-01-01"},
        {"signed_on": "1000-01-01"},
        {"signed_on": "yesterday"},
        {"signed_on": "2026-09-01"},
        {"until": "2020-01-01"},
        {"student_id": 7},
        {"more": 1},
    ],
)
def test_a_bad_decision_is_pointed_at(family: Family, change: dict[str, Any]) -> None:
    assert problem(family.api.post("/consents", family.decision() | change), 422)["errors"]
    assert family.state() == "missing"


# --- what lists declare --------------------------------------------------------------------------------


def test_a_lists_yes_counts_where_nobody_decided(family: Family) -> None:
    family.hear("given")
    family.hear("given", purpose="mail")
    assert family.access("mail") == ("allowed", "given")
    line = ok(family.school.admin.get(f"/consents?class={family.class_id}"))["items"][0]
    assert line["source"] == "import"
    assert line["until"] is None


def test_a_lists_yes_never_overwrites_a_decision_made_here(family: Family) -> None:
    family.decide("refused")
    family.hear("given")
    assert family.access() == ("refused", "refused")
    line = ok(family.school.admin.get(f"/consents?class={family.class_id}"))["items"][0]
    assert line["state"] == "refused"
    assert line["declared"] == {"decision": "given", "signed_on": str(TODAY)}


def test_a_lists_no_over_a_lists_yes_is_a_withdrawal_at_once_and_once(family: Family) -> None:
    family.hear("given")
    family.hear("given", purpose="mail")
    again = new_id()
    assert family.declare("refused", again) == {"counted": 0, "withdrawn": 2, "shown": 0, "repeated": 0}
    assert family.access() == ("refused", "withdrawn")
    assert family.declare("refused", again) == {"counted": 0, "withdrawn": 0, "shown": 0, "repeated": 2}
    family.hear("refused", again)
    family.hear("given")
    assert family.access() == ("refused", "withdrawn")


def test_the_same_list_heard_twice_says_it_once(family: Family, service: Accounts) -> None:
    import_id = new_id()
    family.hear("given", import_id)
    family.hear("given", import_id)
    with service.database.read(Scope(school_id=family.school.id)) as session:
        assert session.execute(sa.text("SELECT count(*) FROM consent")).scalar_one() == 1


def test_a_newer_list_may_correct_an_older_one(family: Family) -> None:
    family.hear("refused")
    assert family.access() == ("refused", "refused")
    family.hear("given")
    assert family.access() == ("allowed", "given")


def test_a_pair_nobody_told_of_is_undecided(family: Family) -> None:
    assert family.access(person=new_id()) == ("undecided", "unknown")


def test_restriction_is_shown_in_the_register_and_hides_the_child(family: Family) -> None:
    family.school.guards(family.mother, family.child, restricted=True)
    line = ok(family.school.admin.get(f"/consents?class={family.class_id}"))["items"]
    assert any(one["restricted"] for one in line)
