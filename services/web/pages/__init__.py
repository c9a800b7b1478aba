"""The pages, a folder each: views and their templates."""

from __future__ import annotations

from services.web.pages.journal.views import page as journal
from services.web.pages.mail.views import page as mail
from services.web.pages.signin.views import page as signin

BLUEPRINTS = (signin, journal, mail)
