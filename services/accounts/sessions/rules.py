"""How long a session lives, and how long a wrong password must wait."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable

IDLE = dt.timedelta(minutes=30)
IDLE_TRUSTED = dt.timedelta(days=30)
LONGEST = dt.timedelta(hours=12)
LONGEST_TRUSTED = dt.timedelta(days=90)
SEEN_STEP = dt.timedelta(minutes=1)
CONFIRMED = dt.timedelta(minutes=10)

FREE_FAILURES = 5
LONGEST_DELAY = dt.timedelta(minutes=5)
COUNTED = dt.timedelta(days=1)
ADDRESS_LOGINS = 100
"""So many logins may fail at one address within the window, each as often as its own delay lets it."""
ADDRESS_CODES = 1000
"""The same of codes from slips: 60 bits each, and a whole school types them on its first day."""
ADDRESS_RESETS = 30
ADDRESS_WINDOW = dt.timedelta(minutes=10)
ADDRESS_KNOWN = dt.timedelta(days=90)
"""How long an address is familiar to the account that signed in there."""
DEVICE_FAILURES = 10


def idle_time(trusted: bool) -> dt.timedelta:
    """How long a session lives without being used."""
    return IDLE_TRUSTED if trusted else IDLE


def longest_time(trusted: bool) -> dt.timedelta:
    """How long a session lives at all."""
    return LONGEST_TRUSTED if trusted else LONGEST


def delay_after(failures: int) -> dt.timedelta:
    """What an account must wait after so many failed attempts: nothing for five, then 2, 4, 8 … s."""
    if failures < FREE_FAILURES:
        return dt.timedelta()
    return min(LONGEST_DELAY, dt.timedelta(seconds=2 ** min(failures - FREE_FAILURES + 1, 30)))


def address_delay(failed: Iterable[dt.datetime], now: dt.datetime, most: int = ADDRESS_LOGINS) -> dt.timedelta:
    """What a stranger at an address must wait, from when each login that is a stranger there failed last.

    It is logins that are counted, not tries: a class of thirty that mistypes four times each is thirty, and a list of
    guesses at one login is held back by that login's own delay. What is left to one who goes through many logins is a
    hundred of them in ten minutes.
    """
    recent = sorted((at for at in failed if at > now - ADDRESS_WINDOW), reverse=True)
    return recent[most - 1] + ADDRESS_WINDOW - now if len(recent) >= most else dt.timedelta()


def network_of(address: str) -> str:
    """What counts as one address: an IPv6 customer has a whole /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{address.split('%')[0]}/64", strict=False))
    return str(parsed)


def forwarded_for(header: str) -> str | None:
    """The browser's address in a `Forwarded` header (RFC 7239): of the first hop, without port."""
    for part in header.split(",")[0].split(";"):
        name, _, value = part.strip().partition("=")
        if name.lower() != "for":
            continue
        value = value.strip('"')
        if value.startswith("["):
            return value[1:].partition("]")[0]
        return value.partition(":")[0] if value.count(":") == 1 else value
    return None
