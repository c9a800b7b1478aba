"""A new password for the old one: the slow looks at both lie outside of any transaction."""

from __future__ import annotations

from services.accounts.identities.models import Account
from services.accounts.identities.passwords import hash_password, refuse_guessable
from services.accounts.identities.queries import account_by_id
from services.accounts.sessions.commands import end_sessions
from services.accounts.sessions.devices import forget_devices
from services.accounts.sessions.queries import current_session
from services.accounts.sessions.sign_in import confirmed_account
from services.accounts.sessions.visits import Visit
from services.accounts.sign_ins.commands import note
from services.accounts.sign_ins.rules import SignInKind
from services.common.db import Scope


def change_password(visit: Visit, account: Account, token: str, old: str, new: str) -> None:
    """Stores `new`, ends every other session of the account and forgets its devices.

    Raises UnprocessableError for a guessable one, ForbiddenError when `old` is wrong, TooManyRequestsError after
    too many of those.
    """
    refuse_guessable("/new_password", new)
    confirmed_account(visit, account, old)
    stored = hash_password(new)
    with visit.database.transaction(Scope(account_id=account.id, request_id=visit.request_id)) as session:
        mine = current_session(session, token, visit.now)
        account_by_id(session, account.id).password_hash = stored
        end_sessions(session, account.id, visit.now, but=mine.id)
        forget_devices(session, account.id)
        note(session, account.id, SignInKind.PASSWORD_CHANGED, visit.place, visit.now)
        mine.confirmed_at = visit.now
