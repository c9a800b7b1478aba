"""What a service says a person may do at all is what its routes then allow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.common.identity import Role
from services.common.policy import allows, extents
from services.journal.policy import POLICY, Facts, Permission
from tests.support.identities import identities, identity


@given(identities, st.sampled_from(list(Permission)), st.booleans())
def test_the_navigation_agrees_with_the_routes(roles: list[Role], permission: Permission, related: bool) -> None:
    asking = identity(roles)
    said = extents(POLICY, asking, lambda _: related).get(str(permission), "")
    if said == "all":
        assert allows(POLICY, permission, asking, Facts())
    if not said and related:
        assert not allows(POLICY, permission, asking, Facts())
    if allows(POLICY, permission, asking, Facts()) and related:
        assert said
