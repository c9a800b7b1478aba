"""An authenticator in somebody's hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyotp
import time_machine
from werkzeug.test import TestResponse

from tests.accounts.answers import PASSWORD, ok
from tests.support.suite import Api

if TYPE_CHECKING:
    from tests.accounts.conftest import School


@dataclass
class Phone:
    """Shows codes of a factor that was set with it, each one once, by a clock that the test moves."""

    school: School
    clock: time_machine.Traveller
    web: dict[str, str]
    secret: str = ""
    recovery_codes: list[str] = field(default_factory=list)

    def code(self) -> str:
        """One that was not shown before."""
        self.clock.shift(30)
        return pyotp.TOTP(self.secret).now()

    def begin(self, api: Api) -> str:
        self.secret = ok(api.post("/second-factors", headers=self.web), 201)["secret"]
        return self.secret

    def set_up(self, api: Api) -> None:
        self.begin(api)
        confirmed = api.post("/second-factors/confirm", {"otp": self.code()}, headers=self.web)
        self.recovery_codes = ok(confirmed)["recovery_codes"]

    def sign_in(self, login: str = "", **more: object) -> TestResponse:
        """With the password, and what else is given."""
        body = {"login": login or self.school.made.login, "password": PASSWORD, **more}
        return self.school.api().post("/sessions", body, headers=self.web)

    def second_step(self, proof: str, otp: str, **more: object) -> TestResponse:
        return self.school.api().post("/sessions/second-step", {"proof": proof, "otp": otp, **more}, headers=self.web)
