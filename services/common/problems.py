"""What may go wrong in words of HTTP (RFC 9457), raised anywhere, answered by one handler in `app.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Problem(Exception):
    """An outcome that the caller is told as a problem document."""

    status = 500
    code = "internal"
    title = "Something went wrong"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.code = code or self.code
        self.errors = errors
        self.retry_after = retry_after
        self.extra = extra or {}

    def document(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "type": f"urn:zhurnal:problem:{self.code}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = list(self.errors)
        return body | dict(self.extra)


class NotSignedInError(Problem):
    """No token, an unknown one or one that has ended."""

    status = 401
    code = "not-signed-in"
    title = "Sign in first"


class ForbiddenError(Problem):
    """A visible object, an act that is not allowed on it."""

    status = 403
    code = "forbidden"
    title = "This is not allowed"


class NotFoundError(Problem):
    """Nothing there, or nothing that this person may know of."""

    status = 404
    code = "not-found"
    title = "Not found"


class ConflictError(Problem):
    """The act does not fit the present state."""

    status = 409
    code = "conflict"
    title = "This does not fit the present state"


class TooLargeError(Problem):
    """More than the act takes."""

    status = 413
    code = "too-large"
    title = "This is too large"


class StaleError(Problem):
    """The caller's version is not the present one."""

    status = 412
    code = "stale"
    title = "Somebody changed this meanwhile"


class PreconditionRequiredError(Problem):
    """An edit without the version that it is based on."""

    status = 428
    code = "precondition-required"
    title = "Say which version you are changing"


class UnprocessableError(Problem):
    """Well-formed, but wrong in content; `errors` say where."""

    status = 422
    code = "unprocessable"
    title = "Some values are wrong"


class TooManyRequestsError(Problem):
    """Slower, please; `retry_after` says when."""

    status = 429
    code = "too-many-requests"
    title = "Too many requests"


class UnavailableError(Problem):
    """Something this answer needs does not answer now."""

    status = 503
    code = "unavailable"
    title = "Not available just now"


class Contradiction(str):
    """A sentence about values that are good by themselves and do not go together."""

    code = "contradiction"


def wrong(pointer: str, message: str, code: str = Contradiction.code) -> UnprocessableError:
    """A 422 about one value, named by its JSON pointer: good by itself, it does not fit what else is said or stored.

    Values that are wrong by themselves are the schemas' to refuse; their code is `invalid`.
    """
    return UnprocessableError(errors=[{"pointer": pointer, "message": message, "code": code}])


def pointers(messages: Any, prefix: str = "") -> list[dict[str, Any]]:
    """Marshmallow's nested messages as a flat list of JSON pointers (RFC 6901)."""
    if isinstance(messages, Mapping):
        found: list[dict[str, Any]] = []
        for key, value in messages.items():
            found += pointers(value, prefix if key == "_schema" else pointer_to(prefix, key))
        return found
    if isinstance(messages, (list, tuple)):
        return [_entry(prefix, message) for message in messages]
    return [_entry(prefix, messages)]


def pointer_to(parent: str, key: object) -> str:
    """The JSON pointer of a member of what `parent` points to."""
    return f"{parent}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _entry(pointer: str, message: object) -> dict[str, Any]:
    return {"pointer": pointer, "message": str(message), "code": getattr(message, "code", "invalid")}
