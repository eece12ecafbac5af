"""Answers against their rubric."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.domain.queues.rubric import Option, Parts, Question, QuestionKind, Rubric
from annotation.domain.reviews import rubric
from annotation.domain.reviews.content import ReviewInput

OPTIONS = (Option(key="kind", label="Kind"), Option(key="rude", label="Rude"), Option(key="odd", label="Odd"))
ASKED = Rubric(
    questions=(
        Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?", is_required=True),
        Question(key="tone", kind=QuestionKind.CHOICE, label="Tone", options=OPTIONS),
        Question(key="tones", kind=QuestionKind.MULTI_CHOICE, label="Tones", options=OPTIONS),
        Question(key="stars", kind=QuestionKind.NUMBER, label="Stars", minimum=1, maximum=5),
        Question(key="why", kind=QuestionKind.TEXT, label="Why"),
    )
)


def problems(rubric_asked: Rubric, **review: object) -> dict[str, str]:
    with pytest.raises(rubric.InvalidReviewError) as caught:
        rubric.validate(rubric_asked, ReviewInput.model_validate(review))
    return caught.value.by_key


def test_answers_take_their_stored_form() -> None:
    given = {"thumbs": "down", "tone": "rude", "tones": ["odd", "kind", "odd"], "stars": " 4,5 ", "why": " late\0 "}
    checked = rubric.validate(ASKED, ReviewInput.model_validate({"answers": given}))
    assert checked.answers == {"thumbs": "down", "tone": "rude", "tones": ["kind", "odd"], "stars": 4.5, "why": "late"}


def test_empty_answers_are_no_answers() -> None:
    given = {"thumbs": "up", "tone": "", "tones": [], "stars": "", "why": "  "}
    assert rubric.validate(ASKED, ReviewInput.model_validate({"answers": given})).answers == {"thumbs": "up"}


def test_every_problem_is_named_by_its_question() -> None:
    given = {"tone": "loud", "tones": ["loud"], "stars": 9, "why": ["x"], "other": 1}
    assert problems(ASKED, answers=given, layer="moon", labels=["x" * 121]) == {
        "other": "The rubric has no question “other”.",
        "thumbs": "“Good?” needs an answer.",
        "tone": "“Tone” takes one of: kind, rude, odd.",
        "tones": "“Tones” takes any of: kind, rude, odd.",
        "stars": "“Stars” takes a number from 1 to 5.",
        "why": "“Why” takes text.",
        "layer": "The layer is one of: model, harness, context.",
        "labels": "A label takes at most 120 characters.",
    }


@pytest.mark.parametrize("value", [True, "four", "nan", "inf", [4], {"a": 4}])
def test_a_number_is_a_finite_number(value: object) -> None:
    assert problems(ASKED, answers={"thumbs": "up", "stars": value}) == {"stars": "“Stars” takes a number."}


def test_labels_are_tidied_and_named_once() -> None:
    checked = rubric.validate(Rubric(), ReviewInput(labels=("Wrong  policy", "wrong policy", " ", "Tone")))
    assert checked.labels == ("Wrong policy", "Tone")


def test_parts_left_out_of_the_rubric_are_emptied() -> None:
    bare = Rubric(parts=Parts(labels=False, layer=False, first_failing_step=False, correction=False, note=False))
    given = ReviewInput(labels=("Tone",), layer="model", correction="better", note="so", active_ms=7)
    assert rubric.validate(bare, given) == ReviewInput(active_ms=7)


def test_a_correction_is_made_storable() -> None:
    given = ReviewInput(correction={"a\0": ["\ud800x", math.inf, 1]})
    assert rubric.validate(Rubric(), given).correction == {"a": ["?x", None, 1]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def checked_or_named(review: ReviewInput) -> tuple[ReviewInput | None, set[str]]:
    try:
        return rubric.validate(ASKED, review), set()
    except rubric.InvalidReviewError as problem:
        return None, set(problem.by_key)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine of the tests may be busy
@given(st.dictionaries(st.sampled_from(["thumbs", "tone", "tones", "stars", "why"]), JSON))
def test_whatever_is_given_is_either_stored_or_named_as_a_problem(answers: dict[str, object]) -> None:
    review = ReviewInput.model_validate({"answers": answers})
    checked, named = checked_or_named(review)
    assert named <= {question.key for question in ASKED.questions}
    if checked:
        assert checked.answers["thumbs"] in {"up", "down"}
        assert rubric.validate(ASKED, checked) == checked
