"""The notifications service as a WSGI application."""

from __future__ import annotations

import flask

from services.common import app as common
from services.common.service import Service
from services.notifications.addresses import api as addresses
from services.notifications.demo import api as demo
from services.notifications.messages import api as messages
from services.notifications.schools import api as schools


def create_app(service: Service) -> flask.Flask:
    """Notifications' public routes."""
    blueprints = [messages.blp, addresses.blp, schools.blp, demo.blp]
    return common.create_app(service, "Zhurnal: notifications", blueprints)
