"""When reviews differ, and what becomes of their item."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.queues import disputes, rubric
from annotation.domain.queues.disputes import EDITOR, EXTRA, NOBODY, Policy, Standing
from annotation.domain.queues.rubric import QuestionKind
from annotation.domain.reviews.quality import comparable

KEYS: disputes.Compared = {"thumbs": frozenset, "tone": frozenset}


def said(**answers: Any) -> disputes.Answers:
    return disputes.answers(answers, [])


UP, DOWN = said(thumbs="up"), said(thumbs="down")


def standing(
    decides: str, reviews: Sequence[Any], *, wanted: int = 2, extra: int = 0, can_call: bool = True
) -> Standing:
    return disputes.standing(Policy(decides, wanted, KEYS), reviews, extra_seats=extra, can_call=lambda: can_call)


def test_the_questions_that_count_are_those_that_agreement_compares() -> None:
    options = [{"key": key, "label": key} for key in ("a", "b")]
    asked = rubric.read([
        {"key": f"q-{kind}", "kind": kind, "label": kind}
        | ({"options": options} if kind.has_options else {})
        | ({"minimum": 1, "maximum": 5} if kind is QuestionKind.SCALE else {})
        for kind in QuestionKind
    ])  # fmt: skip
    assert disputes.compared(asked).keys() == {"preference", *(f"q-{kind}" for kind in comparable.SCALES)}


def test_no_answer_differs_from_none_and_a_set_has_no_order() -> None:
    assert disputes.differing([UP, {}, said(tone=["a", "b"]), said(tone=["b", "a"])], KEYS) == {}
    assert disputes.differing([UP, DOWN, said(note="x"), said(note="y")], KEYS).keys() == {("thumbs", "")}
    assert disputes.differing([said(rank=["a", "b"]), said(rank=["b", "a"])], {"rank": tuple}).keys() == {("rank", "")}


def test_answers_about_steps_differ_where_they_are_about_the_same_one() -> None:
    one, two = str(uuid4()), str(uuid4())
    reviews = [
        disputes.answers({"tone": "kind"}, [{"run": one, "answers": {"tone": "cold"}}, {"run": two, "thumb": "up"}]),
        disputes.answers({"tone": "kind"}, [{"run": two, "answers": {"tone": "kind"}}]),
        disputes.answers({}, [{"run": two, "answers": {"tone": "cold", "why": "x"}}]),
    ]
    assert disputes.differing(reviews[:2], KEYS) == {}
    assert disputes.differing(reviews, KEYS) == {("tone", two): frozenset}
    assert disputes.majority([*reviews, reviews[2]], {("tone", two): frozenset}) == 2


@pytest.mark.parametrize(
    ("decides", "reviews", "extra", "can_call", "expected"),
    [
        (EDITOR, [UP], 0, True, Standing()),
        (EDITOR, [UP, UP], 0, True, Standing()),
        (EDITOR, [UP, DOWN], 0, True, Standing(is_disputed=True)),
        (NOBODY, [UP, DOWN], 0, True, Standing()),
        (EXTRA, [UP, DOWN], 0, True, Standing(extra_seats=1)),
        (EXTRA, [UP, DOWN], 0, False, Standing(is_disputed=True)),
        (EXTRA, [UP, DOWN], 1, True, Standing(extra_seats=1)),
        (EXTRA, [UP, DOWN, DOWN], 1, True, Standing(extra_seats=1, majority=1)),
        (EXTRA, [UP, UP], 1, True, Standing()),
        (EXTRA, [UP, DOWN, DOWN], 0, True, Standing(extra_seats=1, majority=1)),
        (EDITOR, [UP, DOWN, DOWN], 1, True, Standing(extra_seats=1, is_disputed=True)),
    ],
)
def test_who_decides(decides: str, reviews: list[Any], extra: int, can_call: bool, expected: Standing) -> None:  # noqa: FBT001 -- a column of the table
    assert standing(decides, reviews, extra=extra, can_call=can_call) == expected


def test_a_majority_on_each_question_that_nobody_gave_whole_is_no_answer() -> None:
    reviews = [said(a=1, b=1, c=1), said(a=1, b=2, c=2), said(a=2, b=1, c=2)]
    assert disputes.majority(reviews, {(key, ""): frozenset for key in "abc"}) is None
    assert disputes.majority([said(a=1), said(a=2), said(a=3)], {("a", ""): frozenset}) is None


@given(st.lists(st.fixed_dictionaries({"thumbs": st.sampled_from(["up", "down"])}), min_size=2, max_size=6))
def test_what_the_majority_says_is_said_by_more_than_half(reviews: list[dict[str, str]]) -> None:
    place = disputes.majority([said(**one) for one in reviews], {("thumbs", ""): frozenset})
    half = len(reviews) / 2
    counts = {word: sum(one["thumbs"] == word for one in reviews) for word in ("up", "down")}
    assert (place is None) == (max(counts.values()) <= half)
    assert place is None or counts[reviews[place]["thumbs"]] > half
