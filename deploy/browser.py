"""What the tests of pages need besides Python packages: Chromium, and a library of the Node.js inside Playwright."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

CHROMIUM = "/usr/bin/chromium"


def missing() -> list[str]:
    """Debian packages without which no page can be looked at."""
    packages = [] if Path(CHROMIUM).exists() else ["chromium"]
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        packages.append("libatomic1")
    return packages


def install() -> None:
    """Installs them where that may be done; else the tests of pages are skipped, or say what they need."""
    packages = missing()
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Installing {' and '.join(packages)} for the browser tests …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], env=environment, capture_output=True)
    command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    result = subprocess.run([*command, *packages], env=environment, capture_output=True, text=True)
    if result.returncode:
        print(f"They could not be installed: {result.stderr.strip().splitlines()[-1:]}", flush=True)
