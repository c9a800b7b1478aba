"""Class lists as schools keep them, each with the addresses that may be written to."""

from __future__ import annotations

from dataclasses import dataclass

_HEADERS = (
    "Класс;Фамилия;Имя;Отчество;Дата рождения;Пол;№ личного дела;Дата зачисления;Приказ №;Родитель 1 ФИО;Родство 1;"
    "Телефон 1;E-mail 1;Согласие 1;Родитель 2 ФИО;Родство 2;Телефон 2;E-mail 2;Согласие 2"
)


@dataclass(frozen=True)
class ClassList:
    """A file, the class in it, its pupils and who of their guardians said «да» and can be written to."""

    data: bytes
    class_name: str
    pupils: int
    consented: frozenset[str]
    birth_dates: dict[str, str]
    """By address of a guardian, a child's birth date as ISO."""


def two_guardians(domain: str) -> ClassList:
    """As Russian Excel writes it: Windows-1251, semicolons, CRLF, a consent per guardian."""
    rows = [
        "7В;Рощина;Ульяна;Олеговна;14.03.2013;ж;Р-101;01.09.2025;45-к;Рощин Олег Юрьевич;отец;+7 900 000-11-01;"
        f"roschin@{domain};да;Рощина Инна Павловна;мать;8 (900) 0001102;roschina@{domain};нет",
        "7В;Ёлкин;Тимур;;02.11.2012;м;Е-017;01.09.2025;45-к;Ёлкина Нина Ильинична;мать;+79000001103;"
        f"elkina@{domain};да;;;;;",
        "7 «В»;О’Брайен;Дина;Павловна;30.01.2013;ж;О-003;01.09.2025;45-к;О’Брайен Павел Андреевич;отец;;;;;;;;",
    ]
    return ClassList(
        "".join(f"{line}\r\n" for line in (_HEADERS, *rows)).encode("cp1251"),
        "7В",
        3,
        frozenset({f"roschin@{domain}", f"elkina@{domain}"}),
        {f"roschin@{domain}": "2013-03-14", f"elkina@{domain}": "2012-11-02"},
    )


_SURNAMES = (
    *("Абрикосов", "Быстров", "Вересов", "Гнездилов", "Дроздецкий", "Еловиков", "Жаворонков", "Зимородков"),
    *("Ивняков", "Кедров", "Лисичкин", "Малинников", "Незабудкин", "Облепихин", "Подснежников", "Ракитин"),
    *("Снегирёв", "Тополев", "Укропов", "Фиалкин", "Хвощёв", "Цветков", "Черёмухин", "Шиповников"),
    *("Щеглов", "Эдельвейс", "Юркин", "Ясенев", "Осокин", "Клеверов"),
)
_OTHER_HEADERS = "№ п/п\tФИО обучающегося\tДата рожд.\tКласс\tМать\tТел.\tЭл. почта\tСогласие"


def thirty_four(domain: str) -> ClassList:
    """34 pupils of 5А: names in one column, one guardian each, other words for everything, UTF-8 with tabs.

    Siblings with one mother, two namesakes with different birth dates, consents given by a date, a mother who agrees
    and has no address, «5А» with a Latin A, blank rows and a total at the end.
    """
    lines = [
        "Список обучающихся 5 класса",
        "",
        "№ п/п\tФИО обучающегося\tДата рожд.\tКласс\tМать\tТел.\tЭл. почта\tСогласие",
    ]
    consented: dict[str, str] = {}
    number = 0

    def add(name: str, day: str, mother: str, address: str, consent: str, class_name: str = "5А") -> None:
        nonlocal number
        number += 1
        phone = f"8-900-000-{number:02}-77"
        lines.append(f"{number}\t{name}\t{day}\t{class_name}\t{mother}\t{phone}\t{address}\t{consent}")
        if address and consent not in ("нет", ""):
            consented.setdefault(address, "-".join(reversed(day.split("."))))

    for index, surname in enumerate(_SURNAMES):
        consent = ("да", "нет", "02.09.2026", "", "Да")[index % 5]
        day = f"{index % 27 + 1:02}.{index % 12 + 1:02}.2015"
        mother = f"{surname}а Ирина Львовна"
        add(f"{surname} Глеб", day, mother, f"family{index:02}@{domain}", consent, "5A" if index == 7 else "5А")
    siblings = ("Двойников Пётр Ильич", "Двойникова Анна Ильинична")
    for name in siblings:
        add(name, "11.06.2015", "Двойникова Ольга Петровна", f"twins@{domain}", "да")
        lines[-1] = lines[-1].replace(f"8-900-000-{number:02}-77", "8-900-000-99-77")
    add("Ясенев Глеб", "03.03.2015", "Ясенева Раиса Павловна", f"namesake@{domain}", "да")
    add("Одинцов Марк", "04.04.2015", "Одинцова Вера Ильинична", "", "да")
    lines += ["", "\t\t\t\t\t\t\t", f"Итого: {number}\t\t\t\t\t\t\t"]
    return ClassList(
        "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig"), "5А", number, frozenset(consented), consented
    )
