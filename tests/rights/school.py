"""The school of the matrix."""

from __future__ import annotations

from tests.rights import people
from tests.rights.cast import Cast
from tests.rights.demonstration import catch_letter
from tests.rights.things import make_things
from tests.support.school import make_school
from tests.support.suite import Suite


def make_cast(suite: Suite) -> Cast:
    """Everybody and everything."""
    cast = Cast(suite, make_school(suite))
    people.make_classes(cast)
    people.make_office(cast)
    people.make_families(cast)
    people.let_everybody_in(cast)
    people.decide(cast)
    people.write_papers(cast)
    people.set_a_factor_up(cast)
    people.ask_what_is_stored(cast)
    make_things(cast)
    people.dismiss(cast)
    people.make_another_school(cast)
    suite.deliver()
    catch_letter(cast)
    return cast
