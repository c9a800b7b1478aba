"""Every form by its id: title, parameters, what it is made from and how each format is made."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.reports.class_period_results.pdf import render_pages, render_pdf
from services.reports.class_period_results.rules import Results, results
from services.reports.class_period_results.xlsx import render_xlsx
from services.reports.snapshots.rules import class_year


@dataclass(frozen=True)
class Request:
    """What a form is made of."""

    document: Mapping[str, Any]
    """The snapshot."""
    parameters: Mapping[str, Any]
    author: str
    snapshot: str
    """SHA-256 of the snapshot's file, printed at the foot of the sheet."""


Render = Callable[[Request], bytes]
RenderPages = Callable[[Request], Sequence[bytes]]
"""The sheet's pages as PNG, to look at on a screen."""


@dataclass(frozen=True)
class Form:
    title: str
    snapshot: str
    """Kind of the snapshot."""
    version: int
    """Moves whenever the same snapshot would make other bytes."""
    parameters: tuple[str, ...]
    formats: Mapping[str, Render]
    pages: RenderPages


def _class_period(request: Request) -> Results:
    parameters = request.parameters
    return results(
        class_year(request.document),
        uuid.UUID(parameters["period"]),
        with_absences=parameters["absences"],
        with_teachers=parameters["teachers"],
    )


FORMS: Mapping[str, Form] = {
    "class_period_results": Form(
        title="Итоги успеваемости класса за учебный период",
        snapshot="class_year",
        version=2,
        parameters=("class", "period", "absences", "teachers"),
        formats={
            "pdf": lambda request: render_pdf(_class_period(request), request.author, request.snapshot),
            "xlsx": lambda request: render_xlsx(_class_period(request), request.author, request.snapshot),
        },
        pages=lambda request: render_pages(_class_period(request), request.author, request.snapshot),
    )
}

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
