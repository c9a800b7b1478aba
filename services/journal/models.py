"""All tables of journal in one place, for migrations and for the test that compares both."""

from services.journal.base import Base

__all__ = ["Base"]
