"""Patterns of a queue's own, found anywhere in a text, and the settings that name them."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.masking import Kind, Mask
from annotation.domain.queues import masking, patterns
from annotation.domain.queues.masking import Masking, OwnPattern
from annotation.domain.queues.searching import Search

PATTERNS = [r"KD-\d{3}", r"(ab|a)c?", r"[a-c]+d", r"x(y|z){1,3}", r"\w-\w", r"a{2,4}"]


@given(st.sampled_from(PATTERNS), st.text(alphabet="abcdxyz-KD123 \n", max_size=40))
def test_a_search_finds_what_regular_expressions_find_the_longest_ones(pattern: str, text: str) -> None:
    found, end = [], 0
    for start in range(len(text)):
        ends = [stop for stop in range(len(text), start, -1) if re.fullmatch(pattern, text[start:stop])]
        if ends and start >= end:
            found.append((start, ends[0]))
            end = ends[0]
    assert list(Search(pattern)(text)) == found


@pytest.mark.parametrize("pattern", [r"\w*X", r"(a+)+b", r"[a-z]{1,100}"])
def test_no_pattern_hangs(pattern: str) -> None:
    begun = time.process_time()
    list(Search(pattern)("a" * 200_000))
    assert time.process_time() - begun < 5


def test_patterns_are_masked_by_their_name_before_anything_else() -> None:
    policy = Masking(
        kinds=(Kind.PHONE,), patterns=masking.typed("customer: KD-\\d{6}\n\n order no: \\d{3}-\\d{3}-\\d{4}")
    )
    shown = Mask(policy.finders, b"x").text("KD-123456 ordered 415-555-0100 and KD-123456; call +49 30 1234567")
    assert re.sub(r"[0-9a-f]{16}", "N", shown) == "[customer N] ordered [order no N] and [customer N]; call [phone N]"
    assert masking.read(policy.document()) == policy
    assert masking.lines(policy.patterns) == "customer: KD-\\d{6}\norder no: \\d{3}-\\d{3}-\\d{4}"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("KD", "Line 1: write a name, a colon and a pattern"),
        ("a: b\nc: (d", "Line 2: There is a “(” without its “)”."),
        ("a: b*", "also matches nothing"),
        ("e-mail: x", "recognised already"),
        ("no <b>: x", "Name what is masked in letters"),
        ("a 1: x", "no digit last"),
    ],
)
def test_what_cannot_be_masked_is_said_with_its_line(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        masking.typed(typed)


def test_a_name_stands_once() -> None:
    with pytest.raises(ValueError, match="Two patterns are named “a”"):
        Masking(patterns=(OwnPattern(name="a", pattern="x"), OwnPattern(name="a", pattern="y")))


@pytest.mark.parametrize(
    ("pattern", "begins"),
    [
        (r"KD-\d{6}", "KD-"),
        (r"\.x", ".x"),
        (r"a\-b[x]", "a-b"),
        (r"\d+", ""),
        (".x", ""),
        ("ab|c", ""),
        ("a*b", ""),
        ("(ab)c", ""),
    ],
)
def test_the_plain_text_that_every_match_begins_with(pattern: str, begins: str) -> None:
    assert patterns.beginning(pattern) == begins
