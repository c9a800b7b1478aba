"""Names, addresses and phones, compared and ordered as people expect. Pure."""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

_SPACES = re.compile(r"\s+")
_AFTER_E = "\uffff"


def sort_key(last_name: str, first_name: str, middle_name: str = "") -> str:
    """Key by which lists of people are ordered: case folded, ё just behind е."""
    whole = " ".join((last_name, first_name, middle_name)).casefold()
    return whole.replace("ё", f"е{_AFTER_E}")


def folded_name(*parts: str) -> str:
    """Names that mean the same person fold to the same text: case, ё/е, spaces, kinds of hyphen."""
    whole = _SPACES.sub(" ", " ".join(parts)).strip().casefold().replace("ё", "е")
    return whole.replace("‐", "-").replace("–", "-").replace("’", "'").replace("`", "'")


def whole_name(last_name: str, first_name: str, middle_name: str = "") -> str:
    """«Османова Лиля Рустемовна»."""
    return " ".join(part for part in (last_name, first_name, middle_name) if part)


def short_name(last_name: str, first_name: str, middle_name: str = "") -> str:
    """«Османова Л. Р.», with spaces that do not break."""
    initials = [f"{name[0]}." for name in (first_name, middle_name) if name]
    return "\u00a0".join([last_name, *initials])


def normal_phone(text: str) -> str:
    """The number as +7…; raises ValueError for what is none."""
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException as error:
        raise ValueError("is not a phone number") from error
    # Invented and special ranges are possible without being valid; a list is not refused for them.
    if not phonenumbers.is_possible_number(number):
        raise ValueError("is not a phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_email(text: str) -> str:
    """The address in lower case; raises ValueError for what is none."""
    try:
        checked = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError("is not an e-mail address") from error
    return checked.normalized.lower()
