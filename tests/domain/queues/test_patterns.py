"""Patterns match what Python's do, and never take long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.queues import patterns
from annotation.domain.queues.patterns import PatternError

ATOMS = st.sampled_from(["a", "b", ".", r"\d", r"\w", r"\.", "[ab]", "[^a]", "[a-c1]", r"[\d-]", "1", "-"])
REPEATS = st.sampled_from(["", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"])


def _longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.builds(lambda body, times: f"({body}){times}", inner, REPEATS)
    either = st.builds(lambda one, other: f"{one}|{other}", inner, inner)
    return st.lists(st.one_of(groups, inner), min_size=1, max_size=3).map("".join) | either


SOURCES = st.recursive(st.builds("{}{}".format, ATOMS, REPEATS), _longer, max_leaves=6)


@given(SOURCES, st.text("ab1.-\n", max_size=6))
def test_matches_what_pythons_patterns_match(source: str, text: str) -> None:
    assert patterns.compiled(source).matches(text) is bool(re.compile(source).fullmatch(text))
    assert patterns.compiled(f"^(?:{source})$").matches(text) is bool(re.compile(source).fullmatch(text))


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_says_why_not(source: str) -> None:
    told = "."
    try:
        patterns.compiled(source).matches(source)
    except PatternError as problem:
        told = str(problem)
    assert told.endswith(".")


@pytest.mark.parametrize(
    "source", ["(a+)+b", "(a|a)*b", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)b", "(a?){99}a{99}", r"^(\w+\s?)*$", "([a-z]+)*$"]
)
def test_no_pattern_takes_long_however_it_is_written(source: str) -> None:
    begun = time.process_time()
    patterns.compiled(source).matches("a" * 999 + "!")
    assert time.process_time() - begun < 3  # going back over the text, most of these take longer than the world is old


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("(a", "There is a “(” without its “)”."),
        ("a)", "There is a “)” without its “(”."),
        ("[a", "There is a “[” without its “]”."),
        ("a**", "Two repetitions follow each other"),
        ("*a", "“*” cannot stand here"),
        ("a{x}", "After “{” comes how often"),
        ("a{3,2}", "The smaller number of repetitions comes first."),
        ("(?=a)", "Only plain groups are known"),
        (r"(a)\1", r"\1 is not known"),
        (r"\bword", r"\b is not known"),
        ("a\\", "stands at the end"),
        ("[z-a]", "cannot be read: bad character range z-a."),
        ("a^b", "“^” cannot stand here"),
        ("a{999}", "repeats too much"),
        ("((a{20}){20}){20}", "repeats too much"),
        ("a" * 201, "at most 200 characters"),
    ],
)
def test_what_cannot_be_read_says_so(source: str, words: str) -> None:
    with pytest.raises(PatternError, match=re.escape(words)):
        patterns.compiled(source)


def test_a_dollar_that_is_meant_stays_and_long_texts_do_not_match() -> None:
    assert patterns.compiled(r"^\d+ \$").matches("12 $")
    assert patterns.compiled("a*").matches("a" * 1000)
    assert not patterns.compiled("a*").matches("a" * 1001)
