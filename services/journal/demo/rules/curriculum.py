"""Classes, subjects with hours a week, and who teaches what in the demonstration school. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClassPlan:
    """A class: how many pupils, days of lessons a week, who leads it, hours a week by subject."""

    grade: int
    letter: str
    pupils: int
    week: int
    leader: str
    hours: dict[str, int]

    @property
    def name(self) -> str:
        return f"{self.grade}{self.letter}"


CLASSES = (
    ClassPlan(
        1, "А", 26, 5, "primary-1",
        {"Русский язык": 5, "Литературное чтение": 4, "Математика": 4, "Окружающий мир": 2,
         "Изобразительное искусство": 1, "Музыка": 1, "Труд (технология)": 1, "Физическая культура": 3},
    ),
    ClassPlan(
        3, "Б", 28, 5, "primary-3",
        {"Русский язык": 5, "Литературное чтение": 4, "Английский язык": 2, "Математика": 4, "Окружающий мир": 2,
         "Изобразительное искусство": 1, "Музыка": 1, "Труд (технология)": 1, "Физическая культура": 3},
    ),
    ClassPlan(
        5, "А", 28, 5, "geography",
        {"Русский язык": 5, "Литература": 3, "Английский язык": 3, "Математика": 5, "История": 3, "География": 1,
         "Биология": 1, "Изобразительное искусство": 1, "Музыка": 1, "Труд (технология)": 2,
         "Физическая культура": 2},
    ),
    ClassPlan(
        7, "Б", 27, 6, "biology",
        {"Русский язык": 4, "Литература": 2, "Английский язык": 3, "Алгебра": 3, "Геометрия": 2,
         "Вероятность и статистика": 1, "Информатика": 1, "История": 3, "География": 2, "Физика": 2, "Биология": 1,
         "Изобразительное искусство": 1, "Музыка": 1, "Труд (технология)": 2, "Физическая культура": 2},
    ),
    ClassPlan(
        8, "А", 27, 6, "russian-1",
        {"Русский язык": 3, "Литература": 2, "Английский язык": 3, "Алгебра": 3, "Геометрия": 2,
         "Вероятность и статистика": 1, "Информатика": 1, "История": 2, "Обществознание": 1, "География": 2,
         "Физика": 2, "Химия": 2, "Биология": 2, "Труд (технология)": 1, "Физическая культура": 2},
    ),
    ClassPlan(
        10, "А", 24, 6, "history",
        {"Русский язык": 2, "Литература": 3, "Английский язык": 3, "Алгебра и начала анализа": 4, "Геометрия": 3,
         "Вероятность и статистика": 1, "Информатика": 1, "История": 2, "Обществознание": 2, "География": 1,
         "Физика": 3, "Химия": 2, "Биология": 1, "Физическая культура": 2},
    ),
)  # fmt: skip

PINNED: dict[str, dict[str, tuple[tuple[int, int], ...]]] = {
    "8А": {
        "Алгебра": ((0, 3), (2, 3), (4, 3)),
        "Геометрия": ((1, 3), (3, 3)),
        "Вероятность и статистика": ((5, 3),),
    }
}
"""(weekday, number): the class that is shown first has its mathematician on every day of the week."""

OF_PRIMARY = {"Русский язык", "Литературное чтение", "Математика", "Окружающий мир", "Изобразительное искусство",
              "Труд (технология)"}  # fmt: skip
"""What the class's own teacher gives in classes 1 to 4."""
LAST_PRIMARY_GRADE = 4
OLDER_MATHEMATICS = 10

TEACHERS: dict[str, tuple[str, bool]] = {
    "primary-1": ("учитель начальных классов", True),
    "primary-3": ("учитель начальных классов", True),
    "russian-1": ("учитель русского языка и литературы", True),
    "russian-2": ("учитель русского языка и литературы", True),
    "english": ("учитель английского языка", True),
    "mathematics-1": ("учитель математики", True),
    "mathematics-2": ("учитель математики", False),
    "informatics": ("учитель информатики", False),
    "history": ("учитель истории и обществознания", False),
    "geography": ("учитель географии", True),
    "biology": ("учитель биологии", True),
    "chemistry": ("учитель химии", True),
    "physics": ("учитель физики", False),
    "art": ("учитель изобразительного искусства и музыки", True),
    "labour": ("учитель труда", False),
    "sport": ("учитель физической культуры", False),
}
"""Key -> position and whether it is a woman."""

OFFICE: dict[str, tuple[str, bool]] = {
    "director": ("директор", True),
    "deputy": ("заместитель директора по учебно-воспитательной работе", True),
    "secretary": ("секретарь", True),
}

_BY_SUBJECT = {
    "Английский язык": "english", "Информатика": "informatics", "История": "history", "Обществознание": "history",
    "География": "geography", "Биология": "biology", "Химия": "chemistry", "Физика": "physics",
    "Изобразительное искусство": "art", "Музыка": "art", "Труд (технология)": "labour",
    "Физическая культура": "sport",
}  # fmt: skip


def teacher_of(plan: ClassPlan, subject: str) -> str:
    """Key of who teaches the subject to the class."""
    if plan.grade <= LAST_PRIMARY_GRADE and subject in OF_PRIMARY:
        return plan.leader
    if subject in _BY_SUBJECT:
        return _BY_SUBJECT[subject]
    if subject in ("Русский язык", "Литература"):
        return "russian-1" if plan.grade in (7, 8) else "russian-2"
    return "mathematics-2" if plan.grade in (5, OLDER_MATHEMATICS) else "mathematics-1"


def subjects() -> list[str]:
    """All subjects, each once, in the order in which the youngest meet them."""
    return list(dict.fromkeys(subject for plan in CLASSES for subject in plan.hours))


WRITTEN: dict[str, tuple[str, str]] = {
    "Русский язык": ("dictation", "test"), "Литература": ("recitation", "essay"),
    "Литературное чтение": ("recitation", "quiz"), "Английский язык": ("quiz", "test"),
    "Физика": ("lab", "test"), "Химия": ("lab", "test"), "Биология": ("practical", "test"),
    "География": ("practical", "test"), "Информатика": ("practical", "test"), "История": ("report", "quiz"),
    "Обществознание": ("report", "quiz"), "Окружающий мир": ("practical", "quiz"),
    "Труд (технология)": ("practical", "project"), "Изобразительное искусство": ("practical", "project"),
    "Музыка": ("report", "project"), "Физическая культура": ("practical", "credit"),
}  # fmt: skip
"""Kinds of work that the whole class does: the smaller and the larger one."""
MOST_SUBJECTS = ("independent", "test")

TOPICS: dict[str, tuple[str, ...]] = {
    "Алгебра": ("Рациональные дроби", "Сложение и вычитание дробей", "Умножение и деление дробей",
                "Функция y = k/x", "Квадратные корни", "Свойства корня", "Квадратные уравнения", "Неравенства"),
    "Геометрия": ("Многоугольники", "Параллелограмм", "Трапеция", "Площадь", "Теорема Пифагора",
                  "Подобные треугольники"),
    "Вероятность и статистика": ("Представление данных", "Среднее и медиана", "Рассеивание данных", "Множества"),
    "Математика": ("Числа и действия с ними", "Уравнения", "Задачи на движение", "Дроби", "Площадь и периметр"),
    "Русский язык": ("Повторение", "Части речи", "Словосочетание", "Главные члены предложения",
                     "Второстепенные члены предложения", "Развитие речи"),
    "Литература": ("Устное народное творчество", "А. С. Пушкин", "М. Ю. Лермонтов", "Н. В. Гоголь", "И. С. Тургенев"),
    "Физика": ("Тепловые явления", "Количество теплоты", "Изменения состояния вещества", "Электрические явления"),
    "История": ("Россия в начале века", "Внутренняя политика", "Внешняя политика", "Культура и быт"),
    "Английский язык": ("My family", "School life", "Travelling", "Food and health", "Books and films"),
}  # fmt: skip
"""What lessons are about, where somebody will look first."""


def topic(subject: str, index: int) -> str:
    """Of the n-th lesson of a course; three lessons share one."""
    known = TOPICS.get(subject)
    return known[index // 3 % len(known)] if known else ""
