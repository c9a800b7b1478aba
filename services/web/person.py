"""Who looks at a page, and the questions that are put in that person's name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import flask

from services.common.config import SERVICES
from services.web.clients import ApiError, Asker, Backend, Json, SilentError

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Child:
    """A pupil whom this person guards."""

    id: str
    name: str
    class_name: str
    reads_diary: bool
    came_in: tuple[Mapping[str, Any], ...] = ()
    """Other guardians who signed in by a slip lately: name, relation, at."""

    @property
    def first_name(self) -> str:
        """Of a full name, which begins with the surname."""
        return " ".join(self.name.split()[1:2]) or self.name


@dataclass(frozen=True)
class Person:
    """The signed-in person in the present school."""

    id: str
    name: str
    school_id: str
    school: str
    zone: str
    kinds: frozenset[str]
    children: tuple[Child, ...]
    schools: tuple[Mapping[str, Any], ...]
    """Every school of the account: id, name."""
    permissions: Mapping[str, str]
    """Name -> all or some; draws navigation and nothing else."""
    documents_waiting: int = 0
    """Documents of the school that this person is asked to read and accept."""
    privacy: Mapping[str, int] | None = None
    """Requests about personal data that wait for this person's answer: open, soon, overdue."""
    withheld: bool = False
    """A role of this person counts only once there is a second factor."""

    @property
    def short_name(self) -> str:
        """Family name and initials, held together by no-break spaces."""
        family, *others = self.name.split() or [""]
        return "\u00a0".join([family, *(f"{other[0]}." for other in others)])

    def may(self, *permissions: str) -> bool:
        """Whether one of these acts is possible at least somewhere."""
        return any(permission in self.permissions for permission in permissions)


def backend() -> Backend:
    return cast(Backend, flask.current_app.extensions["web.backend"])


def asker() -> Asker:
    return cast(Asker, flask.g.asker)


def ask(service: str, method: str, path: str, **arguments: Any) -> Json:
    """The JSON that a service answered to this person. Raises ApiError."""
    return backend().ask(asker(), service, method, path, **arguments).json


def person() -> Person:
    """The signed-in person. Raises ApiError(401) when nobody is."""
    if "person" not in flask.g:
        flask.g.person = _load()
    return cast(Person, flask.g.person)


def person_or_none() -> Person | None:
    """The person, if the page has asked already."""
    return cast(Person | None, flask.g.get("person"))


def signed_in(view: View) -> View:
    """A page for somebody in particular: without a session it leads to sign-in and back."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        person()
        return view(*args, **kwargs)

    guarded.access = "signed in"  # type: ignore[attr-defined]
    return cast(View, guarded)


def allowed(*permissions: str) -> Callable[[View], View]:
    """A page for who may do any of these: others need not fill in a form to learn that they may not.

    While a service is silent nobody knows, and the form is shown; the service decides about what is sent.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not person().may(*permissions) and not flask.g.get("silent"):
                raise ApiError(403, {"title": "Forbidden"})
            return view(*args, **kwargs)

        return signed_in(cast(View, guarded))

    return decorate


def public(view: View) -> View:
    """A page for everybody."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def forget_rights() -> None:
    """The next page asks anew what this person may do."""
    backend().forget(asker().token)


def _load() -> Person:
    if not asker().token:
        raise ApiError(401, {"title": "Not signed in"})
    me = backend().kept(asker(), "accounts", "/me")
    return person_from(me, _permissions())


def person_from(me: Mapping[str, Any], permissions: Mapping[str, str]) -> Person:
    """Reads the answer of `/me`."""
    return Person(
        id=me["person"]["id"],
        name=me["person"]["name"],
        school_id=me["school"]["id"],
        school=me["school"]["name"],
        zone=me["school"]["zone"],
        kinds=frozenset(me["kinds"]),
        children=tuple(_child(child) for child in me.get("children", ())),
        schools=tuple(me["schools"]),
        permissions=permissions,
        documents_waiting=me.get("documents_waiting", 0),
        privacy=me["privacy"]["to_answer"],
        withheld=bool(me.get("withheld_roles")),
    )


def _child(child: Mapping[str, Any]) -> Child:
    return Child(
        id=child["student_id"],
        name=child["name"],
        class_name=child.get("class") or "",
        reads_diary=child["consent"].get("diary") == "given",
        came_in=tuple(child.get("came_in", ())),
    )


def _permissions() -> dict[str, str]:
    """What every service that answers says; a silent one takes its links out of the navigation, not the page."""
    together: dict[str, str] = {}
    for service in SERVICES:
        try:
            together |= backend().kept(asker(), service, "/permissions")["permissions"]
        except SilentError:
            flask.g.setdefault("silent", set()).add(service)
    return together
