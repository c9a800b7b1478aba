"""Whom the matrix asks as, and what about."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from tests.support.school import School
from tests.support.suite import Api, Suite

TODAY = "2026-11-25"
FORM = "class_period_results"
LIST = "Класс;Фамилия;Имя;Дата рождения\r\n9Б;Рощина;Ульяна;14.03.2012\r\n"


@dataclass
class Viewer:
    """Somebody who asks: a column of the matrix."""

    name: str
    person_id: str = ""
    token: str = ""
    consent_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """A decision that he signed himself; of nothing, where he signed none."""
    session_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Cast:
    """The viewers by column, and the ids of what they ask about."""

    suite: Suite
    school: School
    viewers: dict[str, Viewer] = field(default_factory=lambda: {"nobody": Viewer("nobody")})
    ids: dict[str, str] = field(default_factory=dict)

    def api(self, service: str, viewer: str) -> Api:
        return self.suite.api(service, self.viewers[viewer].token)

    def __getattr__(self, name: str) -> str:
        """The id of a thing by its name."""
        try:
            return self.__dict__["ids"][name]
        except KeyError:
            raise AttributeError(name) from None
