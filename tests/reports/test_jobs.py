"""A report from the question to the file: who may ask, what is told meanwhile, what is lost on the way."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from services.common.files import FileStore
from services.journal.snapshots.taking import snapshot_store
from services.reports.jobs.commands import Question
from services.reports.jobs.rules import LEASE, MOST_ATTEMPTS
from services.reports.jobs.working import report_store
from tests.support.desk import Desk
from tests.support.school import YEAR_START, Class, School, good, make_class, make_school
from tests.support.suite import Api, Suite

NOW = "2026-11-25T09:00:00+00:00"
FORM = "class_period_results"
GONE = {"sha256": None, "as_of": None, "problem": "gone"}


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def taught(school: School) -> Class:
    made = make_class(school, pupils=2)
    cell = {"op_id": str(uuid.uuid4()), "student_id": made.students[0], "symbol": "5", "base_version": None}
    path = f"/courses/{made.course_id}/period-marks?period={quarter(made)}"
    good(made.teacher.put(path, {"operations": [cell]}))
    return made


@pytest.fixture
def desk(school: School) -> Desk:
    return Desk(school)


def quarter(taught: Class) -> str:
    periods = good(taught.school.journal().get("/periods?grade=8"))["items"]
    return next(str(one["id"]) for one in periods if one["title"] == "II четверть")


def reports(school: School, token: str | None = None) -> Api:
    return school.suite.api("reports", school.admin_token if token is None else token)


def wanted(taught: Class, **more: Any) -> dict[str, Any]:
    return {"form": FORM, "parameters": {"class": taught.class_id, "period": quarter(taught)}} | more


def ask(taught: Class, token: str | None = None, **more: Any) -> str:
    return str(good(reports(taught.school, token).post("/reports", wanted(taught, **more)), 202)["id"])


def look(taught: Class, job: str) -> Any:
    return good(reports(taught.school).get(f"/reports/{job}"))


@contextlib.contextmanager
def told(school: School) -> Iterator[list[tuple[str, int]]]:
    """What the scheduler hears meanwhile of this school's work: queue and seconds."""
    engine = school.suite.services["reports"].database.engine
    heard: list[tuple[str, int]] = []
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as listener:
        listener.exec_driver_sql("LISTEN work")
        yield heard
        connection = listener.connection.driver_connection
        assert connection is not None
        for notice in connection.notifies(timeout=0.5):
            queue, of_school, seconds = notice.payload.split(":")
            if of_school == str(school.id):
                heard.append((queue, int(seconds)))
        listener.exec_driver_sql("UNLISTEN *")


# --- the road ------------------------------------------------------------------------------------------


def test_a_report_comes_as_files_named_by_class_and_period(taught: Class, desk: Desk) -> None:
    answer = reports(taught.school).post("/reports", wanted(taught))
    job = good(answer, 202)["id"]
    assert answer.headers["Location"] == f"/api/reports/v1/reports/{job}"
    assert look(taught, job)["progress"] == {"step": "collecting", "done": 0, "of": 3}
    desk.work()
    done = look(taught, job)
    assert done["state"] == "done"
    assert done["progress"] == {"step": "finished", "done": 3, "of": 3}
    assert done["title"] == "Итоги успеваемости класса за учебный период: 8А, II четверть"
    assert done["as_of"] is not None
    for file in done["files"]:
        got = reports(taught.school).get(f"/reports/{job}/files/{file['format']}")
        assert got.status_code == 200
        assert len(got.data) == file["size"]
        assert got.headers["Cache-Control"] == "no-store"
        assert got.headers["Content-Disposition"].startswith("attachment; ")
    assert [file["format"] for file in done["files"]] == ["pdf", "xlsx"]


def test_two_jobs_without_a_change_between_them_give_the_same_bytes(taught: Class, desk: Desk) -> None:
    first = ask(taught)
    desk.work()
    for file in look(taught, first)["files"]:
        report_store(taught.school.suite.services["reports"]).remove(taught.school.id, file["sha256"])
    second = ask(taught)
    desk.work()
    assert look(taught, first)["files"] == look(taught, second)["files"]
    cell = {"op_id": str(uuid.uuid4()), "student_id": taught.students[1], "symbol": "4", "base_version": None}
    path = f"/courses/{taught.course_id}/period-marks?period={quarter(taught)}"
    good(taught.teacher.put(path, {"operations": [cell]}))
    third = ask(taught)
    desk.work()
    changed = {file["sha256"] for file in look(taught, third)["files"]}
    assert not changed & {file["sha256"] for file in look(taught, second)["files"]}


def test_the_same_id_is_the_same_job_and_with_other_content_a_conflict(taught: Class) -> None:
    body = wanted(taught, id=str(uuid.uuid4()), formats=["pdf"])
    first = good(reports(taught.school).post("/reports", body), 202)
    assert good(reports(taught.school).post("/reports", body), 200)["id"] == first["id"]
    answer = reports(taught.school).post("/reports", body | {"formats": ["xlsx"]})
    assert (answer.status_code, answer.json["type"]) == (409, "urn:zhurnal:problem:id-in-use")


def test_my_reports_are_listed_the_latest_first(taught: Class, school: School) -> None:
    made = [ask(taught) for _ in range(3)]
    listed = good(reports(school).get("/reports?limit=2"))
    rest = good(reports(school).get(f"/reports?limit=2&cursor={listed['next']}"))
    assert [one["id"] for one in listed["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None


def test_a_file_that_the_store_has_lost_is_said_to_be_lost(taught: Class, desk: Desk) -> None:
    job = ask(taught)
    desk.work()
    for file in look(taught, job)["files"]:
        report_store(taught.school.suite.services["reports"]).remove(taught.school.id, file["sha256"])
    answer = reports(taught.school).get(f"/reports/{job}/files/pdf")
    assert (answer.status_code, answer.json["type"]) == (404, "urn:zhurnal:problem:file-lost")
    assert reports(taught.school).get(f"/reports/{job}/pages/1").status_code == 200
    assert reports(taught.school).get(f"/reports/{job}/pages/9").status_code == 404


def test_a_cancelled_job_is_not_rendered(taught: Class, desk: Desk) -> None:
    job = ask(taught)
    assert good(reports(taught.school).post(f"/reports/{job}/cancel"))["state"] == "cancelled"
    desk.work()
    assert desk.asked == []
    told = look(taught, job)
    assert (told["state"], told["files"], told["cancellable"]) == ("cancelled", [], False)
    assert reports(taught.school).get(f"/reports/{job}/files/pdf").status_code == 404


def test_nobody_is_told_of_the_snapshot_of_a_cancelled_job(taught: Class, desk: Desk) -> None:
    job = ask(taught)
    good(reports(taught.school).post(f"/reports/{job}/cancel"))
    with told(taught.school) as nudges:
        desk.work()
        desk.late = dt.timedelta(minutes=5)
        desk.work()
        desk.reporter().tell_of_forgotten()
    assert nudges == []


# --- what is lost --------------------------------------------------------------------------------------


def test_a_question_that_is_lost_is_asked_again(taught: Class, desk: Desk) -> None:
    job = ask(taught)
    desk.silent = True
    desk.work()
    desk.work()
    assert len(desk.asked) == 1, "not before its time"
    assert look(taught, job)["progress"]["step"] == "collecting"
    desk.silent, desk.late = False, dt.timedelta(seconds=3)
    desk.work()
    assert look(taught, job)["state"] == "done"


def test_an_answer_that_comes_twice_changes_nothing(taught: Class, desk: Desk) -> None:
    job = ask(taught)
    desk.work()
    done = look(taught, job)
    store = snapshot_store(taught.school.suite.services["journal"])
    other = {"sha256": store.put(taught.school.id, b"other"), "as_of": NOW, "problem": ""}
    desk.answer(Question(desk.asked[0], "class_year", uuid.UUID(taught.class_id)), other)
    desk.answer(Question(desk.asked[0], "class_year", uuid.UUID(taught.class_id)), GONE)
    desk.work()
    assert look(taught, job) == done


def test_a_class_that_is_gone_fails_the_job_with_the_reason(taught: Class, desk: Desk) -> None:
    job = ask(taught)
    desk.silent = True
    desk.work()
    desk.answer(Question(desk.asked[0], "class_year", uuid.UUID(taught.class_id)), GONE)
    told = look(taught, job)
    assert (told["state"], told["failure"], told["files"]) == ("failed", "gone", [])


def test_a_worker_that_dies_in_the_middle_leaves_the_job_to_the_next(
    taught: Class, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask(taught)

    def die(*_: Any) -> str:
        raise KeyboardInterrupt

    desk.reporter().ask_due(taught.school.id)
    with monkeypatch.context() as patched, told(taught.school) as nudges:
        patched.setattr(FileStore, "put", die)
        with pytest.raises(KeyboardInterrupt):
            desk.reporter().render_due(taught.school.id)
    assert nudges == [("reports.slow", LEASE.total_seconds() + 1)], "somebody looks when the lease is over"
    assert look(taught, job)["progress"]["step"] == "rendering"
    desk.work()
    assert look(taught, job)["state"] == "running", "its lease lasts"
    desk.late = LEASE + dt.timedelta(seconds=1)
    desk.work()
    assert look(taught, job)["state"] == "done"


def test_a_job_that_kills_every_worker_is_given_up(
    taught: Class, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask(taught)

    def die(*_: Any) -> str:
        raise KeyboardInterrupt

    desk.reporter().ask_due(taught.school.id)
    with monkeypatch.context() as patched:
        patched.setattr(FileStore, "put", die)
        for attempt in range(MOST_ATTEMPTS):
            desk.late = (LEASE + dt.timedelta(seconds=1)) * attempt
            with pytest.raises(KeyboardInterrupt):
                desk.reporter().render_due(taught.school.id)
    desk.late = (LEASE + dt.timedelta(seconds=1)) * MOST_ATTEMPTS
    desk.work()
    told = look(taught, job)
    assert (told["state"], told["failure"]) == ("failed", "gave-up")


def test_a_full_disk_fails_the_job_and_offers_nothing(
    taught: Class, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask(taught)
    desk.reporter().ask_due(taught.school.id)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("services.common.files.os.fsync", full)
        desk.work()
    told = look(taught, job)
    assert (told["state"], told["failure"], told["files"]) == ("failed", "no-room", [])
    folder = taught.school.suite.services["reports"].settings.data / "files" / "reports" / str(taught.school.id)
    assert list((folder / "reports").iterdir()) == []


def test_a_lost_snapshot_is_taken_again(taught: Class, desk: Desk) -> None:
    job = ask(taught)
    desk.reporter().ask_due(taught.school.id)
    store = snapshot_store(taught.school.suite.services["journal"])
    store.remove(taught.school.id, look(taught, job)["snapshot"])
    desk.work()
    assert look(taught, job)["state"] == "pending"
    desk.work()
    assert look(taught, job)["state"] == "done"


def test_the_sweep_tells_of_what_nobody_was_told_of(taught: Class, desk: Desk) -> None:
    job = ask(taught)
    with told(taught.school) as nudges:
        desk.reporter().tell_of_forgotten()
        desk.reporter().ask_due(taught.school.id)
        desk.reporter().tell_of_forgotten()
    assert (nudges[0], nudges[-1]) == (("reports", 0), ("reports.slow", 0))
    assert look(taught, job)["progress"]["step"] == "waiting"


def test_a_snapshot_of_nothing_goes_after_fourteen_days(taught: Class, desk: Desk) -> None:
    job = ask(taught)
    desk.reporter().ask_due(taught.school.id)
    name = look(taught, job)["snapshot"]
    good(reports(taught.school).post(f"/reports/{job}/cancel"))
    store = snapshot_store(taught.school.suite.services["journal"])
    desk.late = dt.timedelta(days=13)
    assert desk.let_go() == []
    assert store.get(taught.school.id, name)
    desk.late = dt.timedelta(days=15)
    assert desk.let_go() == [name]
    with pytest.raises(FileNotFoundError):
        store.get(taught.school.id, name)
    assert desk.let_go() == [], "the answer came"
    assert look(taught, job)["state"] == "cancelled"


def test_what_a_report_was_made_from_stays_whoever_else_did_without(taught: Class, desk: Desk) -> None:
    cancelled = ask(taught)
    desk.reporter().ask_due(taught.school.id)
    good(reports(taught.school).post(f"/reports/{cancelled}/cancel"))
    done = ask(taught)
    desk.work()
    assert look(taught, done)["snapshot"] == look(taught, cancelled)["snapshot"]
    desk.late = dt.timedelta(days=400)
    assert desk.let_go() == []


def test_a_form_is_asked_for_in_its_own_formats(taught: Class) -> None:
    assert look(taught, ask(taught))["formats"] == ["pdf", "xlsx"], "all of them, unless said"
    assert look(taught, ask(taught, formats=["xlsx"]))["formats"] == ["xlsx"]


# --- who and what --------------------------------------------------------------------------------------


def test_a_class_teacher_has_reports_of_the_own_class_alone(taught: Class, school: School, suite: Suite) -> None:
    token = school.sign_in(taught.teacher_id)
    job = ask(taught)
    for answer in (
        reports(school, token).post("/reports", wanted(taught)),
        reports(school, token).get(f"/reports/{job}"),
        reports(school, token).post(f"/reports/{job}/cancel"),
        reports(school, token).get(f"/reports/{job}/files/pdf"),
    ):
        assert answer.status_code == 404, "who only teaches there has none"
    leader = {"person_id": taught.teacher_id, "from": YEAR_START}
    good(school.journal().put(f"/classes/{taught.class_id}/class-teacher", leader))
    mine = ask(taught, token)
    assert good(reports(school, token).get(f"/reports/{mine}"))["state"] == "pending"


def test_another_school_has_neither_class_nor_job(taught: Class, suite: Suite) -> None:
    job = ask(taught)
    other = make_school(suite)
    assert reports(other).post("/reports", wanted(taught)).status_code == 404
    assert reports(other).get(f"/reports/{job}").status_code == 404


def test_a_family_has_no_catalogue(taught: Class, school: School) -> None:
    token = school.sign_in(taught.students[0])
    assert reports(school, token).get("/forms").status_code == 403
    assert reports(school, token).get("/reports").status_code == 403
    assert reports(school, token).post("/reports", wanted(taught)).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"form": "no_such_form"}, "/form"),
        ({"formats": []}, "/formats"),
        ({"formats": ["pdf", "pdf"]}, "/formats"),
        ({"formats": ["odt"]}, "/formats/0"),
        ({"parameters": {"class": "7"}}, "/parameters/class"),
        ({"more": 1}, "/more"),
    ],
)
def test_a_wrong_question_is_told_where(taught: Class, change: dict[str, Any], pointer: str) -> None:
    answer = reports(taught.school).post("/reports", wanted(taught) | change)
    assert answer.status_code == 422
    assert pointer in {error["pointer"] for error in answer.json["errors"]}


def test_a_period_of_another_grade_is_refused(taught: Class, school: School) -> None:
    halves = good(school.journal().get("/periods?grade=10"))["items"]
    parameters = {"class": taught.class_id, "period": halves[0]["id"]}
    answer = reports(school).post("/reports", {"form": FORM, "parameters": parameters})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/parameters/period"
