"""Scales and work types that a school begins with; all of them are rows that it may change."""

from __future__ import annotations

from decimal import Decimal

SCALES: dict[str, tuple[str, list[tuple[str, str | None]]]] = {
    "five": ("Пятибалльная", [("5", "5"), ("4", "4"), ("3", "3"), ("2", "2"), ("1", "1")]),
    "pass_fail": ("Зачёт", [("зч", None), ("нз", None)]),
    "no_mark": ("Безотметочная", []),
}
"""Code -> title and symbols with their numbers."""

WORK_TYPES: list[tuple[str, str, str, Decimal]] = [
    ("answer", "Ответ на уроке", "", Decimal("1")),
    ("homework", "Домашнее задание", "ДЗ", Decimal("1")),
    ("test", "Контрольная работа", "КР", Decimal("2")),
    ("independent", "Самостоятельная работа", "СР", Decimal("1.5")),
    ("dictation", "Диктант", "Д", Decimal("1.5")),
    ("lab", "Лабораторная работа", "Лаб", Decimal("1.5")),
    ("practical", "Практическая работа", "ПР", Decimal("1.5")),
    ("project", "Проект", "Пр", Decimal("2")),
    ("essay", "Сочинение", "Соч", Decimal("2")),
    ("exposition", "Изложение", "Изл", Decimal("2")),
    ("credit", "Зачёт", "Зач", Decimal("2")),
    ("quiz", "Проверочная работа", "Пров", Decimal("1.5")),
    ("recitation", "Чтение наизусть", "Наиз", Decimal("1")),
    ("report", "Доклад, презентация", "Докл", Decimal("1")),
    ("exam", "Экзамен", "Экз", Decimal("3")),
]
"""Code, title, short title in a column's head, weight."""
