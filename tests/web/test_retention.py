"""The page of terms: what is kept and why, a longer term, an act from its draft to its certificate."""

from __future__ import annotations

from tests.support.destroying import carried_out
from tests.support.school import YEAR_START, School, good
from tests.web.conftest import Pages
from tests.web.test_pages import shown

PLACE = "/retention"
TERM = {"category": "letters", "years": "3", "order_number": "12", "order_date": "2026-09-01"}


def director(school: School) -> str:
    person = school.person(["staff"], "Ветрова", "Анна")
    school.suite.deliver()
    good(school.accounts().post("/roles", {"person_id": person, "kind": "director", "from": YEAR_START}), 201)
    return school.sign_in(person)


def test_an_administrator_keeps_longer_and_not_shorter(pages: Pages, school: School) -> None:
    pages.sign_in(school.admin_token)
    text = shown(pages.get(PLACE))
    for wanted in ("Письма семьям", "1 год", "25 лет", "здесь не уничтожается", "273-ФЗ", "Актов ещё нет"):
        assert wanted in text
    assert pages.post(f"{PLACE}/term", TERM).headers["Location"] == f"{PLACE}?kept=1"
    text = shown(pages.get(f"{PLACE}?kept=1"))
    for wanted in ("Срок записан", "3 года", "решение школы", "№ 12 от 01.09.2026", "по закону 1 год"):
        assert wanted in text
    assert "Короче, чем велит закон" in shown(pages.post(f"{PLACE}/term", TERM | {"years": "0"}), 422)
    assert "Укажите число лет" in shown(pages.post(f"{PLACE}/term", TERM | {"years": "много"}), 422)
    assert "Укажите день" in shown(pages.post(f"{PLACE}/term", TERM | {"order_date": ""}), 422)


def test_an_act_goes_from_its_draft_to_the_certificate(pages: Pages, school: School) -> None:
    pages.sign_in(school.admin_token)
    assert "Отметьте, что уничтожить" in shown(pages.post(f"{PLACE}/acts", {"processor": ""}), 422)
    wanted = {"categories": ["letters", "card_views"], "processor": ""}
    for _ in range(2):
        assert pages.post(f"{PLACE}/acts", wanted).headers["Location"] == f"{PLACE}?made=1#acts"
    text = shown(pages.get(f"{PLACE}?made=1"))
    for words in ("Акт составлен", "№ 2", "черновик", "до 25.11.2023", "Число записей станет известно"):
        assert words in text
    assert "/acts/approve" not in text, "that is the director's"
    unwanted, act = (one["id"] for one in good(school.accounts().get("/destruction-acts"))["items"])
    assert pages.post(f"{PLACE}/acts/cancel", {"act": unwanted}).headers["Location"] == f"{PLACE}?cancel=1#acts"
    assert "отменён" in shown(pages.get(PLACE))
    pages.sign_in(director(school))
    text = shown(pages.get(PLACE))
    assert "/acts/approve" in text
    assert f'action="{PLACE}/acts/cancel"' not in text
    assert "Этот акт отменён" in shown(pages.post(f"{PLACE}/acts/approve", {"act": unwanted}), 409)
    assert pages.post(f"{PLACE}/acts/approve", {"act": act}).headers["Location"] == f"{PLACE}?approve=1#acts"
    assert "уничтожается" in shown(pages.get(PLACE))
    assert pages.get(f"{PLACE}/acts/{act}/certificate").status_code == 404
    carried_out(school, act)
    text = shown(pages.get(PLACE))
    assert "выполнен" in text
    assert f'href="{PLACE}/acts/{act}/certificate"' in text
    file = pages.get(f"{PLACE}/acts/{act}/certificate")
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert file.headers["Content-Disposition"] == 'attachment; filename="destruction-act-1.pdf"'


def test_who_does_not_answer_for_it_does_not_see_it(pages: Pages, school: School) -> None:
    teacher = school.person(["staff"], "Гроза", "Яна")
    school.suite.deliver()
    pages.sign_in(school.sign_in(teacher))
    shown(pages.get(PLACE), 403)
    shown(pages.post(f"{PLACE}/acts/approve", {"act": "nobody"}), 400)
    shown(pages.post(f"{PLACE}/term", TERM | {"category": "../sessions"}), 400)
