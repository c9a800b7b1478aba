"""The pages, a folder each: views and their templates."""

from __future__ import annotations

from services.web.pages.access.views import page as access
from services.web.pages.account.second_factor import page as second_factor
from services.web.pages.account.sign_ins import page as sign_ins
from services.web.pages.account.views import page as account
from services.web.pages.card_views.views import page as card_views
from services.web.pages.classes.views import page as classes
from services.web.pages.consent.views import page as consent
from services.web.pages.consents.paper import page as consent_papers
from services.web.pages.consents.views import page as consents
from services.web.pages.consents.writing import page as consent_forms
from services.web.pages.courses.views import page as courses
from services.web.pages.diary.views import page as diary
from services.web.pages.documents.keeping import page as documents_keeping
from services.web.pages.documents.views import page as documents
from services.web.pages.duties.views import page as duties
from services.web.pages.help.views import page as guide
from services.web.pages.home.views import page as home
from services.web.pages.imports.views import page as imports
from services.web.pages.journal.views import page as journal
from services.web.pages.journals.views import page as journals
from services.web.pages.mail.views import page as mail
from services.web.pages.people.sign_ins import page as people_sign_ins
from services.web.pages.people.views import page as people
from services.web.pages.privacy.office import page as privacy_office
from services.web.pages.privacy.views import page as privacy
from services.web.pages.reports.views import page as reports
from services.web.pages.retention.views import page as retention
from services.web.pages.schools.views import page as schools
from services.web.pages.signin.forgotten import page as forgotten
from services.web.pages.signin.views import page as signin

BLUEPRINTS = (
    signin,
    schools,
    forgotten,
    home,
    journals,
    journal,
    diary,
    consent,
    consents,
    consent_papers,
    consent_forms,
    people,
    people_sign_ins,
    access,
    privacy,
    privacy_office,
    duties,
    card_views,
    retention,
    classes,
    courses,
    imports,
    reports,
    mail,
    documents,
    documents_keeping,
    account,
    second_factor,
    sign_ins,
    guide,
)
