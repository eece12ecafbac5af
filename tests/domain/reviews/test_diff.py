"""The word diff: gives both sides back, reads well, and keeps its time for long texts."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.reviews import diff
from annotation.domain.reviews.diff import Kind, Piece

texts = st.text(alphabet="ab ,.é猫\n\U0001f600", max_size=60) | st.text(max_size=40)


def piece(kind: str, text: str) -> Piece:
    return Piece(Kind(kind), text)


@given(texts, texts)
def test_gives_both_sides_back(old: str, new: str) -> None:
    pieces = diff.words(old, new)

    assert diff.before(pieces) == old
    assert diff.after(pieces) == new


@given(texts, texts)
def test_pieces_are_filled_and_neighbours_differ(old: str, new: str) -> None:
    pieces = diff.words(old, new)

    assert all(one.text for one in pieces)
    assert all(one.kind is not other.kind for one, other in pairwise(pieces))


@given(texts)
def test_nothing_changed_is_one_piece(text: str) -> None:
    assert diff.words(text, text) == ((piece("same", text),) if text else ())


def test_shows_the_words_that_changed() -> None:
    assert diff.words("your rate is fully refundable", "your rate is not refundable") == (
        piece("same", "your rate is "),
        piece("gone", "fully"),
        piece("new", "not"),
        piece("same", " refundable"),
    )


def test_a_changed_phrase_is_one_change() -> None:
    pieces = diff.words("Shall I go ahead now?", "Shall I wait for you?")

    assert pieces == (
        piece("same", "Shall I "),
        piece("gone", "go ahead now"),
        piece("new", "wait for you"),
        piece("same", "?"),
    )


def test_a_rewritten_sentence_is_one_change_however_many_words_it_shares() -> None:
    pieces = diff.words(
        "Your room is gone, but good news: your rate is fully refundable, so you can cancel free of charge.",
        "Your room is gone. Your Advance Saver rate is non-refundable, so I cannot offer you a refund.",
    )

    assert [one.kind.value for one in pieces] == ["same", "gone", "new", "same"]
    assert pieces[0].text == "Your room is gone"


def test_scripts_without_spaces_go_by_the_character() -> None:
    pieces = diff.words("予約は返金可能です", "予約は返金不可です")

    assert diff.before(pieces) == "予約は返金可能です"
    assert pieces[0] == piece("same", "予約は返金")


def test_counts_words() -> None:
    pieces = diff.words("one two three", "one four five six")

    assert (diff.word_count(pieces, Kind.GONE), diff.word_count(pieces, Kind.NEW)) == (2, 3)


def test_is_as_short_as_can_be_where_words_repeat() -> None:
    pieces = diff.words("a b a b a b a b", "a b a a b a b a b")

    assert (diff.word_count(pieces, Kind.GONE), diff.word_count(pieces, Kind.NEW)) == (0, 1)


def test_shortens_what_stayed() -> None:
    pieces = diff.words("x " * 200 + "end here", "x " * 200 + "end there")

    shown = diff.shortened(pieces, around=20)
    assert shown[0].text.startswith(" … x x")
    assert shown[0].text.endswith("x end ")
    assert len(shown[0].text) < 30
    assert shown[1:] == pieces[1:]


def prose(length: int, words: int, seed: int) -> str:
    chance = random.Random(seed)
    return " ".join(f"w{chance.randrange(words)}" for _ in range(length))


@pytest.mark.parametrize("words", [1, 50, 2000, 10**9])
@pytest.mark.parametrize("is_edited", [True, False])
def test_100_kb_take_less_than_a_second(words: int, is_edited: bool) -> None:  # noqa: FBT001 -- a parameter
    old = prose(100_000 // (len(str(words)) + 2), words, seed=1)
    new = f"first {old[:40_000]} between {old[41_000:]} last" if is_edited else prose(20_000, words, seed=2)

    started = time.process_time()
    pieces = diff.words(old, new)
    took = time.process_time() - started

    assert (diff.before(pieces), diff.after(pieces)) == (old, new)
    assert took < 1.0
