"""The pages, a folder each: views and their templates."""

from __future__ import annotations

from services.web.pages.access.views import page as access
from services.web.pages.account.second_factor import page as second_factor
from services.web.pages.account.sign_ins import page as sign_ins
from services.web.pages.account.views import page as account
from services.web.pages.classes.views import page as classes
from services.web.pages.consent.views import page as consent
from services.web.pages.courses.views import page as courses
from services.web.pages.diary.views import page as diary
from services.web.pages.help.views import page as guide
from services.web.pages.home.views import page as home
from services.web.pages.imports.views import page as imports
from services.web.pages.journal.views import page as journal
from services.web.pages.journals.views import page as journals
from services.web.pages.mail.views import page as mail
from services.web.pages.people.sign_ins import page as people_sign_ins
from services.web.pages.people.views import page as people
from services.web.pages.reports.views import page as reports
from services.web.pages.signin.forgotten import page as forgotten
from services.web.pages.signin.views import page as signin

BLUEPRINTS = (
    signin,
    forgotten,
    home,
    journals,
    journal,
    diary,
    consent,
    people,
    people_sign_ins,
    access,
    classes,
    courses,
    imports,
    reports,
    mail,
    account,
    second_factor,
    sign_ins,
    guide,
)
