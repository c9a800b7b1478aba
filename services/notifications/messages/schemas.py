"""Shapes of deliveries."""

from __future__ import annotations

import marshmallow as ma

from services.common.arguments import Integer, Schema
from services.common.paging import DEFAULT_LIMIT, MOST
from services.notifications.messages.rules import State


class DeliveriesQuestion(Schema):
    state = ma.fields.Enum(State, by_value=True, load_default=None)
    cursor = ma.fields.UUID(load_default=None)
    limit = Integer(load_default=DEFAULT_LIMIT, validate=ma.validate.Range(1, MOST))


class DeliveryOut(Schema):
    id = ma.fields.UUID()
    state = ma.fields.String()
    reason = ma.fields.String()
    address = ma.fields.String()
    guardian_ids = ma.fields.List(ma.fields.UUID())
    attempt = ma.fields.Integer()
    created_at = ma.fields.AwareDateTime()
    not_before = ma.fields.AwareDateTime()
    finished_at = ma.fields.AwareDateTime(allow_none=True)
    kind = ma.fields.String()
    student_id = ma.fields.UUID()
    taught_on = ma.fields.Date()


class DeliveriesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(DeliveryOut))
    next = ma.fields.UUID(allow_none=True)
