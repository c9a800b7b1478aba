"""Digits are read, and only digits; lines are tidied once."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from services.common.text import tidy_lines, whole_number


@given(st.integers(0, 999_999_999))
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    assert whole_number(str(number)) == number


@given(st.text(max_size=12))
@example("²")
@example("9" * 10_000)
@example("-1")
@example("1\n")
def test_what_is_no_number_is_none_and_never_a_failure(text: str) -> None:
    read = whole_number(text)
    assert read is None or str(read) == text.lstrip("0") or set(text) == {"0"}


@given(st.text(max_size=60))
def test_lines_that_were_tidied_are_tidy(text: str) -> None:
    try:
        tidied = tidy_lines(text)
    except ValueError:
        return
    assert tidy_lines(tidied) == tidied
    assert tidied.split() == unicodedata.normalize("NFC", text).split()
