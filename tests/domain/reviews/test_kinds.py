"""Verdicts, scales, assertions and rankings: what is taken, what it becomes, and how a form carries it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.domain.datasets.problems import InvalidRowError
from annotation.domain.queues import rubric_changes, rubric_versions
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.domain.reviews import assertions, correct, corrections, rubric
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.stored import AnswerError, stored
from annotation.models import Dataset, Example, Feedback, Review
from annotation.web.forms import review_fields, review_sent
from tests.domain.reviews.conftest import NOON, Bench

OPTIONS = (Option(key="a", label="A"), Option(key="b", label="B"), Option(key="c", label="C"))
VERDICT = Question(key="thumbs", kind=QuestionKind.VERDICT, label="Was this good?", is_required=True)
SCALE = Question(key="tone", kind=QuestionKind.SCALE, label="Tone", minimum=1, maximum=5, low_label="cold")
MUSTS = Question(key="musts", kind=QuestionKind.ASSERTIONS, label="What has to hold?")
ORDER = Question(key="order", kind=QuestionKind.RANKING, label="Best first", options=OPTIONS)
ASKED = Rubric(questions=(VERDICT, SCALE, MUSTS, ORDER))
SAID: dict[str, Any] = {
    "thumbs": "bad",
    "tone": 2,
    "musts": [{"side": "must", "text": "Name the fee."}, {"side": "must_not", "text": "Promise a refund."}],
    "order": ["b", "c", "a"],
}


def problems(**answers: object) -> dict[str, str]:
    with pytest.raises(rubric.InvalidReviewError) as caught:
        rubric.validate(ASKED, ReviewInput.model_validate({"answers": {"thumbs": "good", **answers}}))
    return caught.value.by_key


def test_answers_are_stored_as_given_and_ranks_as_an_order() -> None:
    assert rubric.validate(ASKED, ReviewInput(answers=SAID)).answers == SAID
    ranked = ReviewInput(answers={**SAID, "tone": "2", "order": {"a": "3", "b": "1", "c": 2}})
    assert rubric.validate(ASKED, ranked).answers == SAID


@pytest.mark.parametrize(
    ("answers", "key", "words"),
    [
        ({"thumbs": "up"}, "thumbs", "takes good, bad or unsure."),
        ({"tone": 6}, "tone", "takes a whole number from 1 to 5."),
        ({"tone": 2.5}, "tone", "takes a whole number from 1 to 5."),
        ({"order": ["a", "b"]}, "order", "takes all of these in an order, each once: a, b, c."),
        ({"order": ["a", "b", "b"]}, "order", "takes all of these in an order, each once: a, b, c."),
        ({"order": {"a": "1", "b": "1", "c": "2"}}, "order", "takes all of these in an order, each once: a, b, c."),
        ({"musts": [{"side": "may", "text": "x"}]}, "musts", "takes a list of must and must_not"),
        ({"musts": [{"side": "must", "text": "x" * 501}]}, "musts", "at most 500 characters"),
        ({"musts": [{"side": "must", "text": str(n)} for n in range(31)]}, "musts", "takes at most 30 sentences."),
    ],
)
def test_what_does_not_fit_is_told_at_its_question(answers: dict[str, object], key: str, words: str) -> None:
    assert words in problems(**answers)[key]


def test_blank_sentences_are_no_answer_to_a_required_question() -> None:
    asked = Rubric(questions=(MUSTS.model_copy(update={"is_required": True}),))
    with pytest.raises(rubric.InvalidReviewError, match="needs an answer"):
        rubric.validate(asked, ReviewInput(answers={"musts": [{"side": "must", "text": "  "}]}))


SENTENCES = st.text(st.characters(codec="utf-8"), max_size=20)
ANSWERS = st.fixed_dictionaries(
    {"thumbs": st.sampled_from(["good", "bad", "unsure"])},
    optional={
        "tone": st.integers(1, 5),
        "order": st.permutations(["a", "b", "c"]),
        "musts": st.lists(
            st.fixed_dictionaries({"side": st.sampled_from(["must", "must_not"]), "text": SENTENCES}), max_size=30
        ),
    },
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine of the tests may be busy
@given(ANSWERS)
def test_what_a_form_shows_it_gives_back(answers: dict[str, Any]) -> None:
    stored = rubric.validate(ASKED, ReviewInput.model_validate({"answers": answers})).answers
    sent: list[tuple[str, str]] = []
    for field in review_fields.ReviewFields(ASKED, ReviewInput(answers=stored)).questions:
        match field.question.kind:
            case QuestionKind.RANKING:
                sent += [(part.name, part.value) for part in field.ranks]
            case QuestionKind.ASSERTIONS:
                sent += [(part.name, part.value.replace("\n", "\r\n")) for part in field.sides]
            case QuestionKind.SCALE:
                sent += [(field.name, choice.key) for choice in field.choices if choice.is_picked]
            case _:
                sent += [(field.name, str(field.value))]
    again = rubric.validate(ASKED, review_sent.read(QueryDict(urlencode(sent)), ASKED).given).answers
    assert {**again, "musts": _as_set(again)} == {**stored, "musts": _as_set(stored)}


def _as_set(answers: dict[str, Any]) -> set[str]:
    """Of assertions, which a form gives back by side."""
    return {str(one) for one in answers.get("musts", [])}


@pytest.mark.django_db
def test_they_become_feedback_and_the_verdict_is_the_traces(bench: Bench) -> None:
    rubric_versions.publish(queue=bench.queue, asked=ASKED, by=None)
    bench.submit(bench.one, answers=SAID)
    assert list(Feedback.objects.order_by("id").values_list("key", "score", "value")) == [
        ("thumbs", 0.0, None),
        ("tone", 2.0, None),
        ("musts", None, SAID["musts"]),
        ("order", None, ["b", "c", "a"]),
    ]
    bench.trace.refresh_from_db()
    assert bench.trace.verdict == "bad"
    bench.submit(bench.one, answers={**SAID, "thumbs": "unsure"})
    assert list(Feedback.objects.filter(key="thumbs").values_list("score", "value")) == [(None, "unsure")]
    bench.trace.refresh_from_db()
    assert bench.trace.verdict == "unsure"


@pytest.mark.django_db
def test_assertions_stand_in_for_a_correction_and_become_the_row(bench: Bench) -> None:
    rubric_versions.publish(queue=bench.queue, asked=ASKED, by=None)
    review = bench.submit(bench.one, answers=SAID)
    assert review.correction_state == "proposed"
    shown = corrections.proposal(review)
    assert (shown.words, shown.lines) == ((), ())
    assert [answer.answer for answer in shown.answers] == [
        "Bad", "2", "Must: Name the fee. Must not: Promise a refund.", "B, C, A",
    ]  # fmt: skip
    correct.accept(review=review, by=bench.editor, now=NOON)
    said = {"must": ["Name the fee."], "must_not": ["Promise a refund."]}
    row = Example.objects.get(valid_to=None)
    assert (row.outputs, row.metadata) == ({"assertions": said}, {"assertions": said})

    bench.submit(bench.one, answers={**SAID, "musts": SAID["musts"][:1]}, correction="No refund.")
    correct.accept(review=Review.objects.get(), by=bench.editor, now=NOON + timedelta(hours=1))
    row = Example.objects.get(valid_to=None)
    assert row.outputs == {"output": "No refund."}
    assert row.metadata == {"assertions": {"must": ["Name the fee."], "must_not": []}}


@pytest.mark.django_db
def test_a_dataset_that_wants_an_answer_takes_no_assertions_in_its_place(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench()
    closed = {"type": "object", "required": ["output"]}
    Dataset.objects.update(schema={"outputs": closed})
    rubric_versions.publish(queue=bench.queue, asked=ASKED, by=None)
    review = bench.submit(bench.one, answers=SAID)
    with pytest.raises(InvalidRowError, match="output"):
        correct.accept(review=review, by=bench.editor, now=NOON)
    assert Review.objects.get().correction_state == "proposed"


def test_the_sides_of_a_row_are_always_both_there() -> None:
    assert assertions.of_answers(ASKED, {"musts": SAID["musts"][1:]}) == {"must": [], "must_not": ["Promise a refund."]}
    assert assertions.of_answers(ASKED, {"thumbs": "bad"}) == {}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANSWERS)
def test_an_answer_fits_a_question_just_when_it_would_be_kept_as_it_is(answers: dict[str, Any]) -> None:
    kept = rubric.validate(ASKED, ReviewInput.model_validate({"answers": answers})).answers
    for question in (*ASKED.questions, *OTHERS):
        for key, answer in kept.items():
            fits = rubric_changes.fits(question, answer)
            assert fits is is_kept(question, answer), (question.key, answer)
            assert fits or key != question.key


OTHERS = (
    Question(key="points", kind=QuestionKind.NUMBER, label="Points", minimum=2, maximum=4),
    Question(key="why", kind=QuestionKind.TEXT, label="Why", pattern="go+d"),
    Question(key="one", kind=QuestionKind.CHOICE, label="One", options=(*OPTIONS, Option(key="bad", label="Bad"))),
    Question(key="some", kind=QuestionKind.MULTI_CHOICE, label="Some", options=OPTIONS),
    Question(key="up", kind=QuestionKind.THUMBS, label="Good?"),
)


def is_kept(question: Question, answer: Any) -> bool:
    try:
        kept: Any = stored(question, answer)
    except AnswerError:
        return False
    in_order = question.kind is QuestionKind.MULTI_CHOICE and isinstance(answer, list)
    return bool(sorted(kept) == sorted(answer) if in_order else kept == answer)
