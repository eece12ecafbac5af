"""The documentation of the filter language says what the language is."""

from __future__ import annotations

import re

from django.conf import settings

from annotation.domain.traces.filters import parse, to_text
from annotation.domain.traces.filters.conditions import MOST_VALUES
from annotation.domain.traces.filters.parser import DEEPEST, LONGEST_TEXT, MOST_TERMS
from annotation.domain.traces.filters.reference import tables

TEXT = (settings.BASE_DIR / "docs" / "filters.md").read_text()


def test_the_tables_of_fields_are_those_of_the_language() -> None:
    generated = TEXT.partition("a test keeps it true. -->\n\n")[2]
    assert generated == tables() + "\n"


def test_the_examples_at_the_top_are_filters() -> None:
    examples = re.findall(r"^    (.+)$", TEXT.partition("## How")[0], re.MULTILINE)
    assert len(examples) == 4
    for example in examples:
        assert to_text(parse(example))


def test_the_limits_are_those_of_the_parser() -> None:
    limits = f"{LONGEST_TEXT:,} characters, {MOST_TERMS} conditions, {DEEPEST} levels of brackets, {MOST_VALUES} values"
    assert limits in TEXT
