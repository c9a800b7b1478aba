"""What families are told by mail, rule by rule: facts in, letters out."""

from __future__ import annotations

import datetime as dt
import mailbox
import re
import uuid
from dataclasses import replace
from typing import Any

import pytest

from services.notifications.messages.smtp import Sender
from tests.notifications.conftest import World, text_of

# --- marks ---------------------------------------------------------------------------------------------


def test_a_mark_is_told_to_the_guardian_in_text_and_html(world: World) -> None:
    world.mark("5", 1)
    [text] = world.deliver()
    assert "Новая отметка: Зера" in text
    assert "Отметка: 5" in text
    assert "Предмет: Алгебра" in text
    assert "Вид работы: Ответ на уроке" in text
    [letter] = world.relay.letters
    html = letter.get_body(("html",))
    assert html is not None
    for word in ("Новая отметка", "Алгебра", "Ответ на уроке", "24 ноября"):
        assert word in html.get_content()
    assert world.relay.recipients == [["l@mail.example"]]
    assert letter["To"] == "l@mail.example"


def test_the_subject_names_neither_mark_nor_surname_nor_class(world: World) -> None:
    world.mark("2", 1)
    world.deliver()
    [letter] = world.relay.letters
    assert letter["Subject"] == "Зера: новое в дневнике за 24 ноября"
    assert "Тайная" not in letter.as_string()
    assert "Тайная" not in text_of(letter)


def test_the_same_event_again_brings_nothing(world: World) -> None:
    world.mark("5", 1)
    world.deliver()
    world.mark("5", 1)
    assert world.deliver() == []


def test_a_corrected_mark_says_old_and_new(world: World) -> None:
    world.mark("4", 1)
    world.deliver()
    world.mark("5", 2, previous="4")
    [text] = world.deliver()
    assert "Отметка исправлена" in text
    assert "было 4, стало 5" in text


def test_a_mark_that_stood_before_we_wrote_is_corrected_not_new(world: World) -> None:
    world.mark("5", 2, previous="3")
    [text] = world.deliver()
    assert "было 3, стало 5" in text


def test_a_quick_change_replaces_the_message_that_was_not_handed_over(world: World) -> None:
    world.mark("2", 1)
    world.mark("5", 2, previous="2")
    [text] = world.deliver()
    assert "Новая отметка" in text
    assert "Отметка: 5" in text
    assert "2" not in text.split("Отметка:")[1].splitlines()[0]
    assert world.states() == ["replaced:changed before it was handed over", "done:"]


def test_a_cleared_mark_that_was_told_is_told_as_taken_back(world: World) -> None:
    world.mark("4", 1)
    world.deliver()
    world.mark(None, 2, previous="4")
    [text] = world.deliver()
    assert "Отметка снята" in text
    assert "была 4" in text


def test_a_cleared_mark_that_was_not_told_is_not(world: World) -> None:
    world.mark("4", 1)
    world.mark(None, 2, previous="4")
    assert world.deliver() == []
    assert world.states()[-1] == "replaced:nothing to tell"


def test_a_mark_changed_back_before_hand_over_is_not_told_twice(world: World) -> None:
    world.mark("4", 1)
    world.deliver()
    world.mark("5", 2, previous="4")
    world.mark("4", 3, previous="5")
    assert world.deliver() == []


def test_an_older_version_that_comes_late_is_not_told(world: World) -> None:
    world.mark("5", 2, previous="4")
    world.mark("4", 1)
    [text] = world.deliver()
    assert "стало 5" in text


@pytest.mark.parametrize("origin", ["import", "generator", "restore", "correction"])
def test_what_nobody_did_just_now_is_not_told(world: World, origin: str) -> None:
    world.mark("5", 1, origin=origin)
    world.absent(1, origin=origin)
    world.clock.advance(hours=2)
    assert world.deliver() == []


def test_what_happened_a_day_ago_is_not_told(world: World) -> None:
    world.mark("5", 1, age=dt.timedelta(hours=24, minutes=1))
    assert world.deliver() == []
    world.mark("5", 1, mark_id=uuid.uuid4(), age=dt.timedelta(hours=23))
    assert len(world.deliver()) == 1


def test_an_import_that_changes_a_waiting_mark_stops_its_letter(world: World) -> None:
    world.mark("5", 1)
    world.mark("4", 2, previous="5", origin="import")
    assert world.deliver() == []


def test_marks_wait_as_long_as_the_school_settled(world: World) -> None:
    door = world.as_administrator()
    settings = {"mark_delay_minutes": 5, "absence_delay_minutes": 0}
    assert door.put("/settings", settings, headers={"If-Match": '"0"'}).status_code == 200
    world.mark("5", 1)
    assert world.deliver() == []
    world.clock.advance(minutes=5, seconds=1)
    assert len(world.deliver()) == 1


# --- absences ------------------------------------------------------------------------------------------


def test_absences_of_a_day_are_one_letter_ten_minutes_after_the_first(world: World) -> None:
    world.absent(1)
    world.clock.advance(minutes=9)
    world.absent(2)
    assert world.deliver() == []
    world.clock.advance(minutes=1, seconds=1)
    [text] = world.deliver()
    assert "Пропуск уроков: Зера" in text
    assert "1-й урок: Алгебра" in text
    assert "2-й урок: Физика" in text


def test_a_lesson_added_later_amends_the_letter(world: World) -> None:
    world.absent(1)
    world.clock.advance(minutes=11)
    world.deliver()
    world.absent(3)
    assert world.deliver() == []
    world.clock.advance(minutes=11)
    [text] = world.deliver()
    assert "Запись о пропуске изменена" in text
    assert "1-й урок: Алгебра" in text
    assert "3-й урок: История" in text


def test_an_absence_corrected_before_hand_over_is_not_told(world: World) -> None:
    world.absent(1)
    world.absent(1, None, version=2)
    world.clock.advance(minutes=11)
    assert world.deliver() == []


def test_an_absence_corrected_after_it_was_told_is_taken_back(world: World) -> None:
    world.absent(1)
    world.clock.advance(minutes=11)
    world.deliver()
    world.absent(1, "late", version=2)
    world.clock.advance(minutes=11)
    [text] = world.deliver()
    assert "Запись о пропуске снята" in text


def test_coming_late_is_no_absence(world: World) -> None:
    world.absent(1, "late")
    world.clock.advance(minutes=11)
    assert world.deliver() == []
    assert world.deliveries() == []


# --- to whom -------------------------------------------------------------------------------------------


def test_each_guardian_gets_a_letter_of_his_own(world: World) -> None:
    world.guardian("Сейран", "s@mail.example")
    world.mark("5", 1)
    world.deliver()
    assert sorted(world.relay.recipients) == [["l@mail.example"], ["s@mail.example"]]
    assert all("," not in letter["To"] for letter in world.relay.letters)


def test_two_guardians_with_one_address_get_one_copy(world: World) -> None:
    father = world.guardian("Сейран", "L@Mail.example")
    world.neighbours.outcomes[father] = ("refused", "diary_missing")
    world.mark("5", 1)
    assert len(world.deliver()) == 1


@pytest.mark.parametrize(
    ("outcome", "reason"), [("refused", "refused"), ("refused", "withdrawn"), ("refused", "diary_refused")]
)
def test_an_address_is_not_written_to_if_one_who_shares_it_said_no(world: World, outcome: str, reason: str) -> None:
    father = world.guardian("Сейран", "l@mail.example")
    world.neighbours.outcomes[father] = (outcome, reason)
    world.mark("5", 1)
    assert world.deliver() == []
    assert world.states() == [f"not_consented:{reason}"]


def test_an_address_is_not_written_to_if_one_who_shares_it_is_restricted(world: World) -> None:
    father = world.guardian("Сейран", "l@mail.example", restricted=True)
    world.neighbours.no_guardians.add(father)
    world.mark("5", 1)
    assert world.deliver() == []
    assert world.states() == ["not_consented:not a guardian now"]


def test_nobody_who_refused_or_never_decided_is_written_to(world: World) -> None:
    world.neighbours.outcomes[world.mother] = ("refused", "missing")
    world.mark("5", 1)
    assert world.deliver() == []
    assert world.states() == ["not_consented:missing"]


def test_a_withdrawal_between_fact_and_hand_over_stops_the_letter(world: World) -> None:
    world.mark("5", 1)
    world.neighbours.outcomes[world.mother] = ("refused", "withdrawn")
    assert world.deliver() == []
    world.neighbours.outcomes.clear()
    world.mark("4", 2, previous="5")
    assert len(world.deliver()) == 1


def test_an_ended_guardianship_gets_no_letter(world: World) -> None:
    world.neighbours.no_guardians.add(world.mother)
    world.mark("5", 1)
    assert world.deliver() == []


def test_a_guardian_of_the_past_is_not_even_considered(world: World) -> None:
    world.guardian("Бывший", "old@mail.example", to="2021-01-01")
    world.mark("5", 1)
    world.deliver()
    assert world.relay.recipients == [["l@mail.example"]]


def test_a_guardian_without_an_address_is_passed_over(world: World) -> None:
    world.guardian("Без адреса", None)
    world.mark("5", 1)
    assert len(world.deliver()) == 1


def test_undecided_is_asked_again_for_a_minute_and_then_given_up(world: World) -> None:
    world.neighbours.outcomes[world.mother] = ("undecided", "unknown")
    world.mark("5", 1)
    for _ in range(5):
        assert world.deliver() == []
        assert world.states() == ["held:undecided"]
        world.clock.advance(seconds=11)
    world.clock.advance(seconds=11)
    assert world.deliver() == []
    assert world.states() == ["not_consented:undecided"]


def test_undecided_that_is_decided_in_time_is_sent(world: World) -> None:
    world.neighbours.outcomes[world.mother] = ("undecided", "unknown")
    world.mark("5", 1)
    world.deliver()
    world.neighbours.outcomes.clear()
    world.clock.advance(seconds=11)
    assert len(world.deliver()) == 1


@pytest.mark.parametrize("who", ["accounts", "journal"])
def test_without_an_answer_the_letter_is_held_and_goes_later(world: World, who: str) -> None:
    world.neighbours.silent.add(who)
    world.mark("5", 1)
    assert world.deliver() == []
    assert world.states() == [f"held:no answer of {who}"]
    world.neighbours.silent.clear()
    world.clock.advance(seconds=70)
    assert len(world.deliver()) == 1


def test_a_young_answer_serves_a_batch_and_an_old_one_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_for = "services.notifications.messages.consents.FRESH_SECONDS"
    monkeypatch.setattr(fresh_for, 600.0)
    for _ in range(5):
        world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 5
    assert world.neighbours.asked == ["guards", "access"]
    monkeypatch.setattr(fresh_for, 0.0)
    for _ in range(3):
        world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 3
    assert world.neighbours.asked == ["guards", "access"] * 4


# --- handing over --------------------------------------------------------------------------------------


def test_letters_of_a_batch_share_one_connection(world: World) -> None:
    before = world.relay.connections
    for _ in range(30):
        world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 30
    assert world.relay.connections == before + 1


def test_the_message_id_is_the_causes_own_however_often_it_is_handed_over(world: World) -> None:
    world.mark("5", 1)
    world.relay.answers = ["451 later"]
    world.deliver()
    world.clock.advance(minutes=1)
    world.deliver()
    world.mark("4", 2, previous="5")
    world.deliver()
    first, second = (letter["Message-ID"] for letter in world.relay.letters)
    assert re.fullmatch(r"<[0-9a-f]{40}@journal\.example>", first)
    assert first != second


def test_a_copy_after_a_death_between_data_and_the_answer_carries_the_same_message_id(world: World) -> None:
    world.mark("5", 1)

    class DyingSender(Sender):
        def send(self, *arguments: Any) -> None:
            super().send(*arguments)
            raise KeyboardInterrupt

    living = world.mailer._sender
    world.mailer._sender = dying = DyingSender(world.service.settings.smtp_url)
    with pytest.raises(KeyboardInterrupt):
        world.deliver()
    dying.close()
    world.mailer._sender = living
    assert world.deliver() == [], "the lease still holds"
    world.clock.advance(minutes=3)
    assert len(world.deliver()) == 1
    assert len({letter["Message-ID"] for letter in world.relay.letters}) == 1
    assert world.states() == ["done:"]


def test_a_permanent_refusal_ends_it(world: World) -> None:
    world.mark("5", 1)
    world.relay.answers = ["550 no such box"]
    world.deliver()
    assert world.states() == ["failed:relay said 550"]
    world.clock.advance(days=1)
    assert world.deliver() == []


def test_a_passing_refusal_comes_again_with_growing_pauses(world: World) -> None:
    world.mark("5", 1)
    world.relay.answers = ["451 later"] * 3
    waited = 0
    while not world.relay.letters:
        world.deliver()
        world.clock.advance(seconds=1)
        waited += 1
        assert waited < 120
    assert waited > 20, "5, 10 and 20 s, each give or take a quarter"


def test_a_silent_relay_makes_letters_wait_and_they_go_later(world: World) -> None:
    for _ in range(3):
        world.mark("5", 1, mark_id=uuid.uuid4())
    world.relay.stop()
    try:
        assert world.deliver() == []
        assert world.states() == ["pending:relay silent"] * 3
    finally:
        world.relay.start()
    world.clock.advance(seconds=70)
    assert len(world.deliver()) == 3
    assert [row["attempt"] for row in world.deliveries()] == [1, 1, 1]


def test_a_change_while_the_letter_waits_for_the_relay_replaces_it(world: World) -> None:
    world.mark("2", 1)
    world.relay.stop()
    try:
        world.deliver()
        world.mark("5", 2, previous="2")
    finally:
        world.relay.start()
    world.clock.advance(seconds=70)
    [text] = world.deliver()
    assert "Новая отметка" in text
    assert "Отметка: 5" in text


def test_many_letters_go_in_batches(world: World) -> None:
    for _ in range(105):
        world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 105


# --- "this letter is not for me" -----------------------------------------------------------------------


def _link_token(world: World) -> str:
    found = re.search(r"https://journal\.example/not-me#(\S+)", text_of(world.relay.letters[-1]))
    assert found
    return found[1]


def test_the_link_holds_the_address_at_once_and_tells_the_administrator(world: World) -> None:
    world.mark("5", 1)
    world.deliver()
    world.mark("5", 1, mark_id=uuid.uuid4())
    stranger = world.as_administrator()
    stranger.token = ""
    for _ in range(2):
        assert stranger.post(f"/not-me/{_link_token(world)}").status_code == 204
    assert world.deliver() == []
    world.mark("5", 1, mark_id=uuid.uuid4())
    assert world.deliver() == []
    assert world.states() == ["done:", "not_consented:address held", "not_consented:address held"]
    [held] = world.as_administrator().get("/held-addresses").get_json()["items"]
    assert held["address"] == "l@mail.example"
    assert world.as_administrator().post(f"/held-addresses/{held['id']}/lift").status_code == 204
    world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 1


def test_an_unknown_link_is_not_found(world: World) -> None:
    stranger = world.as_administrator()
    stranger.token = ""
    assert stranger.post("/not-me/" + "A" * 24).status_code == 404


# --- doors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/deliveries"), ("GET", "/held-addresses"), ("PUT", "/settings")],
)
def test_only_the_administrator_looks_into_the_mail(world: World, method: str, path: str) -> None:
    body = {"mark_delay_minutes": 1, "absence_delay_minutes": 1} if method == "PUT" else None
    assert world.signed_in("secretary").call(method, path, body).status_code == 403
    nobody = world.as_administrator()
    nobody.token = ""
    assert nobody.call(method, path, body).status_code == 401


def test_deliveries_are_found_by_state_and_page_by_page(world: World) -> None:
    for _ in range(3):
        world.mark("5", 1, mark_id=uuid.uuid4())
    world.deliver()
    door = world.as_administrator()
    assert door.get("/deliveries?state=failed").get_json()["items"] == []
    first = door.get("/deliveries?state=done&limit=2").get_json()
    second = door.get(f"/deliveries?state=done&limit=2&cursor={first['next']}").get_json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert door.get("/deliveries?state=nonsense").status_code == 422


def test_delays_out_of_bounds_or_from_an_old_version_are_refused(world: World) -> None:
    door = world.as_administrator()
    good = {"mark_delay_minutes": 1, "absence_delay_minutes": 30}
    assert door.put("/settings", good).status_code == 428
    assert door.put("/settings", good, headers={"If-Match": '"0"'}).status_code == 200
    assert door.put("/settings", good, headers={"If-Match": '"0"'}).status_code == 412
    bad = good | {"mark_delay_minutes": 16}
    assert door.put("/settings", bad, headers={"If-Match": '"1"'}).status_code == 422
    assert door.get("/settings").get_json() == good


def test_the_sink_is_read_in_the_demonstration_only(world: World) -> None:
    assert world.as_administrator().get("/demo/mails").status_code == 404


def test_the_demonstrations_sink_is_shown_to_the_administrator(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.mark("5", 1)
    world.deliver()
    demo = replace(world.service.settings, environment="demo")
    monkeypatch.setattr(world.service, "settings", demo)
    sink = mailbox.Maildir(demo.data / "mail")
    sink.add(world.relay.letters[-1])
    door = world.as_administrator()
    [line] = door.get("/demo/mails").get_json()["items"]
    assert line["subject"] == "Зера: новое в дневнике за 24 ноября"
    whole = door.get(f"/demo/mails/{line['id']}").get_json()
    assert "Отметка: 5" in whole["text"]
    assert "<table" in whole["html"]
    assert door.get("/demo/mails/..%2F..%2Fsecret").status_code == 404
    assert world.signed_in("teacher").get("/demo/mails").status_code == 403


def test_permissions_name_what_the_role_may(world: World) -> None:
    names = world.signed_in("deputy").get("/permissions").get_json()["permissions"]
    assert names == {"SELF_READ": "all", "SETTINGS_READ": "all"} or set(names) == {
        "SELF_READ",
        "SETTINGS_READ",
    }
