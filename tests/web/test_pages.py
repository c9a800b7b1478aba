"""Every page over the running services: good HTML, at most three questions, words for what goes wrong."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest

from services.common.identity import AGAIN_SECONDS, FRESH_SECONDS
from services.web.clients import SilentError
from services.web.person import Child
from tests.support.school import Class, School, good, make_class, make_school
from tests.support.suite import Suite
from tests.web.conftest import Pages
from tests.web.pages import mistakes

GUARDIAN_EMAIL = "larina@example.org"


@pytest.fixture(scope="module")
def taught(suite: Suite, _fixed_day: None) -> Class:
    """One class for all pages: a test that leaves something behind names it itself."""
    return make_class(make_school(suite), days=("2026-11-24", "2026-11-25"))


@pytest.fixture
def guardian(taught: Class) -> str:
    """A guardian of the first pupil; the person's id."""
    school = taught.school
    person = school.person(["guardian"], "Ларина", "Ольга", email=GUARDIAN_EMAIL)
    body = {"guardian_id": person, "student_id": taught.students[0], "relation": "мать", "from": "2026-09-01"}
    good(school.journal().post("/guardianships", body), 201)
    school.sign_in(person, child_birth_date="2012-03-01")
    return person


def shown(answer: Any, status: int = 200) -> str:
    """The text of a page, which must be good HTML."""
    text = str(answer.get_data(as_text=True))
    assert answer.status_code == status, text[:2000]
    assert mistakes(text) == []
    return html.unescape(text)


@pytest.mark.parametrize("path", ["/login", "/activate", "/help", "/not-me/abc"])
def test_a_page_for_everybody(pages: Pages, path: str) -> None:
    shown(pages.get(path))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/journals",
        "/people",
        "/people?kind=student",
        "/people?kind=guardian",
        "/people/new",
        "/people/{student}",
        "/classes",
        "/classes/{class}",
        "/courses",
        "/courses/new",
        "/courses/subjects",
        "/courses/{course}",
        "/journal/{course}",
        "/journal/{course}/totals",
        "/people/consents",
        "/people/consents?order=classes&class={class}",
        "/people/consents/changes",
        "/people/consents/classes/{class}",
        "/people/consents/forms",
        "/import",
        "/me",
        "/help",
    ],
)
def test_a_page_of_the_administrator(pages: Pages, taught: Class, path: str) -> None:
    pages.sign_in(taught.school.admin_token)
    known = {"student": taught.students[0], "class": taught.class_id, "course": taught.course_id}
    shown(pages.get(path.format(**known)))


@pytest.mark.parametrize("path", ["/", "/journals", "/journal/{course}", "/journal/{course}/totals", "/me"])
def test_a_page_of_the_teacher(pages: Pages, taught: Class, path: str) -> None:
    pages.sign_in(taught.teacher.token)
    shown(pages.get(path.format(course=taught.course_id)))


def test_an_empty_school_sees_its_first_hour(pages: Pages, school: School) -> None:
    text = shown(pages.sign_in(school.admin_token).get("/"))
    assert "Первый час в журнале" in text
    assert 'href="/import"' in text


def test_a_teachers_day_lists_the_lessons_of_today(pages: Pages, taught: Class) -> None:
    text = shown(pages.sign_in(taught.teacher.token).get("/"))
    assert "Среда, 25 ноября" in text
    assert text.count(f'<a href="/journal/{taught.course_id}">Алгебра, 8А</a>') == 2  # the lesson, the journal


def test_navigation_follows_permissions(pages: Pages, taught: Class) -> None:
    text = shown(pages.sign_in(taught.teacher.token).get("/journals"))
    links = re.findall(r'<a href="([^"]+)"', text.split('aria-label="Разделы"')[1].split("</nav>")[0])
    assert links == ["/", "/journals"]


def test_sign_in_and_out(pages: Pages, taught: Class) -> None:
    login = good(taught.school.accounts(taught.teacher.token).get("/me"))["account"]["login"]
    wrong = pages.post("/login", {"login": login, "password": "не тот пароль"})
    assert "Логин или пароль не подошли" in shown(wrong, 401)
    answer = pages.post("/login", {"login": login, "password": "семь-раз-отмерь-42", "next": "/journals"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/journals")
    assert re.match(r"zhurnal=zh_[\w-]+; HttpOnly; Path=/; SameSite=Lax", answer.headers["Set-Cookie"])
    shown(pages.get("/journals"))
    pages.post("/logout")
    assert pages.get("/journals").headers["Location"].startswith("/login")


def test_a_code_is_used_and_a_used_one_is_explained(pages: Pages, taught: Class) -> None:
    school = taught.school
    person = school.person(["staff"], "Титова", "Елена")
    school.suite.deliver()
    code = good(school.accounts().post("/credentials", {"person_ids": [person]}), 201)["items"][0]["code"]
    form = {"code": code, "password": "четыре-случайных-слова"}
    assert pages.post("/activate", form).headers["Location"] == "/"
    assert "Такого кода нет" in shown(pages.post("/activate", form), 404)


def test_one_changes_her_password(pages: Pages, taught: Class) -> None:
    person = taught.school.person(["staff"], "Титова", "Елена")
    taught.school.suite.deliver()
    pages.sign_in(taught.school.sign_in(person))
    old, new = "семь-раз-отмерь-42", "синий кит летит"
    wrong = shown(pages.post("/me/password", {"password": "не тот пароль", "new_password": new}), 403)
    assert "Это не нынешний пароль" in wrong
    weak = shown(pages.post("/me/password", {"password": old, "new_password": "пароль123"}), 422)
    assert "Такой пароль легко угадать" in weak
    assert 'id="new_password-wrong"' in weak
    answer = pages.post("/me/password", {"password": old, "new_password": new})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me?changed=password")
    assert "Пароль изменён" in shown(pages.get("/me?changed=password"))


def test_codes_are_shown_once_to_the_administrator(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.school.admin_token)
    person = taught.school.person(["staff"], "Титова", "Елена")
    text = shown(pages.post("/people/codes", {"person_ids": [person]}))
    assert "Титова Елена" in text
    assert text.count('class="code"') == 2


def test_a_person_is_added_found_and_never_named_in_an_address(pages: Pages, school: School) -> None:
    pages.sign_in(school.admin_token)
    form = {"kinds": ["student"], "last_name": "Ёжикова", "first_name": "Анна", "birth_date": "2012-05-01"}
    answer = pages.post("/people/new", form)
    assert re.fullmatch(r"/people/[0-9a-f-]{36}\?added=1", answer.headers["Location"])
    assert "Ёжикова Анна" in shown(pages.post("/people", {"kind": "student", "q": "ежик"}))


def test_a_wrong_field_is_marked(pages: Pages, school: School) -> None:
    pages.sign_in(school.admin_token)
    form = {"kinds": ["guardian"], "last_name": "Ларина", "first_name": "Ольга", "email": "нет адреса"}
    text = shown(pages.post("/people/new", form), 422)
    assert 'aria-invalid="true"' in text
    assert 'value="Ларина"' in text


def test_a_class_a_pupil_and_a_parent_by_hand(pages: Pages, school: School) -> None:
    pages.sign_in(school.admin_token)
    made = pages.post("/classes", {"grade_level": "6", "letter": "Б"}).headers["Location"]
    class_id = made.split("/")[2].split("?")[0]
    assert "Такой класс уже есть" in shown(pages.post("/classes", {"grade_level": "6", "letter": "Б"}), 409)
    student = school.person(["student"], "Ларина", "Вера", birth_date="2014-03-14")
    parent = school.person(["guardian"], "Ларина", "Ольга")
    enrolled = pages.post(f"/people/{student}/classes", {"class_id": class_id, "from": "2026-09-01"})
    assert enrolled.headers["Location"] == f"/classes/{class_id}?added=1"
    found = shown(pages.post(f"/people/{student}/guardians", {"q": "Ларина"}))
    assert parent in found
    linked = pages.post(f"/people/{student}/guardians", {"guardian_id": parent, "relation": "мать"})
    assert linked.status_code == 303
    assert "Ларина Ольга</a>" in shown(pages.get(f"/people/{student}"))
    assert "Ларина Вера</a>" in shown(pages.get(f"/people/{parent}"))
    leader = school.person(["staff"], "Титова", "Елена")
    led = pages.post(f"/classes/{class_id}", {"person_id": leader, "from": "2026-09-01"})
    assert led.status_code == 303
    assert "Титова Е." in shown(pages.get(f"/classes/{class_id}")).replace("\u00a0", " ")


def test_a_journal_and_its_lessons_by_hand(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.school.admin_token)
    subject = pages.post("/courses/subjects", {"name": "Геометрия"}).headers["Location"].partition("=")[2]
    form = {"class_id": taught.class_id, "subject_id": subject, "person_id": taught.teacher_id, "from": "2026-09-01"}
    course = pages.post("/courses/new", form).headers["Location"].partition("?")[0]
    assert "Такой предмет в этом классе уже есть" in shown(pages.post("/courses/new", form), 409)
    days = {"from": "2026-11-23", "to": "2026-12-04", "weekday": ["0", "3"], "number": "2"}
    preview = shown(pages.post(f"{course}/lessons", days))
    assert re.findall(r'name="date" value="([\d-]+)" checked', preview) == [
        "2026-11-23",
        "2026-11-26",
        "2026-11-30",
        "2026-12-03",
    ]
    saved = pages.post(f"{course}/lessons", {"step": "save", "number": "2", "date": ["2026-11-23", "2026-11-30"]})
    assert saved.headers["Location"] == f"{course}?lessons=2"
    again = pages.post(f"{course}/lessons", {"step": "save", "number": "2", "date": ["2026-11-30"]})
    assert "такой урок уже есть" in shown(again, 422)


def test_days_that_make_no_sense_are_explained(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.school.admin_token)
    form = {"from": "2026-12-04", "to": "2026-11-23", "number": "1"}
    text = shown(pages.post(f"/courses/{taught.course_id}/lessons", form), 422)
    assert "Последний день должен быть позже первого" in text
    assert "Отметьте хотя бы один день недели" in text


def test_period_marks_are_saved_and_a_conflict_shows_both(pages: Pages, taught: Class) -> None:
    path = f"/journal/{taught.course_id}/totals"
    text = shown(pages.sign_in(taught.teacher.token).get(path))
    period = re.search(r'name="period" value="([0-9a-f-]+)"', text)
    assert period is not None
    student = taught.students[0]
    form = {"period": period[1], f"mark-{student}": "4", f"was-{student}": "", f"version-{student}": ""}
    assert "Записана 1 отметка" in shown(pages.post(path, form))
    text = shown(pages.post(path, form | {f"mark-{student}": "5"}))
    assert "изменил другой человек" in text


def test_a_guardian_decides_reads_and_withdraws(pages: Pages, taught: Class, guardian: str) -> None:
    child = taught.students[0]
    pages.sign_in(taught.school.tokens[guardian])
    assert pages.get("/").headers["Location"] == "/diary"
    closed = shown(pages.get(f"/diary/{child}"), 403)
    assert "Дневник ждёт вашего решения" in closed
    text = shown(pages.get("/consent"))
    assert text.index("Не даю согласия") < text.index("Даю согласие")
    decided = pages.post("/consent", {"child": child, "purpose": "diary", "decision": "given"})
    assert decided.status_code == 303
    text = shown(pages.get("/consent"))
    consent = re.search(r'name="consent" value="([0-9a-f-]+)"', text)
    assert consent is not None
    time.sleep(AGAIN_SECONDS)  # the diary was refused just now
    assert "Ученик00" in shown(pages.get(f"/diary/{child}?week=2026-11-23"))
    pages.post("/consent", {"child": child, "purpose": "diary", "decision": "withdraw", "consent": consent[1]})
    time.sleep(FRESH_SECONDS)  # what journal knows of a guardian may be so old
    assert "Дневник пока закрыт" in shown(pages.get(f"/diary/{child}"), 403)


@pytest.mark.parametrize(
    ("name", "first"), [("Ёжикова Анна Игоревна", "Анна"), ("Ким Роман", "Роман"), ("Тимур", "Тимур")]
)
def test_a_child_is_called_by_the_first_name(name: str, first: str) -> None:
    assert Child("", name, "", reads_diary=True).first_name == first


def test_other_peoples_child_is_not_there(pages: Pages, taught: Class, guardian: str) -> None:
    pages.sign_in(taught.school.tokens[guardian])
    assert "Такой страницы нет" in shown(pages.get(f"/diary/{taught.students[1]}"), 404)
    answer = pages.post("/consent", {"child": taught.students[1], "purpose": "diary", "decision": "given"})
    shown(answer, 404)


def test_a_page_that_is_not_allowed_says_so(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.teacher.token)
    for path in ("/people/new", "/courses/new", "/courses/subjects", "/import"):
        assert "Сюда вам нельзя" in shown(pages.get(path), 403)
    form = {"kinds": ["student"], "last_name": "А", "first_name": "Б"}
    assert "нет права" in shown(pages.post("/people/new", form), 403)


def test_the_page_answer_passes_through_with_its_tag(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.teacher.token)
    path = f"/journal/{taught.course_id}/page.json"
    first = pages.get(path)
    tag = first.headers["ETag"]
    assert first.json == good(taught.teacher.get(f"/courses/{taught.course_id}/page"))
    again = pages.get(path, headers={"If-None-Match": tag, "Zhurnal-Module": "1", "Zhurnal-Poll": "1"})
    assert (again.status_code, again.data) == (304, b"")


def test_operations_pass_through_unchanged(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.teacher.token)
    path = f"/journal/{taught.course_id}/page"
    headers = {"Sec-Fetch-Site": "same-origin", "Zhurnal-Module": "1", "Content-Type": "application/json"}
    refused = pages.client.patch(path, data=b'{"operations": 1}', headers=headers)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert refused.json["errors"]


def test_settings_are_kept_in_the_browser(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.teacher.token)
    pages.post("/me", {"language": "en", "theme": "dark"})
    text = shown(pages.get("/me"))
    assert '<html lang="en" data-theme="dark"' in text
    assert "Devices that are signed in" in text


def test_a_silent_journal_leaves_the_rest(pages: Pages, taught: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.sign_in(taught.teacher.token)
    backend = pages.client.application.extensions["web.backend"]
    whole = backend._ask

    def silent(asker: Any, service: str, *arguments: Any, **more: Any) -> Any:
        if service == "journal":
            raise SilentError(service)
        return whole(asker, service, *arguments, **more)

    monkeypatch.setattr(backend, "_ask", silent)
    assert "Часть журнала временно не отвечает" in shown(pages.get("/me"))
    assert "Часть журнала временно недоступна" in shown(pages.get(f"/journal/{taught.course_id}"), 503)


def test_the_mail_page_exists_only_in_the_demonstration(pages: Pages, school: School) -> None:
    shown(pages.sign_in(school.admin_token).get("/demo/mail"), 404)
