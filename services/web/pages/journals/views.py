"""The journals this person may open, by class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import flask

from services.web.person import ask, signed_in

page = flask.Blueprint("journals", __name__)


@dataclass
class Group:
    """A class and its courses."""

    name: str
    courses: list[dict[str, Any]] = field(default_factory=list)


@page.get("/journals")
@signed_in
def journals() -> flask.typing.ResponseReturnValue:
    courses = ask("journal", "GET", "/courses")["items"]
    return flask.render_template("pages/journals/page.html", section="journals", groups=by_class(courses))


def by_class(courses: Sequence[dict[str, Any]]) -> list[Group]:
    """Courses under their class, 2А before 10А."""
    groups: dict[str, Group] = {}
    for course in sorted(courses, key=lambda one: str(one["subject"])):
        groups.setdefault(course["class_name"], Group(course["class_name"])).courses.append(course)
    return sorted(groups.values(), key=lambda group: _level(group.name))


def _level(name: str) -> tuple[int, str]:
    digits = "".join(sign for sign in name if sign.isdigit())
    return (int(digits) if digits else 0, name)
