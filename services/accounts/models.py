"""All tables of accounts in one place, for migrations and for the test that compares both."""

from services.accounts.base import Base

__all__ = ["Base"]
