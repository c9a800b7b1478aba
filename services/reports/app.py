"""The reports service as a WSGI application."""

from __future__ import annotations

import flask

from services.common import app as common
from services.common.service import Service
from services.reports.jobs import api as jobs


def create_app(service: Service) -> flask.Flask:
    """Reports' public routes."""
    return common.create_app(service, "Zhurnal: reports", [jobs.blp])
