"""All tables of journal in one place, for migrations and for the test that compares both."""

from services.journal.attendance import models as attendance
from services.journal.base import Base
from services.journal.calendar import models as calendar
from services.journal.card_views import models as card_views
from services.journal.classes import models as classes
from services.journal.courses import models as courses
from services.journal.imports import models as imports
from services.journal.lessons import models as lessons
from services.journal.marks import models as marks
from services.journal.people import models as people
from services.journal.period_marks import models as period_marks
from services.journal.scales import models as scales
from services.journal.schools import models as schools

__all__ = [
    "Base",
    "attendance",
    "calendar",
    "card_views",
    "classes",
    "courses",
    "imports",
    "lessons",
    "marks",
    "people",
    "period_marks",
    "scales",
    "schools",
]
