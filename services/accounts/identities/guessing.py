"""Passwords that somebody guesses. Pure.

NIST SP 800-63B, 3.1.1.2, and OWASP ASVS 5.0, V6.2: a new password is held against those that everybody uses, and
against words of the place; beside its length nothing else is asked of it.
"""

from __future__ import annotations

from pathlib import Path

from zxcvbn import zxcvbn

_ENOUGH = 2
"""Of zxcvbn's scores: more than a million guesses. Tries at the door are slowed down after five."""
_RATED = 72
"""Characters; it takes no more."""

_PLACE = (
    "zhurnal", "jurnal", "dnevnik", "shkola", "school", "parol", "privet", "lyubov", "uchitel", "direktor", "zavuch",
)  # fmt: skip
"""Words of the place, as one types them in Latin letters."""

_KEYS = str.maketrans(
    "йцукенгшщзхъфывапролджэячсмитьбюё",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`",
)


def _pressed(text: str) -> str:
    return "".join(text.casefold().split()).translate(_KEYS)


_RUSSIAN = (Path(__file__).parent / "words.txt").read_text().split()
"""What Russian passwords are made of, the likeliest first; English words come with the library."""
_WORDS = [*map(str, range(2020, 2040)), *map(_pressed, _RUSSIAN), *_PLACE]
"""Years, too: the library knows them up to 2019."""


def is_guessable(password: str) -> bool:
    """Whether a program finds it soon: common words of both languages, runs of keys, repetitions, years.

    Judged by the keys that are pressed, spaces left out: «йцукен» is qwerty, «пароль» typed without switching gfhjkm.
    """
    return bool(zxcvbn(_pressed(password)[:_RATED], user_inputs=_WORDS)["score"] < _ENOUGH)
