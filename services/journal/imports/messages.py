"""What a secretary reads about a list, in Russian or English. Pure."""

from __future__ import annotations

from services.journal.imports.plan import PlannedRow, as_text
from services.journal.imports.rules import Problem

_PROBLEMS: dict[str, tuple[str, str]] = {
    "missing-column": (
        "В файле нет столбца «{field}»: без него список не загрузить.",
        "The file has no column “{field}”, and no list comes in without it.",
    ),
    "no-rows": ("Под заголовками нет ни одного ученика.", "There is no pupil below the headers."),
    "empty": ("Не заполнено: {field}.", "Is empty: {field}."),
    "unreadable-text": (
        "Текст повреждён: в ячейке знаки, которых не бывает в тексте. Наберите её заново.",
        "The text is damaged: it has characters that nobody can type. Type the cell again.",
    ),
    "bad-class": ("«{value}» – не класс. Пишут так: 6Б.", "“{value}” is not a class, such as 6Б."),
    "latin-letter": (
        "В названии класса «{value}» латинская буква, читаем её как русскую.",
        "“{value}” has a Latin letter; it is read as the Cyrillic one.",
    ),
    "bad-date": ("«{value}» – не дата. Пишут так: 14.03.2014.", "“{value}” is not a date, such as 14.03.2014."),
    "absurd-birth-date": (
        "Дата рождения {value} не подходит ученику.",
        "Nobody born on {value} can be a pupil.",
    ),
    "absurd-date": ("Дата {value} не может быть верной.", "The date {value} cannot be right."),
    "bad-name": (
        "«{value}» – не имя: в нём цифры или лишние знаки.",
        "“{value}” is not a name: it has digits or stray characters.",
    ),
    "bad-full-name": (
        "В «{value}» нет имени: нужны фамилия, имя и, если есть, отчество.",
        "“{value}” lacks a first name: last name, first name and any middle name are needed.",
    ),
    "bad-sex": ("«{value}» – не пол. Пишут м или ж.", "“{value}” is not a sex: write м or ж."),
    "bad-phone": ("«{value}» – не номер телефона.", "“{value}” is not a phone number."),
    "bad-email": ("«{value}» – не адрес почты.", "“{value}” is not an e-mail address."),
    "bad-consent": (
        "«{value}»: нужно «да», «нет» или дата подписи, не позже сегодняшней.",
        "“{value}”: write «да», «нет» or the day of signature, not later than today.",
    ),
    "consent-without-address": (
        "{value}: согласие дано, но адреса почты нет. Писем не будет.",
        "{value} consents but has no address, so no mail will go.",
    ),
    "guardian-without-name": (
        "Есть телефон, почта, родство или согласие, а имени родителя нет.",
        "There is a phone, an address, a relation or a consent, but no name of the guardian.",
    ),
    "guardian-twice": (
        "{value}: один и тот же родитель указан в строке дважды.",
        "{value}: the row names the same guardian twice.",
    ),
    "guardian-namesake": (
        "{value}: такой человек уже есть, но ни почта, ни телефон не совпали. Это будут два разных человека.",
        "{value}: the name is known, but neither address nor phone agree; they will be two people.",
    ),
    "guardian-contacts-differ": (
        "{value}: в файле две разные почты или два телефона. Берём из первой строки.",
        "{value}: the file has two addresses or phones; those of the first row are taken.",
    ),
    "student-twice": (
        "{value}: этот ученик уже есть в строке {other}.",
        "{value}: this pupil is in row {other} already.",
    ),
    "student-namesake": (
        "{value}: тёзка с другой датой рождения. Это два разных ученика.",
        "{value}: a namesake with another birth date; they are two pupils.",
    ),
    "in-other-class": (
        "{value} учится в другом классе. Перевод оформляют приказом, список его не переводит.",
        "{value} is in another class; a list does not transfer pupils.",
    ),
    "left-school": (
        "{value} выбыл(а) из школы. Возвращение оформляют приказом, список его не вернёт.",
        "{value} has left the school; a list does not bring a pupil back.",
    ),
    "class-too-late": (
        "Зачисление {value} позже конца учебного года.",
        "Admission on {value} is behind the end of the school year.",
    ),
    "not-kept": (
        "Столбец «{field}» не загружаем: журнал таких сведений не хранит.",
        "The column “{field}” is not taken: the journal keeps no such data.",
    ),
    "column-unknown": (
        "Не поняли, что в столбце «{field}»; его не загружаем.",
        "What the column “{field}” holds is not known; it is not taken.",
    ),
    "column-untitled": (
        "«{value}» стоит в столбце без заголовка; его не загружаем. Проверьте, не сдвинута ли строка.",
        "“{value}” stands in a column without a title; it is not taken. See whether the row has been moved.",
    ),
    "total-skipped": ("Строка итога или подписи, пропускаем.", "A row of totals or signatures is left out."),
}

_FIELDS: dict[str, tuple[str, str]] = {
    "class": ("Класс", "Class"),
    "full_name": ("Фамилия, имя, отчество", "Full name"),
    "last_name": ("Фамилия", "Last name"),
    "first_name": ("Имя", "First name"),
    "middle_name": ("Отчество", "Middle name"),
    "birth_date": ("Дата рождения", "Birth date"),
    "sex": ("Пол", "Sex"),
    "file_number": ("№ личного дела", "No. of the personal file"),
    "admitted_on": ("Дата зачисления", "Day of admission"),
    "order_number": ("Приказ №", "Order no."),
    "phone": ("Телефон", "Phone"),
    "email": ("Почта", "E-mail"),
}

_CHANGES: dict[str, tuple[str, str]] = {
    "class": ("{after} с {day}", "{after} from {day}"),
    "guardian": ("новый родитель: {after} ({relation})", "new guardian: {after} ({relation})"),
    "guardian-known": ("родитель: {after} ({relation})", "guardian: {after} ({relation})"),
    "consent-given": ("{who}: согласие дано", "{who}: consent given"),
    "consent-refused": ("{who}: согласие не дано", "{who}: consent refused"),
    "contact": ("{who}: {field} {before} → {after}", "{who}: {field} {before} → {after}"),
    "value": ("{field}: {before} → {after}", "{field}: {before} → {after}"),
}

_NOTHING = ("нет", "none")


def problem_text(problem: Problem, language: str, header: str = "") -> str:
    """The sentence about a problem; `header` is the column as the file calls it."""
    named = field_text(problem.field, language) if problem.field in _FIELDS else header or (problem.field or "")
    if problem.code in ("not-kept", "column-unknown"):
        named = header
    return _pick(_PROBLEMS[problem.code], language).format(value=problem.value, field=named, other=problem.other)


def field_text(field: str, language: str) -> str:
    """What a column holds."""
    return _pick(_FIELDS[field], language)


def changes_in_words(row: PlannedRow, language: str) -> list[str]:
    """What the commit does for one row, as the preview says it."""
    said = []
    if row.enroll_in:
        said.append(change_text("class", language, after=row.enroll_in, day=as_text(row.member_from)))
    for name, (before, after) in row.person.changes.items():
        said.append(change_text("value", language, field=name, before=before, after=after))
    for link in row.guardians:
        person = link.person
        if link.new_link:
            kind = "guardian" if person.known is None else "guardian-known"
            said.append(change_text(kind, language, after=person.name, relation=link.relation))
        for name, (before, after) in person.changes.items():
            said.append(change_text("contact", language, who=person.name, field=name, before=before, after=after))
        if link.said:
            kind = "consent-given" if link.said.given else "consent-refused"
            said.append(change_text(kind, language, who=person.name))
    return said


def change_text(kind: str, language: str, **values: str) -> str:
    """What the commit would do, in a few words."""
    filled = {name: value or _pick(_NOTHING, language) for name, value in values.items()}
    if "field" in filled:
        filled["field"] = (
            field_text(filled["field"], language).lower()
            if kind == "contact"
            else field_text(filled["field"], language)
        )
    return _pick(_CHANGES[kind], language).format(**filled)


def _pick(texts: tuple[str, str], language: str) -> str:
    return texts[1] if language == "en" else texts[0]
