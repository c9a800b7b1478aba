"""The decision table of consents, each row a test, over HTTP and through all services: who reads, who is mailed.

Journal asks accounts anew each time, as a process does that has never been asked before.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from services.common.db import Scope, new_id
from services.journal.people.commands import change_guardianship
from services.journal.people.queries import guardianship_by_id
from tests.support.school import YEAR_START, Class, School, good, make_class, make_school
from tests.support.suite import Api, Suite

ACCESS = "/internal/accounts/v1/access"
DECLARE = "/internal/accounts/v1/consents/declare"
GROWN, YOUNG = "2012-03-01", "2018-03-01"
LAST_HALF_HOUR = "2026-11-25T20:40:00+00:00"
"""23:40 of the school's clock."""


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


@dataclass
class Household:
    """A child with a mother and a father, everybody signed in, and the office."""

    taught: Class
    child: str
    mother: str
    father: str
    links: dict[str, str]

    @property
    def school(self) -> School:
        return self.taught.school

    def said(self, who: str, decision: str, purpose: str = "diary", **more: Any) -> dict[str, Any]:
        """A decision in the system; its line."""
        body = {"student_id": self.child, "guardian_id": who, "purpose": purpose, "decision": decision, **more}
        return dict(good(self.school.accounts(self.school.tokens[who]).post("/consents", body), 201))

    def wrote(self, who: str, decision: str, purpose: str = "diary", **more: Any) -> dict[str, Any]:
        """The same on a paper that the office records."""
        body = {"student_id": self.child, "guardian_id": who, "purpose": purpose, "decision": decision, **more}
        return dict(good(self.school.accounts().post("/consents", body), 201))

    def withdraws(self, who: str, line: dict[str, Any]) -> None:
        good(self.school.accounts(self.school.tokens[who]).post(f"/consents/{line['id']}/withdraw"))

    def lists(self, who: str, decision: str) -> None:
        """A class list declares it, of diary and mail."""
        said = {"student_id": self.child, "guardian_id": who, "decision": decision}
        said |= {"signed_on": "2026-11-25", "import_id": str(new_id())}
        body = {"school_id": str(self.school.id), "declarations": [said]}
        good(self.school.suite.api("accounts").internally("journal", "POST", DECLARE, body))

    def changes_link(self, who: str, *, to: dt.date | None = None, restricted: bool | None = None) -> None:
        """By journal's own command: no answer of a route tells the version that its route asks for."""
        with self.school.suite.services["journal"].database.transaction(Scope(school_id=self.school.id)) as session:
            row = guardianship_by_id(session, uuid.UUID(self.links[who]))
            change_guardianship(session, row, row.version, to, restricted)
        self.school.suite.deliver()

    def diary(self, who: str) -> Any:
        token = self.school.tokens[who]
        self.school.suite.services["journal"].authenticator.forget(token)
        return self.school.journal(token).get(f"/diary?student={self.child}")

    def reads(self, who: str) -> bool:
        """Whether the diary opens; closed by consent it is 403 and says so."""
        answer = self.diary(who)
        if answer.status_code == 200:
            return True
        assert answer.status_code == 403, answer.data
        assert answer.json["type"] == "urn:zhurnal:problem:no-consent"
        return False

    def is_mailed(self, who: str) -> bool:
        body = {"school_id": str(self.school.id), "purpose": "mail", "pairs": [[self.child, who]]}
        asked = self.school.suite.api("accounts").internally("notifications", "POST", ACCESS, body)
        return bool(good(asked)["answers"][0]["outcome"] == "allowed")


def household(suite: Suite, born: str) -> Household:
    taught = make_class(make_school(suite), pupils=1)
    school, journal = taught.school, taught.school.journal()
    child = school.person(["student"], "Белов", "Пётр", birth_date=born)
    good(journal.post(f"/classes/{taught.class_id}/enrollments", {"student_id": child, "from": YEAR_START}), 201)
    links = {}
    for name, relation in (("Ольга", "мать"), ("Илья", "отец")):
        guardian = school.person(["guardian"], "Белов", name)
        link = {"guardian_id": guardian, "student_id": child, "relation": relation, "from": YEAR_START}
        links[guardian] = str(good(journal.post("/guardianships", link), 201)["id"])
        school.sign_in(guardian, child_birth_date=born)
    school.sign_in(child)
    return Household(taught, child, *links, links)


@pytest.fixture
def home(suite: Suite) -> Household:
    """The child is below 14."""
    return household(suite, YOUNG)


@pytest.fixture
def grown(suite: Suite) -> Household:
    """The child is 14."""
    return household(suite, GROWN)


# --- a guardian ----------------------------------------------------------------------------------------


def test_given_opens(home: Household) -> None:
    home.said(home.mother, "given")
    assert home.reads(home.mother)


def test_missing_is_refused(home: Household) -> None:
    assert not home.reads(home.mother)


def test_refused_is_refused(home: Household) -> None:
    home.said(home.mother, "refused")
    assert not home.reads(home.mother)


def test_withdrawn_closes(home: Household) -> None:
    given = home.said(home.mother, "given")
    assert home.reads(home.mother)
    home.withdraws(home.mother, given)
    assert not home.reads(home.mother)


def test_refused_after_given_closes(home: Household) -> None:
    home.said(home.mother, "given")
    home.said(home.mother, "refused")
    assert not home.reads(home.mother)


def test_expired_closes_at_the_end_of_the_last_day_by_the_schools_clock(suite: Suite) -> None:
    with time_machine.travel(LAST_HALF_HOUR, tick=True) as clock:
        home = household(suite, YOUNG)
        home.said(home.mother, "given", until="2026-11-25")
        clock.move_to("2026-11-25T20:59:30+00:00")
        assert home.reads(home.mother), "still the 25th in Simferopol"
        clock.move_to("2026-11-25T21:00:00+00:00")
        assert not home.reads(home.mother), "midnight there, three hours before that of UTC"


def test_an_open_dispute_closes_whatever_was_decided_and_its_end_opens_again(home: Household) -> None:
    home.said(home.mother, "given")
    office = home.school.accounts()
    dispute = good(office.post("/disputes", {"student_id": home.child, "document": "Заявление 7"}), 201)
    assert not home.reads(home.mother)
    good(office.post(f"/disputes/{dispute['id']}/end"))
    assert home.reads(home.mother)


def test_a_restricted_guardianship_beats_consent(home: Household) -> None:
    home.said(home.mother, "given")
    home.changes_link(home.mother, restricted=True)
    assert home.diary(home.mother).status_code == 404


def test_an_ended_guardianship_beats_consent(home: Household) -> None:
    home.said(home.mother, "given")
    home.changes_link(home.mother, to=dt.date(2026, 11, 25))
    assert home.diary(home.mother).status_code == 404


def test_who_never_was_a_guardian_has_no_child_there(home: Household) -> None:
    stranger = home.school.person(["guardian"], "Чужая", "Нина")
    home.school.sign_in(stranger)
    assert home.diary(stranger).status_code == 404


def test_anothers_refusal_does_not_close(home: Household) -> None:
    home.said(home.mother, "given")
    home.said(home.father, "refused")
    assert home.reads(home.mother)
    assert not home.reads(home.father)


def test_anothers_consent_does_not_open(home: Household) -> None:
    home.said(home.father, "given")
    assert not home.reads(home.mother)


# --- mail ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("diary", "mail", "mailed"),
    [
        ("given", "given", True),
        ("given", "refused", False),
        ("given", None, False),
        ("refused", "given", False),
        (None, "given", False),
        (None, None, False),
    ],
)
def test_mail_needs_diary_and_mail(home: Household, diary: str | None, mail: str | None, mailed: bool) -> None:
    for purpose, decision in (("diary", diary), ("mail", mail)):
        if decision is not None:
            home.said(home.mother, decision, purpose)
    assert home.is_mailed(home.mother) is mailed
    assert home.reads(home.mother) is (diary == "given"), "the diary does not need mail"


def test_a_withdrawn_diary_ends_mail(home: Household) -> None:
    diary = home.said(home.mother, "given")
    home.said(home.mother, "given", "mail")
    home.withdraws(home.mother, diary)
    assert not home.is_mailed(home.mother)


# --- the pupil -----------------------------------------------------------------------------------------


def test_below_14_any_guardians_consent_opens(home: Household) -> None:
    assert not home.reads(home.child)
    home.said(home.mother, "refused")
    assert not home.reads(home.child)
    home.said(home.father, "given")
    assert home.reads(home.child)


def test_below_14_a_restricted_guardians_consent_opens_nothing(home: Household) -> None:
    home.said(home.mother, "given")
    home.changes_link(home.mother, restricted=True)
    assert not home.reads(home.child)


def test_below_14_nobody_signs_for_himself(home: Household) -> None:
    body = {"student_id": home.child, "guardian_id": home.child, "purpose": "diary", "decision": "given"}
    answer = home.school.accounts(home.school.tokens[home.child]).post("/consents", body)
    assert answer.status_code in (403, 404)
    assert not home.reads(home.child)


def test_from_14_the_pupils_own_decision_counts(grown: Household) -> None:
    grown.said(grown.mother, "given")
    assert not grown.reads(grown.child), "a guardian's does not open"
    own = grown.said(grown.child, "given")
    grown.said(grown.mother, "refused")
    assert grown.reads(grown.child), "nor close"
    grown.withdraws(grown.child, own)
    assert not grown.reads(grown.child)


def test_from_14_a_guardian_still_decides_for_himself(grown: Household) -> None:
    grown.said(grown.child, "refused")
    grown.said(grown.mother, "given")
    assert grown.reads(grown.mother)


# --- staff ---------------------------------------------------------------------------------------------


def test_staff_needs_no_consent(home: Household) -> None:
    home.said(home.mother, "refused")
    home.said(home.father, "refused")
    page: Api = home.taught.teacher
    names = str(good(page.get(f"/courses/{home.taught.course_id}/page")))
    assert home.child in names
    assert home.school.journal().get(f"/diary?student={home.child}").status_code == 200


# --- what a list declares ------------------------------------------------------------------------------


def test_a_list_counts_where_nothing_was_decided(home: Household) -> None:
    home.lists(home.mother, "given")
    assert home.reads(home.mother)
    assert home.is_mailed(home.mother)


@pytest.mark.parametrize("how", ["system", "office"])
def test_a_list_never_overwrites_a_refusal(home: Household, how: str) -> None:
    decide = home.said if how == "system" else home.wrote
    decide(home.mother, "refused")
    home.lists(home.mother, "given")
    assert not home.reads(home.mother)


@pytest.mark.parametrize("how", ["system", "office"])
def test_a_list_never_overwrites_a_consent(home: Household, how: str) -> None:
    decide = home.said if how == "system" else home.wrote
    decide(home.mother, "given")
    home.lists(home.mother, "refused")
    assert home.reads(home.mother)


def test_a_list_never_overwrites_a_withdrawal(home: Household) -> None:
    home.withdraws(home.mother, home.said(home.mother, "given"))
    home.lists(home.mother, "given")
    assert not home.reads(home.mother)


def test_a_list_never_overwrites_a_dispute(home: Household) -> None:
    good(home.school.accounts().post("/disputes", {"student_id": home.child}), 201)
    home.lists(home.mother, "given")
    assert not home.reads(home.mother)


def test_a_lists_no_over_a_lists_yes_withdraws_both_at_once(home: Household) -> None:
    home.lists(home.mother, "given")
    home.lists(home.mother, "refused")
    assert not home.reads(home.mother)
    assert not home.is_mailed(home.mother)
    home.lists(home.mother, "given")
    assert not home.reads(home.mother), "and no later list opens it again"


def test_a_decision_made_here_replaces_what_a_list_said(home: Household) -> None:
    home.lists(home.mother, "refused")
    assert not home.reads(home.mother)
    home.said(home.mother, "given")
    assert home.reads(home.mother)
