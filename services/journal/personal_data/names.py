"""SQL by which rows name people, classes and pages of the journal."""

from __future__ import annotations


def whole_name(person: str) -> str:
    """«Османова Лиля Рустемовна» of a `person` alias; empty where nobody was joined."""
    return f"concat_ws(' ', {person}.last_name, {person}.first_name, nullif({person}.middle_name, ''))"


def joined_person(alias: str, row: str, column: str) -> str:
    """The card of whom a column names, if there is one: authors and viewers are kept by id alone."""
    return f" LEFT JOIN person {alias} ON {alias}.school_id = {row}.school_id AND {alias}.id = {row}.{column}"


CLASS_NAME = "concat(c.grade_level, c.letter)"
"""«8А» of `school_class c`."""

PERIOD = (
    "concat((ARRAY['I', 'II', 'III', 'IV'])[q.ordinal],"
    " CASE q.kind WHEN 'quarter' THEN ' четверть' ELSE ' полугодие' END)"
)
"""«II четверть» of `period q`."""

YEAR = "concat(extract(year FROM y.starts_on), '/', extract(year FROM y.ends_on))"
"""«2026/2027» of `school_year y`."""

_OF_COURSE = (
    " JOIN course k ON k.school_id = {row}.school_id AND k.id = {row}.course_id"
    " JOIN school_class c ON c.school_id = k.school_id AND c.id = k.class_id"
    " JOIN subject s ON s.school_id = k.school_id AND s.id = k.subject_id"
)


def joined_course(row: str) -> str:
    """Course `k`, class `c` and subject `s` of a row with `course_id`."""
    return _OF_COURSE.format(row=row)
