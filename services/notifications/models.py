"""All tables of notifications in one place, for migrations and for the test that compares both."""

from services.notifications.base import Base

__all__ = ["Base"]
