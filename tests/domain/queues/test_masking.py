"""Patterns of a queue's own, found anywhere in a text, and the settings that name them."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.masking import Kind
from annotation.domain.masking.tokens import by_token, restored
from annotation.domain.queues import masking, patterns
from annotation.domain.queues.masking import Masking, OwnPattern
from annotation.domain.queues.searching import Search

PATTERNS = [
    r"KD-\d{3}",
    r"(ab|a)c?",
    r"[a-c]+d",
    r"x(y|z){1,3}",
    r"\w-\w",
    r"a{2,4}",
    r"aab?c",
    r"a(.*b)?",
    r"(a|b.)+D",
]


@given(st.sampled_from(PATTERNS), st.text(alphabet="abcdxyz-KD123 \n", max_size=40))
def test_a_search_finds_what_regular_expressions_find_the_longest_ones(pattern: str, text: str) -> None:
    found, end = [], 0
    for start in range(len(text)):
        ends = [stop for stop in range(len(text), start, -1) if re.fullmatch(pattern, text[start:stop])]
        if ends and start >= end:
            found.append((start, ends[0]))
            end = ends[0]
    assert list(Search(pattern)(text)) == found


@given(
    st.sampled_from(PATTERNS),
    st.text(alphabet="abcdxyz-KD123 \n", max_size=40),
    st.text(alphabet="abcdKD-", max_size=9),
)
def test_a_text_that_goes_on_holds_nothing_that_might_still_become_a_match(pattern: str, text: str, more: str) -> None:
    whole, cut = list(Search(pattern)(text + more)), list(Search(pattern).open(text))
    for start, end in whole:
        if start < len(text) < end:
            assert any(first <= start and last == len(text) for first, last in cut)


HARD = {
    r"\w*X": "a" * 200_000,
    r"(a+)+b": "a" * 200_000,
    r"[a-z]{1,100}": "a" * 200_000,
    r"[a-z]+X": "a" * 200_000 + "X",  # one match, and from each character another one
    r"a(.*b)?": "a" * 200_000,  # each character a match, and much that might make it longer
    r"a+[ab]{90}c": "ab" * 20_000,
}


@pytest.mark.parametrize("pattern", HARD)
def test_no_pattern_hangs(pattern: str) -> None:
    begun = time.process_time()
    list(Search(pattern)(HARD[pattern]))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("pattern", [r"<key>[^<]*</key>", r"[<]key>[^<]*</key>"])
def test_a_match_may_be_long_and_a_cut_goes_through_none(pattern: str) -> None:
    key = f"<key>{'k' * 9_000}</key>"
    mask = Masking(patterns=(OwnPattern(name="key", pattern=pattern),)).mask(b"x", {})
    assert re.sub(r"[0-9a-f]{16}", "N", mask.text(f"so {key} and {key}")) == "so [key N] and [key N]"
    assert mask.cut(f"so {key}", 2_000) == "so "


def test_what_there_is_no_time_for_is_not_shown_and_comes_back() -> None:
    policy = Masking(patterns=masking.typed("customer: KD-\\d{6}"))
    text, mask = "Ask KD-123456. " * 10, policy.mask(b"x", {})
    mask.left = 100
    withheld = mask.text(text)
    assert re.fullmatch(r"\[too long to be masked [0-9a-f]{16}\]", withheld)
    assert mask.cut(text, 20) == mask.json([text])[0] == withheld
    later = policy.mask(b"x", dict.fromkeys(mask.fresh, 1))
    assert restored({"said": "[too long to be masked 1]"}, by_token(later.stood({"said": text}))) == {"said": text}
    with pytest.raises(ValueError, match="recognised already"):
        OwnPattern(name="too long to be masked", pattern="x")


def test_patterns_are_masked_by_their_name_before_anything_else() -> None:
    policy = Masking(
        kinds=(Kind.PHONE,), patterns=masking.typed("customer: KD-\\d{6}\n\n order no: \\d{3}-\\d{3}-\\d{4}")
    )
    shown = policy.mask(b"x", {}).text("KD-123456 ordered 415-555-0100 and KD-123456; call +49 30 1234567")
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
