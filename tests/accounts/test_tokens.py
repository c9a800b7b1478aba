"""What a session's token is made of."""

from __future__ import annotations

from base64 import urlsafe_b64decode

from tests.accounts.answers import PASSWORD, ok
from tests.accounts.conftest import School


def test_each_sign_in_draws_256_bits_anew(school: School, from_web: dict[str, str]) -> None:
    body = {"login": school.made.login, "password": PASSWORD}
    tokens = [ok(school.api().post("/sessions", body, headers=from_web), 201)["token"] for _ in range(3)]
    drawn = [urlsafe_b64decode(token.removeprefix("zh_") + "=") for token in tokens]
    assert {len(one) for one in drawn} == {32}
    assert len({byte for one in drawn for byte in one}) > 48, "as chance has it: 96 bytes of 256"
    assert len(set(drawn)) == 3
