"""Producers say what the samples say, and consumers understand the samples."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import importlib.util
import types
import typing
import uuid
from typing import Any

import pytest

from services.common.clock import now
from services.common.config import SERVICES
from services.common.db import Scope
from services.common.events import Event
from tests.contracts.events import FOLDER, published, sample
from tests.support.school import School

_NONE = types.NoneType
_JSON: dict[Any, type[Any]] = {uuid.UUID: str, dt.date: str, str: str, int: int, bool: bool, _NONE: _NONE}


def _values(hint: Any) -> set[type[Any]]:
    """Kinds of JSON value that a field of this type becomes."""
    if typing.get_origin(hint) is tuple:
        return {list}
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return {value for part in typing.get_args(hint) for value in _values(part)}
    return {_JSON[hint]}


def test_each_type_has_a_sample_and_no_sample_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {event.type for event in published()}


@pytest.mark.parametrize("event", list(published()), ids=lambda event: event.type)
def test_what_is_published_is_what_the_sample_shows(event: type[Any]) -> None:
    told = sample(event.type)
    hints = typing.get_type_hints(event)
    fields = {field.name.rstrip("_"): _values(hints[field.name]) for field in dataclasses.fields(event)}
    assert {name: type(told[name]) for name in fields if type(told.get(name)) not in fields[name]} == {}
    assert set(told) == set(fields)


CONSUMED = [
    (service, event_type)
    for service in SERVICES
    if importlib.util.find_spec(f"services.{service}.subscriptions")
    for event_type in importlib.import_module(f"services.{service}.subscriptions").HANDLERS
]


@pytest.mark.parametrize(("service", "event_type"), CONSUMED)
def test_a_consumer_understands_the_sample(service: str, event_type: str, school: School) -> None:
    """With nothing known beforehand, as when events come from before a consumer's time."""
    handler = importlib.import_module(f"services.{service}.subscriptions").HANDLERS[event_type]
    data = sample(event_type)
    if "school_id" in data:
        data["school_id"] = str(school.id)
    source = event_type.partition(".")[0]
    event = Event(source, "1:1:1:1:1", 1, school.id, event_type, "of:the-sample", "user", now(), "of-the-test", data)
    database = school.suite.services[service].database
    with database.transaction(Scope(school_id=school.id, actor=f"service:{source}")) as session:
        handler(session, event)
        session.flush()
        session.rollback()
