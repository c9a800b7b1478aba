"""The event stream between services: nothing lost, nothing twice.

Producer: `publish` -> outbox -> numbered after commit under the lock of `stream` -> one batch in flight per
consumer. Consumer: cursor row locked, what follows applied in the same transaction, answered. The queue in
between may lose, repeat or reorder; the databases do not.
"""

from services.common.events.comparing import state_digest
from services.common.events.copies import Copied, StateHandler, kept_in, school_row
from services.common.events.publishing import Event, EventData, publish
from services.common.events.rebuilding import state_page
from services.common.events.receiving import Handler, Subscriptions

__all__ = [
    "Copied",
    "Event",
    "EventData",
    "Handler",
    "StateHandler",
    "Subscriptions",
    "kept_in",
    "publish",
    "school_row",
    "state_digest",
    "state_page",
]
