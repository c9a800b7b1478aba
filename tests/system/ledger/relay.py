"""A mail relay that thinks a moment before it says 250: deaths between DATA and the answer become likely."""

from __future__ import annotations

import asyncio
from typing import Any

from aiosmtpd.handlers import Mailbox

THINKS_SECONDS = 0.03


class ThinkingMailbox(Mailbox):
    """As the sink of every suite, but slower: what it stored counts as taken before it says so."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer: str = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(THINKS_SECONDS)
        return answer
