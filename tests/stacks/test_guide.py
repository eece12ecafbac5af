"""The page says what the programs beside it do, line by line; what of them arrives is for the other tests."""

import json
import re

import pytest

from tests.stacks import guide


def test_every_section_has_its_program_and_every_program_its_section() -> None:
    assert set(guide.sections()) == {path.name for path in guide.PROGRAMS.iterdir() if path.is_dir()} - {"__pycache__"}


@pytest.mark.parametrize("slug", sorted(guide.sections()))
def test_the_program_is_set_up_as_the_page_says(slug: str) -> None:
    section = guide.sections()[slug]
    written = section.program.read_text().splitlines()
    assert [line for line in section.code if line not in written] == []
    assert set(section.packages) <= _installed(section)


def _installed(section: guide.Section) -> set[str]:
    if section.program.suffix == ".mjs":
        return set(json.loads((section.folder / "package.json").read_text())["dependencies"])
    return set(re.split(r"\s+", (section.folder / "requirements.in").read_text()))
