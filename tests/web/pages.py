"""What any page must be as HTML, checked without a browser."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

VOID = frozenset({"base", "br", "col", "hr", "img", "input", "link", "meta", "wbr", "use", "path"})
_LABELLED = frozenset({"input", "select", "textarea"})
_NEEDS_NO_LABEL = frozenset({"hidden", "submit", "button"})


class Reader(HTMLParser):
    """Collects what `mistakes` asks about."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.referred: set[str] = set()
        self.headings = 0
        self.unlabelled_images = 0
        self.refused: list[str] = []
        self.open: list[str] = []
        self.unclosed: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if len(given) < len(attributes):
            self.refused.append(f"<{tag}> says an attribute twice")
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        if tag == "label" and given.get("for"):
            self.labels.add(str(given["for"]))
        if tag in _LABELLED and given.get("type") not in _NEEDS_NO_LABEL:
            self.fields.append(given | {"wrapped": "yes" if "label" in self.open else None})
        for name in ("aria-describedby", "aria-labelledby"):
            self.referred |= set(str(given.get(name) or "").split())
        self.headings += tag == "h1"
        self.unlabelled_images += tag == "img" and "alt" not in given
        self.refused += [f"<{tag} {name}>" for name in given if name == "style" or name.startswith("on")]
        if tag == "script" and not given.get("src") and given.get("type") != "application/json":
            self.refused.append("a script in the page")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.unclosed.append(f"</{tag}> after {self.open[-3:]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def mistakes(html: str) -> list[str]:
    """What is wrong with a page; nothing for a good one."""
    reader = Reader()
    reader.feed(html)
    found = [f"id {name} twice" for name, count in reader.ids.items() if count > 1]
    found += [f"{name} refers to nothing" for name in reader.referred - set(reader.ids)]
    found += [
        f"a field without a label: {one}"
        for one in reader.fields
        if one.get("id") not in reader.labels and not one.get("aria-label") and not one.get("wrapped")
    ]
    if reader.headings != 1:
        found.append(f"{reader.headings} headings of the first level")
    if reader.unlabelled_images:
        found.append("an image without alt")
    return found + reader.refused + reader.unclosed + [f"<{tag}> left open" for tag in reader.open]
