"""What holds of journal's rules for any mark, day, name and person."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.common.identity import Role
from services.common.policy import allows
from services.common.text import tidy
from services.journal.attendance.rules import CODES, STATUS_OF_SYMBOL, code_for, shown_code
from services.journal.calendar.rules import current, day_in, holding, year_that_holds
from services.journal.card_views.rules import table
from services.journal.classes.rules import class_name, parse_class_name
from services.journal.marks.rules import (
    HUNDREDTH,
    Cell,
    Outcome,
    Wish,
    lesson_editable,
    outcome,
    shown_average,
    weighted_average,
)
from services.journal.people.rules import folded_name, normal_email, normal_phone, short_name, sort_key, whole_name
from services.journal.period_marks.rules import allowed_symbols, proposed_mark
from services.journal.personal_data.rules import change_in_words
from services.journal.policy import POLICY, Facts, Permission
from tests.support.identities import KINDS, identities, identity

days = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
hundredths = st.integers(1, 1000).map(lambda number: Decimal(number) / 100)
marks = st.lists(st.tuples(st.sampled_from([Decimal(number) for number in range(1, 6)]), hundredths), min_size=1)
names = st.text(st.characters(categories=("Lu", "Ll")), min_size=1, max_size=12)
symbols = st.sampled_from([None, "2", "3", "4", "5"])
cells = st.builds(Cell, symbols, st.just(""), st.just(False), version=st.integers(0, 3))
wishes = st.builds(
    Wish,
    st.just(uuid.UUID(int=1)),
    st.none() | st.integers(0, 3),
    symbols,
    st.sampled_from(["", "переписал"]),
    st.booleans(),
    st.sets(st.sampled_from(["symbol", "comment", "made_up"])).map(frozenset),
)
TIES = ("teaches", "leads", "guards", "is_self", "consented")
facts = st.builds(Facts, of_staff=st.booleans(), of_illness=st.booleans(), **{tie: st.booleans() for tie in TIES})
CLASSES = [uuid.UUID(int=number) for number in range(1, 5)]


@given(marks, st.randoms(use_true_random=False), hundredths)
def test_an_average_lies_among_its_marks_in_any_order_and_unit(
    given_marks: list[tuple[Decimal, Decimal]], chance: object, unit: Decimal
) -> None:
    numbers = [number for number, _ in given_marks]
    found = weighted_average(given_marks)
    assert found is not None
    assert min(numbers) - HUNDREDTH < found < max(numbers) + HUNDREDTH
    chance.shuffle(given_marks)  # type: ignore[attr-defined]
    again = weighted_average((number, weight * unit) for number, weight in given_marks)
    assert again is not None
    assert abs(again - found) < Decimal("1e-20")
    assert abs(Decimal(shown_average(found) or "") - found) <= HUNDREDTH / 2


@given(cells, wishes)
def test_a_wish_that_was_carried_out_changes_nothing_more(cell: Cell, wish: Wish) -> None:
    symbol, comment, made_up = wish.on(cell)
    after = replace(cell, symbol=symbol, comment=comment, made_up=made_up, version=cell.version + 1)
    assert outcome(after, wish) is Outcome.UNCHANGED
    if outcome(cell, wish) is Outcome.APPLIED:
        assert wish.base_version == cell.version or (wish.base_version is None and cell.symbol is None)


@given(days, st.sampled_from(["planned", "held", "cancelled"]), days, st.booleans(), st.booleans())
def test_what_may_be_written_stays_so_tomorrow_unless_the_period_closes(
    taught_on: dt.date, status: str, today: dt.date, closed: bool, teaches: bool
) -> None:
    tomorrow = today + dt.timedelta(days=1)
    if lesson_editable(taught_on, status, today, closed, teaches):
        assert lesson_editable(taught_on, status, tomorrow, closed, teaches)
        assert not lesson_editable(taught_on, status, today, True, teaches)
        assert not lesson_editable(taught_on, status, today, closed, False)


@given(hundredths, hundredths)
def test_a_better_average_proposes_no_worse_mark(one: Decimal, other: Decimal) -> None:
    worse, better = sorted((one, other))
    assert (proposed_mark(worse, "five") or "") <= (proposed_mark(better, "five") or "")
    assert {proposed_mark(worse, "five")} <= allowed_symbols(["2", "3", "4", "5"])


@given(st.sampled_from([None, "absent", "late", "exempt"]), st.sampled_from([None, "ill", "valid", "invalid"]))
def test_who_may_not_see_illness_reads_a_valid_reason_instead(status: str | None, reason: str | None) -> None:
    full, veiled = shown_code(status, reason, True), shown_code(status, reason, False)
    assert veiled == ("УП" if full == "Б" else full)
    assert (full is None) == (status is None)
    assert full is None or full in CODES


@given(st.sampled_from(sorted(STATUS_OF_SYMBOL)), st.text(max_size=3))
def test_a_typed_letter_writes_what_is_shown_for_it(symbol: str, text: str) -> None:
    assert shown_code(code_for(symbol.lower()), None, False) == symbol
    assert code_for(text) is None or text.upper() in STATUS_OF_SYMBOL


@given(days)
def test_a_day_is_found_in_the_year_that_holds_it(day: dt.date) -> None:
    assert day_in(year_that_holds(day), (day.month, day.day)) == day


@dataclass(frozen=True)
class Stretch:
    starts_on: dt.date
    ends_on: dt.date


@given(st.lists(days, min_size=2, max_size=8, unique=True).filter(lambda found: len(found) % 2 == 0), days)
def test_a_day_in_a_period_is_of_that_period_however_they_are_listed(bounds: list[dt.date], day: dt.date) -> None:
    ordered = sorted(bounds)
    periods = [Stretch(*pair) for pair in zip(ordered[::2], ordered[1::2], strict=True)]
    held = holding(periods, day)
    assert holding(periods[::-1], day) == held
    assert current(periods[::-1], day) == current(periods, day)
    assert held is None or current(periods, day) == held


@given(
    st.integers(1, 11), st.sampled_from("АБВГДЕЖЗИКЛМНОПРСТУФХЭЮЯЁ"), st.sampled_from(["{}{}", "{} «{}»", "{}-{}"])
)
def test_the_name_of_a_class_is_read_as_it_is_written(grade: int, letter: str, form: str) -> None:
    assert parse_class_name(form.format(grade, letter.lower()))[:2] == (grade, letter)
    assert parse_class_name(class_name(grade, letter)) == (grade, letter, False)


@given(st.text(max_size=40))
def test_text_that_was_tidied_is_tidy(text: str) -> None:
    try:
        tidied = tidy(text)
    except ValueError:
        return
    assert tidy(tidied) == tidied
    assert folded_name(folded_name(tidied)) == folded_name(tidied)


@given(names, names, st.just("") | names)
def test_names_that_mean_the_same_person_fold_to_the_same(last: str, first: str, middle: str) -> None:
    whole = whole_name(last, first, middle)
    assert folded_name(last, first, middle) == folded_name(whole) == folded_name(f"  {whole.replace(' ', '   ')} ")
    assert short_name(last, first, middle).startswith(f"{last}\u00a0{first[0]}.")


@given(names, names)
def test_lists_are_in_one_order_whatever_the_case(one: str, other: str) -> None:
    assert sort_key(one, "Анна") == sort_key(one, "АННА")
    assert (sort_key(one, "") <= sort_key(other, "")) or (sort_key(other, "") <= sort_key(one, ""))
    assert sort_key("Елкин", "") < sort_key("Ёлкин", "") < sort_key("Жуков", "")


@given(st.integers(9_000_000_000, 9_999_999_999), st.sampled_from(["+7{}", "8{}", "8 ({0:.3}) {0:.0}", "7{}"]))
def test_a_phone_is_the_same_number_however_it_was_typed(number: int, form: str) -> None:
    digits = str(number)
    typed = form.format(digits) if "." not in form else f"8 ({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    assert normal_phone(typed) == normal_phone(normal_phone(typed)) == f"+7{digits}"


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,9}", fullmatch=True))
def test_an_address_is_the_same_in_any_case(box: str) -> None:
    found = normal_email(f" {box}@Example.org ")
    assert found == normal_email(found) == f"{box.lower()}@example.org"


@given(identities, st.sampled_from(KINDS), st.sampled_from(list(Permission)), facts)
def test_another_role_or_tie_takes_no_permission_away(
    roles: list[Role], kind: str, permission: Permission, known: Facts
) -> None:
    if allows(POLICY, permission, identity(roles), known):
        assert allows(POLICY, permission, identity([*roles, Role(kind)]), known)
        for tie in TIES:
            assert allows(POLICY, permission, identity(roles), replace(known, **{tie: True}))


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"))), min_size=3, max_size=3)))
def test_a_table_for_excel_keeps_every_cell_and_holds_no_formula(rows: list[list[str]]) -> None:
    made = table(("а", "б", "в"), rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(made, newline=""), delimiter=";"))
    assert read[0] == ["а", "б", "в"]
    assert read[1:] == [[f"'{cell}" if cell[:1] in set("=+-@") else cell for cell in row] for row in rows]


@given(st.sets(st.sampled_from(CLASSES), min_size=1), st.sampled_from(CLASSES), st.sampled_from(list(Permission)))
def test_a_deputy_of_some_classes_has_the_rights_of_a_deputy_there_and_no_others(
    own: set[uuid.UUID], class_id: uuid.UUID, permission: Permission
) -> None:
    of_class, of_nobody = Facts(classes=frozenset({class_id})), identity([])
    anywhere = allows(POLICY, permission, identity([Role("deputy")]), of_class)
    limited = allows(POLICY, permission, identity([Role("deputy", frozenset(own))]), of_class)
    assert limited == ((anywhere and class_id in own) or allows(POLICY, permission, of_nobody, of_class))


logged = st.dictionaries(
    st.sampled_from(["last_name", "value", "restricted", "status", "slot", "guardian_id", "of_tomorrow"]),
    st.none() | st.booleans() | st.integers(0, 1) | st.sampled_from(["Ларина", "…", "absent", ""]),
)


@given(st.none() | logged, st.none() | logged)
def test_a_change_in_words_names_every_column_but_ids_once(
    old: dict[str, object] | None, new: dict[str, object] | None
) -> None:
    words = change_in_words([old, new])
    told = words.split("; ") if words else []
    named = {name for name in {**(old or {}), **(new or {})} if name != "guardian_id"}
    if old:
        assert len(told) == len(named)
        assert all(" → " in one for one in told)
    else:
        assert len(told) == sum((new or {})[name] not in (None, "") for name in named)
    assert len({one.partition(":")[0] for one in told}) == len(told)
    assert change_in_words([old, new]) == change_in_words([dict(reversed((old or {}).items())), new])
