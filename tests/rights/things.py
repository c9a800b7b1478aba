"""One thing of every kind that the matrix asks about, through the routes."""

from __future__ import annotations

import io
import uuid
from email.message import EmailMessage

from services.notifications.messages.delivering import Mailer
from services.notifications.messages.smtp import Sender
from tests.rights.cast import FORM, LIST, TODAY, Cast
from tests.support.desk import Desk
from tests.support.destroying import carried_out, ordered
from tests.support.school import good


def make_things(cast: Cast) -> None:
    """A mark and the mail of it, a held address, a list that came in, a closed period, a report that is made."""
    journal, teacher = cast.school.journal(), cast.api("journal", "teacher")
    periods = good(journal.get("/periods?grade=8"))["items"]
    cast.ids["period"] = next(one["id"] for one in periods if one["starts_on"] <= TODAY <= one["ends_on"])
    past = next(one["id"] for one in periods if one["ends_on"] < TODAY)
    cast.ids["closed_period"] = good(journal.post(f"/periods/{past}/close"))["id"]
    item = {"lesson_id": cast.lesson, "work_type": "answer"}
    cast.ids["line_item"] = good(teacher.post(f"/courses/{cast.course}/line-items", item), 201)["id"]
    free = {"date": TODAY, "work_type": "answer"}
    cast.ids["empty_line_item"] = good(teacher.post(f"/courses/{cast.course}/line-items", free), 201)["id"]
    mark = {"op_id": str(uuid.uuid4()), "student_id": cast.pupil, "line_item_id": cast.line_item, "symbol": "5"}
    operations = {"operations": [mark | {"base_version": None}]}
    good(teacher.patch(f"/courses/{cast.course}/page", operations))
    roll = {"checked": True, "entries": [{"student_id": cast.pupil, "status": "absent"}]}
    good(teacher.put(f"/lessons/{cast.missed_lesson}/attendance", roll, headers={"If-None-Match": "*"}))
    excuse = {"student_id": cast.pupil, "from": "2026-11-17", "to": "2026-11-19", "reason": "ill"}
    good(cast.api("journal", "class_teacher").post("/excuses", excuse), 201)
    form = {"kind": "students", "file": (io.BytesIO(LIST.encode()), "список.csv")}
    sent = good(journal.call("POST", "/imports", data=form, content_type="multipart/form-data"), 201)
    cast.ids |= {"import_": sent["id"], "digest": sent["digest"]}
    wanted = {"form": FORM, "parameters": {"class": cast.class_, "period": cast.period}}
    reports = cast.api("reports", "administrator")
    cast.ids["report"] = good(reports.post("/reports", wanted), 202)["id"]
    Desk(cast.school).work()
    _write_documents(cast)
    _hold_an_address(cast)
    _destroy(cast)


def _write_documents(cast: Cast) -> None:
    """A text for teachers and a file that are published, and a draft."""
    accounts = cast.school.accounts()
    rules = {"kind": "rules", "audience": "teachers", "title": "Положение о журнале", "asks": True}
    for name in ("document", "pdf", "draft"):
        cast.ids[name] = good(accounts.post("/documents", rules | {"text": None}), 201)["id"]
        path = f"/documents/{cast.ids[name]}"
        if name == "pdf":
            form = {"file": (io.BytesIO(b"%PDF-1.7"), "правила.pdf")}
            sent = accounts.call("POST", f"{path}/versions/pdf", data=form, content_type="multipart/form-data")
            good(sent, 201)
        else:
            good(accounts.post(f"{path}/versions", {"text": "Да."}), 201)
        if name != "draft":
            good(accounts.post(f"{path}/publish", {"number": 1}))


def _destroy(cast: Cast) -> None:
    """An act that is done, and two drafts."""
    cast.ids["act"] = ordered(cast.school, "card_views", by=cast.api("accounts", "director"))
    assert carried_out(cast.school, cast.act)["state"] == "done"
    for name in ("draft_act", "unwanted_act"):
        made = cast.school.accounts().post("/destruction-acts", {"categories": ["card_views"]})
        cast.ids[name] = good(made, 201)["id"]


class _Box(Sender):
    """Takes letters instead of a relay."""

    def __init__(self) -> None:
        super().__init__("smtp://127.0.0.1:9")
        self.letters: list[EmailMessage] = []

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        self.letters.append(message)


def _hold_an_address(cast: Cast) -> None:
    cast.suite.deliver()
    box = _Box()
    Mailer(cast.suite.services["notifications"], box).deliver_due(cast.school.id)
    body = box.letters[0].get_body(("plain",))
    assert body is not None
    token = str(body.get_content()).partition("/not-me#")[2].split()[0]
    stranger = cast.suite.api("notifications")
    assert stranger.post(f"/not-me/{token}").status_code == 204
    held = good(cast.api("notifications", "administrator").get("/held-addresses"))["items"]
    cast.ids["held_address"] = held[0]["id"]
