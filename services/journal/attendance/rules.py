"""The shown code of attendance: a pure function of the teacher's fact, the reason, and who looks."""

from __future__ import annotations

SYMBOL_OF_STATUS = {"absent": "Н", "late": "ОП", "exempt": "ОСВ"}
STATUS_OF_SYMBOL = {symbol: status for status, symbol in SYMBOL_OF_STATUS.items()}
_SYMBOL_OF_REASON = {"ill": "Б", "valid": "УП", "invalid": "НП"}

CODES = frozenset({*SYMBOL_OF_STATUS.values(), *_SYMBOL_OF_REASON.values()})
"""Every code that may be shown in a cell of attendance."""


def shown_code(status: str | None, reason: str | None, sees_illness: bool) -> str | None:
    """Code of a pupil in a lesson; None when present.

    An absence without a reason is Н, with one Б, УП or НП; who may not see illness reads УП for Б. Late (ОП)
    and exempt (ОСВ) pupils were there: a reason changes nothing.
    """
    if status is None:
        return None
    if status != "absent" or reason is None:
        return SYMBOL_OF_STATUS[status]
    symbol = _SYMBOL_OF_REASON[reason]
    return symbol if sees_illness or symbol != "Б" else "УП"


def code_for(symbol: str) -> str | None:
    """Status that a typed letter writes; None for a letter that is no fact of the teacher's."""
    return STATUS_OF_SYMBOL.get(symbol.upper())
