"""What is written down of a sign-in, and how much of an address. Pure."""

from __future__ import annotations

import ipaddress
from enum import StrEnum


class SignInKind(StrEnum):
    """What happened."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of an event
    WRONG_CODE = "wrong_code"
    DELAYED = "delayed"
    FACTOR_SET = "factor_set"
    FACTOR_ENDED = "factor_ended"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an event
    RESET_ASKED = "reset_asked"
    SESSION_ENDED = "session_ended"
    DEVICE_FORGOTTEN = "device_forgotten"
    SLIP_USED = "slip_used"
    SCHOOL_CHANGED = "school_changed"


def coarse_network(address: str) -> str:
    """The neighbourhood of an address, enough to tell "at home" from "elsewhere": /24 of IPv4, /48 of IPv6.

    Empty for what is no address.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))
