"""A new password for the old one: the slow looks at both lie outside of any transaction."""

from __future__ import annotations

import datetime as dt

from services.accounts.identities.passwords import hash_password, refuse_guessable
from services.accounts.identities.queries import account_by_id
from services.accounts.sessions.commands import end_sessions
from services.accounts.sessions.queries import current_session
from services.accounts.sessions.sign_in import Door, confirmed_account
from services.common.db import Database, Scope


def change_password(
    database: Database, token: str, old: str, new: str, door: Door, now: dt.datetime, request_id: str
) -> None:
    """Stores `new` and ends every other session of the account.

    Raises UnprocessableError for a guessable one, ForbiddenError when `old` is wrong, TooManyRequestsError after
    too many of those.
    """
    refuse_guessable("/new_password", new)
    with database.read(Scope()) as session:
        account_id = current_session(session, token, now).account_id
    confirmed_account(database, account_id, old, door, now)
    stored = hash_password(new)
    with database.transaction(Scope(account_id=account_id, request_id=request_id)) as session:
        mine = current_session(session, token, now)
        account_by_id(session, account_id).password_hash = stored
        end_sessions(session, account_id, now, but=mine.id)
        mine.confirmed_at = now
