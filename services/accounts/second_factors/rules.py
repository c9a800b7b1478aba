"""One-time codes by time, recovery codes, and whose role asks for them. Pure.

RFC 6238 with what every authenticator takes: SHA-1, six digits, 30 seconds. NIST SP 800-63B, 3.1.5: a code is taken
once, and one that is a step early or late is taken for the sake of clocks.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Collection

import pyotp

STEP = 30
"""Seconds for which a code is shown."""
DRIFT = 1
"""Steps by which a clock may be wrong, either way."""
RECOVERY_CODES = 10
RECOVERY_LENGTH = 12
SELECTOR_LENGTH = 4
"""Signs of a recovery code that find it; those after them prove it."""
PROOF_SECONDS = 300
"""How long the password counts as shown while the code is looked for."""
TRUSTED = dt.timedelta(days=30)
"""How long a device of one's own is not asked for a code again."""


def step_of(moment: dt.datetime) -> int:
    """The number of the 30 seconds that a moment lies in, since 1970."""
    return int(moment.timestamp()) // STEP


def matching_step(secret: str, code: str, moment: dt.datetime, last_step: int | None) -> int | None:
    """The step whose code this is, if it may be used: none that was used before, and none earlier than such."""
    totp = pyotp.TOTP(secret, interval=STEP)
    now = step_of(moment)
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        # Every one is compared, so that the time taken says nothing of which it was.
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()) and (
            last_step is None or step > last_step
        ):
            found = step
    return found


def is_recovery_code(code: str) -> bool:
    """Whether that, as it is stored, has the form of a recovery code and not of six digits."""
    return len(code) == RECOVERY_LENGTH


def withheld(held: Collection[str], demanded: Collection[str], has_factor: bool) -> frozenset[str]:
    """Of the kinds of roles that somebody holds those that do not count until there is a second factor."""
    return frozenset() if has_factor else frozenset(held) & frozenset(demanded)
