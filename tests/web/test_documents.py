"""Documents of a school: kept by the administrator, read from the site, accepted by whom they ask."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from services.web.markdown import rendered
from tests.support.school import Class, School, make_class
from tests.web.conftest import Pages
from tests.web.test_pages import shown

RULES = {"title": "Положение о журнале", "kind": "rules", "audience": "everyone", "asks": "1"}
TEXT = "# Общее\n\nЖурнал ведут **каждый день**.\n\n* отметки\n* темы"


@pytest.fixture
def taught(school: School) -> Class:
    return make_class(school)


@pytest.fixture
def administrator(pages: Pages, school: School) -> Pages:
    return pages.sign_in(school.admin_token)


def published(pages: Pages, **changes: str) -> str:
    """The id of a document that everybody sees."""
    made = pages.post("/documents/new", RULES | {"text": TEXT} | changes)
    document = re.fullmatch(r"/documents/([0-9a-f-]+)/versions", made.headers["Location"])
    assert document
    assert pages.post(f"/documents/{document[1]}/publish", {"number": "1"}).status_code == 303
    return document[1]


def send_file(pages: Pages, document: str, content: bytes) -> Any:
    form = {"text": "", "file": (io.BytesIO(content), "Секретное имя.pdf")}
    return pages.post(f"/documents/{document}/versions", form, content_type="multipart/form-data")


def test_the_sites_link_shows_what_is_published_without_sign_in(administrator: Pages, school: School) -> None:
    document = published(administrator)
    site = shown(administrator.get("/documents/site"))
    address = f"/schools/{school.id}/documents"
    assert f'&lt;a href="http://localhost{address}"&gt;' in administrator.get("/documents/site").get_data(
        as_text=True
    )
    assert address in site
    square = administrator.get("/documents/site.svg")
    assert (square.mimetype, square.data[:5]) == ("image/svg+xml", b"<?xml")
    administrator.client.delete_cookie("zhurnal")
    assert "Положение о журнале" in shown(administrator.get(address))
    text = shown(administrator.get(f"{address}/{document}"))
    assert "<h2>Общее</h2>" in text
    assert "<strong>каждый день</strong>" in text
    shown(administrator.get(f"/schools/{document}/documents"), 404)


def test_one_is_asked_to_read_accepts_and_is_asked_no_more(administrator: Pages, taught: Class) -> None:
    document = published(administrator)
    teacher = administrator.sign_in(taught.teacher.token)
    assert "Школа просит прочитать и принять документы." in shown(teacher.get("/journals"))
    assert "прочитайте и примите" in shown(teacher.get("/documents"))
    page = shown(teacher.get(f"/documents/{document}"))
    assert "Прочитано, принимаю" in page
    accepted = teacher.post(f"/documents/{document}/accept", {"number": "1"})
    page = shown(teacher.get(accepted.headers["Location"]))
    assert "Записано: вы прочитали и приняли." in page
    assert "Прочитано, принимаю" not in page
    assert "Школа просит" not in shown(teacher.get("/journals"))


def test_one_document_leads_on_to_the_next_and_the_last_one_home(administrator: Pages, taught: Class) -> None:
    waiting = {published(administrator), published(administrator, title="Памятка о дневнике")}
    teacher = administrator.sign_in(taught.teacher.token)
    assert 'href="/documents/waiting"' in shown(teacher.get("/journals"))
    for left in (1, 0):
        led = teacher.get("/documents/waiting").headers["Location"]
        document = led.partition("?")[0].rpartition("/")[2]
        assert led == f"/documents/{document}?on=1"
        waiting.remove(document)
        assert 'name="on" value="1"' in shown(teacher.get(led))
        accepted = teacher.post(f"/documents/{document}/accept", {"number": "1", "on": "1"})
        assert accepted.headers["Location"] == "/documents/waiting"
        assert len(waiting) == left
    assert teacher.get("/documents/waiting").headers["Location"] == "/"


def test_a_new_version_is_read_before_it_is_accepted(administrator: Pages, taught: Class) -> None:
    document = published(administrator)
    assert administrator.post(f"/documents/{document}/versions", {"text": "# Новое"}).status_code == 303
    assert administrator.post(f"/documents/{document}/publish", {"number": "2"}).status_code == 303
    teacher = administrator.sign_in(taught.teacher.token)
    refused = shown(teacher.post(f"/documents/{document}/accept", {"number": "1"}), 409)
    assert "новую редакцию" in refused
    assert "<h2>Новое</h2>" in refused


def test_who_has_not_accepted_is_shown_to_who_may_know(administrator: Pages, taught: Class) -> None:
    taught.school.suite.deliver()
    document = published(administrator)
    counts = shown(administrator.get(f"/documents/{document}/readers"))
    assert "Сотрудники" in counts
    assert "8А" in counts
    of_class = shown(administrator.get(f"/documents/{document}/readers?class={taught.class_id}"))
    assert "Ученик00 Иван" in of_class
    shown(administrator.sign_in(taught.teacher.token).get(f"/documents/{document}/readers"), 403)


def test_a_file_is_published_and_read(administrator: Pages, school: School) -> None:
    made = administrator.post("/documents/new", RULES)
    document = made.headers["Location"].split("/")[2]
    assert "Это не PDF." in shown(send_file(administrator, document, b"MZ"), 422)
    assert send_file(administrator, document, b"%PDF-1.7").status_code == 303
    assert administrator.post(f"/documents/{document}/publish", {"number": "1"}).status_code == 303
    assert "Открыть PDF" in shown(administrator.get(f"/documents/{document}"))
    for path in (f"/documents/{document}/file", f"/schools/{school.id}/documents/{document}/file"):
        answer = administrator.get(path)
        assert (answer.mimetype, answer.data) == ("application/pdf", b"%PDF-1.7")


def test_an_annulled_document_is_seen_by_who_keeps_it_alone(administrator: Pages, school: School) -> None:
    document = published(administrator)
    assert administrator.post(f"/documents/{document}/annul", {"reason": "устарело"}).status_code == 303
    assert "отменён" in shown(administrator.get("/documents"))
    assert "Положение" not in shown(administrator.get(f"/schools/{school.id}/documents"))


def test_a_document_without_a_title_is_pointed_at(administrator: Pages) -> None:
    wrong = shown(administrator.post("/documents/new", RULES | {"title": " ", "text": TEXT}), 422)
    assert "Проверьте отмеченные поля." in wrong
    assert TEXT in wrong, "what was typed stays"


def test_a_teacher_keeps_no_documents(pages: Pages, taught: Class) -> None:
    teacher = pages.sign_in(taught.teacher.token)
    for path in ("/documents/new", "/documents/site", f"/documents/{taught.class_id}/versions"):
        shown(teacher.get(path), 403)
    assert teacher.post("/documents/new", RULES | {"text": TEXT}).status_code == 403


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("# Раз", "<h2>Раз</h2>"),
        ("**да**", "<p><strong>да</strong></p>"),
        ("[сайт](https://example.org)", 'href="https://example.org"'),
        ("1. раз\n2. два", "<ol>\n<li>раз</li>\n<li>два</li>\n</ol>"),
        ("| а | б |\n|---|---|\n| 1 | 2 |", "<td>1</td>"),
    ],
)
def test_markdown_becomes_markup(text: str, markup: str) -> None:
    assert markup in rendered(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[да](javascript:alert(1))",
        "[да](data:text/html;base64,PHNjcmlwdD4=)",
        "![да](https://example.org/x.png)",
        "<style>*{}</style>",
        '<a href="https://example.org" onclick="alert(1)">да</a>',
    ],
)
def test_nothing_of_an_author_runs_or_is_fetched(text: str) -> None:
    markup = str(rendered(text))
    assert re.search(r"<(script|style|img|iframe)|\son\w+=[^&]*>|href=\"(?!https?:|mailto:|tel:)", markup) is None
