"""Policies with one thing less: a predicate that nobody asks, an alternative or a role that no longer opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from services.common.policy import HoldsRole, HoldsRoleOverClass, Policy, Predicate

Alternatives = tuple[tuple[Predicate, ...], ...]


@dataclass(frozen=True)
class Mutant:
    """What a permission would say."""

    permission: StrEnum
    lacks: str
    alternatives: Alternatives

    def __str__(self) -> str:
        return f"{self.permission} without {self.lacks}"


def is_open(alternatives: Alternatives) -> bool:
    """Whether it opens to whoever is signed in: then there is no statement that could be left out."""
    return [[name_of(one) for one in some] for some in alternatives] == [["anybody"]]


def mutants(policy: Policy) -> Iterator[Mutant]:
    """All of a policy."""
    for permission, alternatives in policy.items():
        if is_open(alternatives):
            continue
        for place, alternative in enumerate(alternatives):
            before, after = alternatives[:place], alternatives[place + 1 :]
            yield Mutant(permission, f"the alternative {_names(alternative)}", (*before, *after))
            for lacks, changed in _weaker(alternative):
                yield Mutant(permission, f"{lacks} in {_names(alternative)}", (*before, changed, *after))


def _weaker(alternative: tuple[Predicate, ...]) -> Iterator[tuple[str, tuple[Predicate, ...]]]:
    for place, predicate in enumerate(alternative):
        before, after = alternative[:place], alternative[place + 1 :]
        yield name_of(predicate), (*before, *after)
        if isinstance(predicate, HoldsRoleOverClass):
            yield f"the scope of {name_of(predicate)}", (*before, HoldsRole(predicate.kinds), *after)
        if isinstance(predicate, HoldsRole) and len(predicate.kinds) > 1:
            for kind in predicate.kinds:
                fewer = replace(predicate, kinds=tuple(one for one in predicate.kinds if one != kind))
                yield kind, (*before, fewer, *after)


def _names(alternative: tuple[Predicate, ...]) -> str:
    return f"({', '.join(map(name_of, alternative))})"


def name_of(predicate: Predicate) -> str:
    """As the policy writes it."""
    if isinstance(predicate, HoldsRole):
        scope = " of the class" if isinstance(predicate, HoldsRoleOverClass) else ""
        return " or ".join(predicate.kinds) + scope
    return str(getattr(predicate, "__name__", predicate))
