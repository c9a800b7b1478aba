"""Names that nobody has by more than chance, and how they bend. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass


def _words(text: str) -> list[str]:
    return text.split()


_SURNAMES = _words("""
Абрикосов Аверин Аметов Барсуков Бекиров Берёзкин Бобров Бойко Бояринов Васильков Велиев Верба Ветров Волошин
Воронов Галкин Гончаренко Горохов Грачёв Гусев Дёмин Джелялов Дроздов Дубинин Дягилев Ежов Ермолов Жаворонков
Журавлёв Зайцев Зверев Земляникин Зимин Зорин Ибрагимов Ивушкин Ильин Калинин Каменев Камышев Карпенко Клёнов
Ковалёв Козлов Колосков Копылов Коротков Кравец Крылов Кузнецов Лаврентьев Лебедев Лесков Липатов Лисицын Лозовой
Луговой Макаров Малинин Медведев Мельников Меметов Мороз Муравьёв Мустафаев Нечаев Никифоров Новиков Облаков
Озеров Окунев Османов Осокин Павлов Пастухов Перов Петренко Полевой Полынин Поляков Пшеничный Ракитин Рогов Родников
Романенко Рябинин Савельев Садовников Сафонов Сеитов Синицын Скворцов Снегирёв Соболев Соколов Соловьёв Сосновский
Степной Стрельцов Тарасенко Тихонов Топольский Туманов Умеров Уткин Филатов Фомин Халилов Хворостов Цветков Чайкин
Черемухин Чижов Шевченко Шелестов Шишкин Щеглов Эмиров Юдин Юсупов Яблонский Якименко Ясенев
""")
_BOYS = _words("""
Александр Алексей Алим Андрей Артём Богдан Вадим Василий Виктор Глеб Григорий Даниил Денис Дмитрий Евгений Егор
Иван Игорь Илья Кирилл Константин Лев Максим Марк Матвей Михаил Никита Николай Олег Павел Пётр Роман Рустем Савелий
Семён Сергей Степан Тимофей Тимур Фёдор Эмир Юрий Ярослав
""")
_GIRLS = _words("""
Алина Алиса Анастасия Анна Арина Валерия Варвара Василиса Вера Вероника Виктория Дарья Диана Ева Екатерина Елена
Елизавета Зарема Злата Ирина Кира Ксения Лилия Любовь Маргарита Мария Мирослава Надежда Наталья Ольга Полина Светлана
Севиля Снежана София Таисия Татьяна Ульяна Эвелина Эльмира Юлия Яна
""")
_MEN = _words("""
Александр Алексей Анатолий Андрей Борис Вадим Валерий Василий Виктор Владимир Геннадий Григорий Денис Дмитрий Евгений
Иван Игорь Константин Леонид Максим Михаил Николай Олег Павел Пётр Роман Рустем Сергей Станислав Степан Тимур Юрий
""")
_WOMEN = _words("""
Алла Анастасия Анна Валентина Вера Галина Дарья Диляра Евгения Екатерина Елена Зинаида Инна Ирина Лариса Лилия
Людмила Марина Мария Надежда Наталья Нина Оксана Ольга Светлана София Тамара Татьяна Ульяна Юлия
""")
_BARE_STEMS = {"Павел": "Павло", "Пётр": "Петро", "Михаил": "Михайло", "Дмитрий": "Дмитрие"}
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        _words("a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya"),
        strict=True,
    )
)


@dataclass(frozen=True)
class Name:
    """Last, first and middle name."""

    last: str
    first: str
    middle: str


def surname(stem: str, female: bool) -> str:
    """The surname as a man or a woman bears it."""
    if not female:
        return stem
    if stem.endswith(("ый", "ой", "ий")):
        return f"{stem[:-2]}ая"
    return f"{stem}а" if stem.endswith(("ов", "ев", "ёв", "ин", "ын")) else stem


def patronymic(father: str, female: bool) -> str:
    """From the father's first name."""
    if father in _BARE_STEMS:
        stem = _BARE_STEMS[father]
    elif father.endswith("ий"):
        stem = f"{father[:-2]}ье"
    elif father[-1] in "йь":
        stem = f"{father[:-1]}е"
    else:
        stem = f"{father}о"
    return f"{stem}вна" if female else f"{stem}вич"


def latin(text: str) -> str:
    """Letters and digits that an address may have."""
    return "".join(_LATIN.get(letter, letter) for letter in text.casefold()).replace("_", "")


def family_surnames(rng: random.Random, count: int) -> list[str]:
    """Stems of surnames; none again before all had their turn."""
    found: list[str] = []
    while len(found) < count:
        found += rng.sample(_SURNAMES, len(_SURNAMES))
    return found[:count]


def adult_first(rng: random.Random, female: bool) -> str:
    return rng.choice(_WOMEN if female else _MEN)


def child_first(rng: random.Random, female: bool) -> str:
    return rng.choice(_GIRLS if female else _BOYS)


def adult_name(rng: random.Random, stem: str, female: bool, first: str | None = None) -> Name:
    """A grown-up; his father is anybody."""
    return Name(surname(stem, female), first or adult_first(rng, female), patronymic(rng.choice(_MEN), female))
