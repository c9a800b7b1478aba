"""Each word of each policy matters: without it some cell of the tables comes out otherwise."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest

from services.common.config import SERVICES
from services.common.policy import Policy
from tests.rights import illness, lists
from tests.rights.asking import differences, one_per_row
from tests.rights.cast import Cast
from tests.rights.matrix import rows
from tests.rights.mutants import Mutant, is_open, mutants
from tests.rights.request import Request
from tests.rights.routes import REQUESTS
from tests.rights.taking_back import Writes

ROWS = rows()
OPEN = {
    "accounts": {"CONSENT_FORMS_READ", "DOCUMENTS_READ", "OWN_SESSIONS", "SELF_READ"},
    "journal": {"SETUP_READ"},
    "notifications": {"SELF_READ"},
    "reports": {"SELF_READ"},
}
"""What whoever is signed in may do. Here the session is all that is asked for, by the route itself; the policy's line
only draws navigation, so that it has no mutants. That a stranger is refused, the matrix shows."""


SAME = {"LESSON_PLAN without the scope of deputy of the class in (deputy of the class)"}
"""What nobody of the cast can show: who sees a course and does not teach it sees it by the same scope, or as the
class teacher, who is one person and has no role beside."""


def policy_of(service: str) -> Policy:
    found: Policy = importlib.import_module(f"services.{service}.policy").POLICY
    return found


def test_only_these_permissions_are_open_to_whoever_is_signed_in() -> None:
    found = {name: {str(one) for one, said in policy_of(name).items() if is_open(said)} for name in SERVICES}
    assert found == OPEN


def nearest_first(service: str, mutant: Mutant) -> list[Request]:
    """Requests that may tell: one for each row of the permission, its others, one for each row of the service."""
    own = [one for one in REQUESTS if one.service == service and one.permission == mutant.permission]
    others = one_per_row(one for one in REQUESTS if one.service == service)
    return list(dict.fromkeys((*one_per_row(own), *own, *others)))


def is_found(cast: Cast, writes: Writes, service: str, mutant: Mutant) -> bool:
    if mutant.permission == "ILLNESS_READ":
        return any(True for _ in illness.differences(cast))
    if any(
        True
        for request in nearest_first(service, mutant)
        for _ in differences(cast, ROWS[request.row], request, writes)
    ):
        return True
    return mutant.permission == "COURSE_LIST" and any(True for _ in lists.differences(cast, "courses"))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("service", SERVICES)
def test_no_word_of_a_policy_can_be_left_out(
    cast: Cast,
    writes: Writes,
    service: str,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    policy = policy_of(service)
    tried = list(mutants(policy))
    survivors = []
    for mutant in tried:
        with monkeypatch.context() as changed:
            changed.setitem(policy, mutant.permission, mutant.alternatives)
            if not is_found(cast, writes, service, mutant):
                survivors.append(str(mutant))
    record_property(f"mutants of {service} found", f"{len(tried) - len(survivors)} of {len(tried)}")
    assert set(survivors) <= SAME, "\n".join(survivors)
