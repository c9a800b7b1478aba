"""Text as a square for a camera."""

from __future__ import annotations

import io

import segno


def square(text: str, border: int = 0) -> str:
    """A QR code in SVG, black on nothing; `border` in modules, of which a screen needs four (ISO/IEC 18004)."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawn, kind="svg", border=border, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return drawn.getvalue().decode()
