"""Reads docs/stacks.md: the lines that it tells people to run are the lines that the tests run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

GUIDE = Path(settings.BASE_DIR, "docs", "stacks.md")
PROGRAMS = Path(__file__).parent / "programs"
ADDRESS, KEY = "http://127.0.0.1:8000", "ta_…"
"""What the page writes for one's own address and key."""


@dataclass(frozen=True, slots=True)
class Section:
    """What the page says of one stack: packages to install, variables to set, lines of code to have."""

    slug: str
    packages: tuple[str, ...]
    variables: dict[str, str]
    code: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """The program that is run with this set-up."""
        return PROGRAMS / self.slug

    @property
    def program(self) -> Path:
        """Its file, for Python or for node."""
        (found,) = (file for file in self.folder.iterdir() if file.stem == "program")
        return found

    def environment(self, *, address: str, key: str) -> dict[str, str]:
        """The variables, with one's own address and key filled in."""
        return {name: value.replace(ADDRESS, address).replace(KEY, key) for name, value in self.variables.items()}


@cache
def sections() -> dict[str, Section]:
    """All sections that set something up, by their slug (the heading in lower case, with dashes)."""
    parts = re.split(r"^## (.+)$", GUIDE.read_text(), flags=re.MULTILINE)[1:]
    read = [_section(heading, text) for heading, text in zip(parts[::2], parts[1::2], strict=True)]
    return {section.slug: section for section in read if section.packages}


def _section(heading: str, text: str) -> Section:
    shell, code = _lines(text, "sh"), _lines(text, "python|js")
    installs = [line for line in shell if re.match(r"(pip|npm) install ", line)]
    exports = [line.removeprefix("export ") for line in shell if line.startswith("export ")]
    return Section(
        slug=re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-"),
        packages=tuple(package.strip("'") for line in installs for package in line.split()[2:]),
        variables={name: value.strip('"') for name, _, value in (line.partition("=") for line in exports)},
        code=code,
    )


def _lines(text: str, language: str) -> tuple[str, ...]:
    """All lines in the blocks of a language, without empty ones."""
    blocks = re.findall(rf"^```(?:{language})\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return tuple(line for block in blocks for line in block.splitlines() if line)
