"""Headers of letters as every mail program reads them."""

from __future__ import annotations

from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy

_LONGEST_LINE = 76
"""RFC 2047, 2: of a line with encoded words."""
_LINE_END = "\r\n"


class LetterPolicy(EmailPolicy):
    """SMTP's policy, but for names and subjects in other letters than Latin.

    Where the standard library's own folding breaks such a header between two words, the space between them goes
    lost: whitespace between encoded words is not text (RFC 2047, 6.2), and `новое в дневнике за` arrives as
    `новое в дневникеза`. `email.header.Header` keeps the space inside an encoded word.
    """

    def __init__(self, **settings: object) -> None:
        super().__init__(**{"linesep": _LINE_END, "max_line_length": 78, **settings})  # type: ignore[arg-type]

    def fold(self, name: str, value: str) -> str:
        """The header as lines, whose ends are `linesep`."""
        if value.isascii():
            folded: str = super().fold(name, value)
            return folded
        addresses: tuple[Address, ...] | None = getattr(value, "addresses", None)
        if addresses is None:
            return f"{name}: {self._words(name, value)}{self.linesep}"
        named = (f"{self._words(name, a.display_name)}{self.linesep} <{a.addr_spec}>" for a in addresses)
        return f"{name}: {f',{self.linesep} '.join(named)}{self.linesep}"

    def _words(self, name: str, text: str) -> str:
        return Header(text, "utf-8", _LONGEST_LINE, name).encode(linesep=self.linesep)

    def fold_binary(self, name: str, value: str) -> bytes:
        """As `fold`, in ASCII."""
        return self.fold(name, value).encode("ascii")
