"""Beginning, confirming and ending a second factor; making recovery codes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.identities.passwords import hash_password
from services.accounts.identities.rules import random_text
from services.accounts.second_factors.models import RecoveryCode, SecondFactor
from services.accounts.second_factors.queries import confirmed_factor, live_factor
from services.accounts.second_factors.rules import RECOVERY_CODES, RECOVERY_LENGTH, SELECTOR_LENGTH, matching_step
from services.common.db import new_id
from services.common.problems import ConflictError, UnavailableError
from services.common.vault import BrokenSealError, Vault


def begin_factor(
    session: Session, vault: Vault, account_id: uuid.UUID, person_id: uuid.UUID, now: dt.datetime
) -> str:
    """The secret (base32) of a factor that counts once a code of it was shown; one that was only begun is replaced.

    Raises ConflictError while another one counts.
    """
    before = live_factor(session, account_id, locked=True)
    if before is not None:
        if before.confirmed_at is not None:
            raise ConflictError("There is a second factor already; end it first.", code="factor-set")
        end_factor(session, before, person_id, now)
    secret = pyotp.random_base32()
    session.add(
        SecondFactor(
            id=new_id(),
            account_id=account_id,
            secret=vault.close(secret),
            begun_at=now,
            confirmed_at=None,
            last_step=None,
            ended_at=None,
            ended_by=None,
        )
    )
    try:
        session.flush()
    except sa.exc.IntegrityError as error:  # two at once
        raise ConflictError("Another one has just been begun.") from error
    return secret


def confirm_factor(session: Session, vault: Vault, account_id: uuid.UUID, code: str, now: dt.datetime) -> bool:
    """Whether the code was right; then the factor counts from now on. Raises ConflictError when none was begun."""
    factor = live_factor(session, account_id, locked=True)
    if factor is None or factor.secret is None or factor.confirmed_at is not None:
        raise ConflictError("No second factor was begun.", code="no-factor")
    step = matching_step(vault.open(factor.secret), code, now, None)
    if step is not None:
        factor.confirmed_at, factor.last_step = now, step
        session.flush()
    return step is not None


def use_code(session: Session, vault: Vault, account_id: uuid.UUID, code: str, now: dt.datetime) -> bool:
    """Whether this is a code of the account's factor that was not used yet; then it is used. Locks the factor.

    Raises UnavailableError when the installation has lost the secret that it was encrypted with.
    """
    factor = confirmed_factor(session, account_id, locked=True)
    if factor is None or factor.secret is None:
        return False
    try:
        secret = vault.open(factor.secret)
    except BrokenSealError as error:
        raise UnavailableError(
            "The second factor cannot be read. Use a recovery code or ask the administrator.",
            code="factor-unreadable",
        ) from error
    step = matching_step(secret, code, now, factor.last_step)
    if step is not None:
        factor.last_step = step
        session.flush()
    return step is not None


def use_recovery_code(session: Session, code_id: uuid.UUID, now: dt.datetime) -> bool:
    """Whether the code was still unused; it is no more."""
    used = session.execute(
        sa.update(RecoveryCode)
        .where(RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None), RecoveryCode.revoked_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return used.first() is not None


def draw_recovery_codes() -> dict[str, str]:
    """New codes and their hashes; slow, so outside of any transaction. The first signs of all differ."""
    codes: dict[str, str] = {}
    while len(codes) < RECOVERY_CODES:
        code = random_text(RECOVERY_LENGTH)
        codes.setdefault(code[:SELECTOR_LENGTH], code)
    return {code: hash_password(code[SELECTOR_LENGTH:]) for code in codes.values()}


def keep_recovery_codes(session: Session, account_id: uuid.UUID, hashes: Mapping[str, str], now: dt.datetime) -> None:
    """Stores new codes; earlier ones open nothing any more. Raises ConflictError without a factor."""
    factor = confirmed_factor(session, account_id, locked=True)
    if factor is None:
        raise ConflictError("There is no second factor.", code="no-factor")
    _revoke_codes(session, factor.id, now)
    for code, code_hash in hashes.items():
        session.add(
            RecoveryCode(
                id=new_id(),
                factor_id=factor.id,
                selector=code[:SELECTOR_LENGTH],
                code_hash=code_hash,
                made_at=now,
                used_at=None,
                revoked_at=None,
            )
        )
    session.flush()


def end_factor(session: Session, factor: SecondFactor, person_id: uuid.UUID, now: dt.datetime) -> None:
    """From now on the password is enough; the secret is not kept."""
    factor.ended_at, factor.ended_by, factor.secret = now, person_id, None
    _revoke_codes(session, factor.id, now)
    session.flush()


def _revoke_codes(session: Session, factor_id: uuid.UUID, now: dt.datetime) -> None:
    session.execute(
        sa.update(RecoveryCode)
        .where(RecoveryCode.factor_id == factor_id, RecoveryCode.used_at.is_(None), RecoveryCode.revoked_at.is_(None))
        .values(revoked_at=now)
    )
