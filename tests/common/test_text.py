"""Digits are read, and only digits."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from services.common.text import whole_number


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
