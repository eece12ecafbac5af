"""Agreement by question, from answers."""

from __future__ import annotations

from typing import Any

import pytest

from annotation.domain.agreement import Scale
from annotation.domain.queues.rubric import Option, Parts, Question, QuestionKind, Rubric
from annotation.domain.reviews.quality import comparable, figures
from annotation.domain.reviews.quality.comparable import Asked
from annotation.domain.reviews.quality.figures import Given, Unit

TONE = Asked("tone", "Tone", Scale.NOMINAL, {"kind": "Kind", "cold": "Cold"})


def given(key: str, *answers: dict[int, Any]) -> list[Given]:
    """Per item the answers by reviewer."""
    return [
        Given(Unit(item), reviewer, {key: value})
        for item, answered in enumerate(answers, start=1)
        for reviewer, value in answered.items()
    ]


def test_what_is_compared_is_all_but_free_text() -> None:
    rubric = Rubric(
        questions=(
            Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?"),
            Question(key="why", kind=QuestionKind.TEXT, label="Why?"),
            Question(key="grade", kind=QuestionKind.NUMBER, label="Grade"),
            Question(
                key="tone", kind=QuestionKind.CHOICE, label="Tone",
                options=(Option(key="kind", label="Kind"), Option(key="cold", label="Cold")),
            ),
        ),
        parts=Parts(layer=False),
    )  # fmt: skip
    found = comparable.asked(rubric)
    assert [(one.key, one.scale) for one in found] == [
        ("thumbs", Scale.NOMINAL),
        ("grade", Scale.INTERVAL),
        ("tone", Scale.NOMINAL),
        ("label", Scale.SETS),
        ("first_failing_step", Scale.NOMINAL),
    ]
    assert found[2].words == {"kind": "Kind", "cold": "Cold"}


def test_two_reviewers_have_cohens_kappa_and_every_figure_counts_its_items() -> None:
    answers = [{1: "kind", 2: "kind"}] * 4 + [{1: "kind", 2: "cold"}, {1: "cold", 2: "cold"}, {1: "cold"}]
    found = figures.agreement_on(TONE, given("tone", *answers))
    assert (found.items, found.disagreed, found.reviewers) == (6, 1, 2)
    assert found.raw == pytest.approx(5 / 6)
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx(4 / 7)
    assert found.alpha.units == 6
    assert [(share.label, share.count) for share in found.balance] == [("Kind", 9), ("Cold", 4)]
    assert found.reliance == ""  # six items say nothing yet


@pytest.mark.parametrize(("differing", "wanted"), [(0, "reliable"), (3, "reliable"), (5, "tentative"), (9, "weak")])
def test_what_may_rest_on_the_labels_is_said_in_a_word(differing: int, wanted: str) -> None:
    answers: list[dict[int, Any]] = [{1: "kind", 2: "cold"}] * differing
    answers += [{1: "kind", 2: "kind"}, {1: "cold", 2: "cold"}] * ((40 - differing) // 2)
    assert figures.agreement_on(TONE, given("tone", *answers)).reliance == wanted


def test_three_reviewers_have_no_cohens_kappa() -> None:
    found = figures.agreement_on(TONE, given("tone", {1: "kind", 2: "cold"}, {2: "cold", 3: "cold"}))
    assert (found.kappa, found.reviewers, found.disagreed) == (None, 3, 1)
    assert found.fleiss is not None


def test_answers_that_never_vary_are_not_called_perfect() -> None:
    found = figures.agreement_on(TONE, given("tone", *[{1: "kind", 2: "kind"}] * 5))
    assert (found.raw, found.alpha.value, found.fleiss, found.reliance) == (1, None, None, "")


def test_numbers_far_apart_disagree_more_than_close_ones() -> None:
    grade = Asked("grade", "Grade", Scale.INTERVAL)
    near = figures.agreement_on(grade, given("grade", {1: 1, 2: 2}, {1: 9, 2: 10}, {1: 5, 2: 5}))
    far = figures.agreement_on(grade, given("grade", {1: 1, 2: 10}, {1: 9, 2: 2}, {1: 5, 2: 5}))
    assert near.raw == far.raw
    assert near.alpha.value is not None
    assert far.alpha.value is not None
    assert near.alpha.value > 0.9
    assert far.alpha.value < 0
    assert near.kappa is not None
    assert near.kappa.value is not None
    assert near.kappa.value > 0.9


def test_a_confusion_table_names_rows_of_the_first_and_opens_its_items() -> None:
    answers = [{7: "kind", 9: "cold"}, {7: "kind", 9: "kind"}, {7: "kind", 9: "cold", 8: "kind"}, {9: "cold"}]
    found = figures.confusion(TONE, given("tone", *answers), 7, 9)
    assert found.columns == ["Kind", "Cold"]
    assert found.rows == [("Kind", [(1, True), (2, False)]), ("Cold", [(0, False), (0, True)])]
    units = figures.units(given("tone", *answers), "tone")
    assert figures.in_cell(units, found, ("kind", "cold")) == [Unit(1), Unit(3)]
    assert figures.in_cell(units, found, ("cold", "kind")) == []


def test_a_verdict_is_an_order_whatever_its_words() -> None:
    rubric = Rubric(questions=(Question(key="thumbs", kind=QuestionKind.VERDICT, label="Good?"),), parts=Parts())
    (asked, *_parts) = comparable.asked(rubric)
    assert (asked.scale, list(asked.words)) == (Scale.ORDINAL, ["bad", "unsure", "good"])
    same = [{1: "bad", 2: "bad"}, {1: "good", 2: "good"}] * 5
    near = figures.agreement_on(asked, given("thumbs", *same, {1: "bad", 2: "unsure"}))
    far = figures.agreement_on(asked, given("thumbs", *same, {1: "bad", 2: "good"}))
    assert near.alpha.value is not None
    assert far.alpha.value is not None
    assert near.alpha.value > far.alpha.value
    assert [share.label for share in near.balance] == ["Bad", "Unsure", "Good"]


def test_a_scale_is_an_order_and_a_ranking_reads_as_one() -> None:
    options = (Option(key="a", label="Alpha"), Option(key="b", label="Beta"))
    rubric = Rubric(
        questions=(
            Question(key="tone", kind=QuestionKind.SCALE, label="Tone", minimum=1, maximum=5),
            Question(key="order", kind=QuestionKind.RANKING, label="Order", options=options),
        )
    )
    tone, order, *_parts = comparable.asked(rubric)
    assert tone.scale is Scale.ORDINAL
    assert figures.agreement_on(tone, given("tone", {1: 1, 2: 1}, {1: 5, 2: 4}, {1: 3, 2: 3})).raw == pytest.approx(
        2 / 3
    )
    assert order.worded(("b", "a")) == "Beta > Alpha"
    assert figures.agreement_on(order, given("order", {1: ("a", "b"), 2: ("b", "a")})).disagreed == 1


def test_sets_of_options_read_as_their_words() -> None:
    several = Asked("why", "Why", Scale.SETS, {"a": "Alpha", "b": "Beta"})
    assert [several.worded(frozenset(picked)) for picked in ("ba", "")] == ["Alpha, Beta", "none"]
