"""The journal service as a WSGI application."""

from __future__ import annotations

import flask

from services.common import app as common
from services.common.service import Service


def create_app(service: Service) -> flask.Flask:
    """Journal's public and internal routes."""
    return common.create_app(service, "Zhurnal: journal", [])
