"""Codes by time, withheld roles and the vault: what holds for any of them."""

from __future__ import annotations

import datetime as dt

import pyotp
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.roles.rules import RoleKind
from services.accounts.second_factors.rules import (
    DRIFT,
    STEP,
    matching_step,
    step_of,
    withheld,
)
from services.common.vault import BrokenSealError, Vault

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOON = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
KINDS = st.sets(st.sampled_from(sorted(map(str, RoleKind))))


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, cut to six digits."""
    for second, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        moment = dt.datetime.fromtimestamp(second, dt.UTC)
        assert matching_step(SECRET, code, moment, None) == second // STEP


@given(st.integers(-5, 5), st.integers(-6, 6) | st.none())
def test_a_step_of_drift_either_side_and_none_that_was_taken(offset: int, last: int | None) -> None:
    now = step_of(NOON)
    code = pyotp.TOTP(SECRET).generate_otp(now + offset)
    taken = None if last is None else now + last
    fits = abs(offset) <= DRIFT and (taken is None or now + offset > taken)
    assert matching_step(SECRET, code, NOON, taken) == (now + offset if fits else None)


@given(st.text(max_size=12))
def test_what_is_no_code_matches_nothing(text: str) -> None:
    if text not in {pyotp.TOTP(SECRET).generate_otp(step_of(NOON) + offset) for offset in (-1, 0, 1)}:
        assert matching_step(SECRET, text, NOON, None) is None


@given(KINDS, KINDS, st.booleans())
def test_a_role_is_withheld_only_where_it_is_demanded_and_nothing_is_set(
    held: set[str], demanded: set[str], has_factor: bool
) -> None:
    assert withheld(held, demanded, has_factor) == (set() if has_factor else held & demanded)


def test_the_vault_opens_what_it_closed_and_nothing_else() -> None:
    old, new = Vault(["first secret"]), Vault(["second secret", "first secret"])
    closed = old.close("тайна")
    assert "тайна" not in closed
    assert old.close("тайна") != closed, "the same twice cannot be told"
    assert new.open(closed) == old.open(closed) == "тайна"
    for broken in (closed[:-4] + "AAAA", "", "nonsense", new.close("тайна")):
        with pytest.raises(BrokenSealError):
            old.open(broken)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=301), tick=False):
        with pytest.raises(BrokenSealError):
            old.open(closed, 300)
        assert old.open(closed) == "тайна"
