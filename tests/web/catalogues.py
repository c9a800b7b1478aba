"""Every sentence that the pages say, extracted from code and templates."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

WEB = Path(__file__).parents[2] / "services" / "web"
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]

Sentence = str | tuple[str, str]


def sentences() -> dict[Sentence, str]:
    """Each sentence (a pair for plurals) with a place where it stands."""
    found: dict[Sentence, str] = {}
    options = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    for name, line, message, *_ in extract_from_dir(WEB, _METHODS, options, DEFAULT_KEYWORDS):
        found.setdefault(message[:2] if isinstance(message, tuple) else message, f"{name}:{line}")
    return found
