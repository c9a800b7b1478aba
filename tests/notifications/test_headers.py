"""Headers survive their way: what was written is what a mail program shows."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import string
from email.header import decode_header, make_header
from email.utils import parseaddr

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.messages.letters import Letter, subject_line, write

RUSSIAN = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя"
names = st.text(RUSSIAN + string.ascii_letters, min_size=1, max_size=30)
schools = st.lists(st.text(RUSSIAN + string.digits + '№«»().,"\\', min_size=1, max_size=20), min_size=1, max_size=8)


def _on_its_way(name: str, day: dt.date, school: str) -> bytes:
    letter = Letter(name, "Новая отметка", (("Отметка", "5"),))
    message = write(
        letter, day, school=school, diary_url="http://s/diary", not_me_url="http://s/not-me", sender="j@s.example",
        recipient="m@mail.example", message_id="<1@s.example>", date="Thu, 26 Nov 2026 07:44:54 +0000",
    )  # fmt: skip
    return message.as_bytes()


@given(names, st.dates(dt.date(2026, 9, 1), dt.date(2027, 5, 31)), schools)
def test_subject_and_sender_are_read_as_they_were_written(name: str, day: dt.date, words: list[str]) -> None:
    sent = _on_its_way(name, day, " ".join(words))
    read = email.message_from_bytes(sent, policy=email.policy.default)
    assert read["Subject"] == subject_line(Letter(name, "", ()), day)
    # The library's newer parser puts a space between encoded words of a name, where the standard says none.
    name_of_sender, address = parseaddr(email.message_from_bytes(sent)["From"])
    assert (str(make_header(decode_header(name_of_sender))), address) == (
        f"Журнал · {' '.join(words)}",
        "j@s.example",
    )
    head = sent.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if b"boundary" not in line)
    assert all(len(word) <= 75 for word in head.split() if word.startswith(b"=?"))


def test_no_space_goes_lost_where_a_line_ends_between_two_words() -> None:
    read = email.message_from_bytes(
        _on_its_way("Мария", dt.date(2026, 11, 5), "Школа № 25"), policy=email.policy.default
    )
    assert read["Subject"] == "Мария: новое в дневнике за 5 ноября"
