"""A one-time code or a recovery code that was shown; the slow look at a hash lies outside of any transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import Enum

from services.accounts.identities.passwords import matches
from services.accounts.identities.rules import normalized
from services.accounts.second_factors.commands import use_code, use_recovery_code
from services.accounts.second_factors.queries import confirmed_factor, recovery_code
from services.accounts.second_factors.rules import SELECTOR_LENGTH, is_recovery_code
from services.common.db import Database, Scope
from services.common.vault import Vault


class Shown(Enum):
    """What proved right."""

    NOTHING = 0
    CODE = 1
    RECOVERY_CODE = 2


def prove(database: Database, vault: Vault, account_id: uuid.UUID, typed: str, now: dt.datetime) -> Shown:
    """What was typed, used up if it is right. The caller counts tries. Raises UnavailableError as `use_code` does."""
    code = normalized(typed)
    if not is_recovery_code(code):
        with database.transaction(Scope()) as session:
            return Shown.CODE if use_code(session, vault, account_id, code, now) else Shown.NOTHING
    with database.read(Scope()) as session:
        factor = confirmed_factor(session, account_id)
        found = recovery_code(session, factor.id, code[:SELECTOR_LENGTH]) if factor else None
    if not matches(found.code_hash if found else None, code[SELECTOR_LENGTH:]) or found is None:
        return Shown.NOTHING
    with database.transaction(Scope()) as session:
        return Shown.RECOVERY_CODE if use_recovery_code(session, found.id, now) else Shown.NOTHING
