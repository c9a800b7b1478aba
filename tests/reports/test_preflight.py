"""The PDF before an independent judge: PDFBox's preflight for PDF/A-1b (slow: it starts a Java machine)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from services.reports.class_period_results.pdf import render_pdf
from services.reports.class_period_results.rules import results
from services.reports.snapshots.rules import class_year
from tests.reports.documents import QUARTER, document

PACKAGES = (
    "default-jre-headless", "libpdfbox2-java", "libactivation-java", "libjaxb-api-java", "libcommons-logging-java",
)  # fmt: skip
JARS = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api")
FOLDER = Path("/usr/share/java")


def _install() -> None:
    """Debian's packages, where that may be done. Fails with their names where it may not."""
    if shutil.which("java") and all((FOLDER / f"{jar}.jar").exists() for jar in JARS):
        return
    missing = f"PDFBox's preflight is missing (Debian: apt install {' '.join(PACKAGES)})"
    assert os.geteuid() == 0, missing
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], env=environment, capture_output=True)
    command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *PACKAGES]
    assert subprocess.run(command, env=environment, capture_output=True).returncode == 0, missing


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("rows", [None, {}, {f"Ученик{number:02}": "5 4 н/а осв" for number in range(40)}])
def test_preflight_accepts_the_sheet(rows: dict[str, str] | None, tmp_path: Path) -> None:
    _install()
    path = tmp_path / "r4.pdf"
    found = results(class_year(document() if rows is None else document(rows)), QUARTER)
    path.write_bytes(render_pdf(found, "Османова Л. Р.", "9f3c41d7a" + "0" * 55))
    classpath = ":".join(str(FOLDER / f"{jar}.jar") for jar in JARS)
    command = ["java", "-cp", classpath, "org.apache.pdfbox.preflight.Validator_A1b", str(path)]
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "is a valid PDF/A-1b file" in said.stdout
