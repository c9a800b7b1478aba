"""All tables of notifications in one place, for migrations and for the test that compares both."""

from services.notifications.addresses.models import HeldAddress
from services.notifications.base import Base
from services.notifications.messages.models import Absence, Delivery, Message
from services.notifications.people.models import Guardianship, Person
from services.notifications.schools.models import MailSetting, School

__all__ = [
    "Absence",
    "Base",
    "Delivery",
    "Guardianship",
    "HeldAddress",
    "MailSetting",
    "Message",
    "Person",
    "School",
]
