"""How people read the states of letters. Pure."""

from __future__ import annotations

KIND = {"mark": "отметка", "absence": "пропуск уроков"}
STATE = {
    "pending": "ждёт отправки",
    "running": "отправляется",
    "held": "отложено",
    "done": "отправлено",
    "failed": "не принято почтой",
    "not_consented": "не отправлено",
    "replaced": "заменено",
}
_REASON = {
    "": "",
    "given": "согласие дано",
    "missing": "решение не принято",
    "diary_missing": "решение о дневнике не принято",
    "refused": "отказ от писем",
    "diary_refused": "отказ от дневника",
    "withdrawn": "согласие на письма отозвано",
    "diary_withdrawn": "согласие на дневник отозвано",
    "expired": "согласие на письма истекло",
    "diary_expired": "согласие на дневник истекло",
    "disputed": "согласие на письма оспорено",
    "diary_disputed": "согласие на дневник оспорено",
    "not a guardian now": "не представитель",
    "address held": "адрес остановлен по ссылке из письма",
    "undecided": "решение неизвестно",
    "nobody": "некому",
    "nothing to tell": "нечего сообщать",
    "changed before it was handed over": "изменилось до отправки",
    "slow relay": "почта не успевает",
    "relay silent": "почта не отвечает",
}
_RELAY_SAID = "relay said "


def reason_in_words(reason: str) -> str:
    """Why a letter stands as it does; a reason without words of its own is shown as it is kept."""
    if reason.startswith(_RELAY_SAID):
        return f"почта ответила {reason.removeprefix(_RELAY_SAID)}"
    return _REASON.get(reason, reason)
