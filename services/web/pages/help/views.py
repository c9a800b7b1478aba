"""A short guide, the same place on every page."""

from __future__ import annotations

import flask

from services.web.clients import ApiError
from services.web.person import asker, person, public

page = flask.Blueprint("help", __name__)


@page.get("/help")
@public
def guide() -> flask.typing.ResponseReturnValue:
    if asker().token:
        try:
            person()
        except ApiError:
            # Help is for those who cannot sign in, too.
            flask.current_app.logger.debug("help without a person")
    return flask.render_template("pages/help/page.html", section="help")
