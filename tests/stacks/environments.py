"""Installs what a program needs, once per list of packages, outside of the repository."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stacks.guide import PROGRAMS, Section

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "traceapp", "stacks")
_UV = Path(sys.executable).with_name("uv")


def command(section: Section) -> list[str]:
    """What runs the program of a section, with everything installed that it needs."""
    if section.program.suffix == ".mjs":
        return _node(section)
    return [str(_venv(section.folder / "requirements.txt") / "bin" / "python"), str(section.program)]


def _venv(requirements: Path) -> Path:
    folder = _folder(requirements)
    with _Alone(folder) as is_new:
        if is_new:
            _run(str(_UV), "venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
            python = str(folder / "bin" / "python")
            _run(str(_UV), "pip", "install", "--quiet", "--python", python, "-r", str(requirements))
    return folder


def _node(section: Section) -> list[str]:
    """A module looks for packages beside itself: so the program runs as a copy beside them."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("needs node and npm")
    folder = _folder(section.folder / "package.json")
    with _Alone(folder) as is_new:
        if is_new:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(section.folder / "package.json", folder)
            _run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--prefix", str(folder))
    for file in (PROGRAMS / "weather.mjs", section.program):
        shutil.copy(file, folder)
    return ["node", str(folder / section.program.name)]


def _folder(packages: Path) -> Path:
    digest = hashlib.sha256(packages.read_bytes() + sys.version.encode()).hexdigest()[:12]
    return CACHE / f"{packages.parent.name}-{digest}"


class _Alone:
    """Lets one process at a time fill a folder; says whether it is still to be filled."""

    def __init__(self, folder: Path) -> None:
        CACHE.mkdir(parents=True, exist_ok=True)
        self._done = folder.with_suffix(".done")
        self._lock = folder.with_suffix(".lock").open("w")

    def __enter__(self) -> bool:
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        return not self._done.exists()

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is None:
            self._done.touch()
        self._lock.close()


def _run(*line: str) -> None:
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        pytest.fail(f"{' '.join(line)}\n{done.stdout}{done.stderr}")
