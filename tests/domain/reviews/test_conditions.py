"""Questions that are asked, or need an answer, only then; and texts that have to fit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from annotation.domain.queues.conditions import Condition
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.domain.reviews import rubric
from annotation.domain.reviews.content import ReviewInput

OPTIONS = (Option(key="policy", label="Policy"), Option(key="tone", label="Tone"))
THUMBS = Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?")
WHY = Question(
    key="why", kind=QuestionKind.CHOICE, label="What failed?", options=OPTIONS, is_required=True,
    visible_if=Condition(question="thumbs", any_of=("down",)),
)  # fmt: skip
TICKET = Question(
    key="ticket", kind=QuestionKind.TEXT, label="Ticket", pattern=r"[A-Z]{2}-\d+", pattern_message="Write it like AB-12.",
    visible_if=Condition(question="why"), required_if=Condition(question="why", any_of=("policy",)),
)  # fmt: skip
ASKED = Rubric(questions=(THUMBS, WHY, TICKET))


def checked(**answers: Any) -> dict[str, Any]:
    return rubric.validate(ASKED, ReviewInput(answers=answers)).answers


def problems(**answers: Any) -> dict[str, str]:
    with pytest.raises(rubric.InvalidReviewError) as caught:
        checked(**answers)
    return caught.value.by_key


def test_hidden_answers_are_neither_wanted_nor_stored() -> None:
    assert checked(thumbs="up", why="tone", ticket="AB-1") == {"thumbs": "up"}
    assert checked(why="nonsense", ticket="?") == {}


def test_a_question_needs_its_answer_once_it_is_asked() -> None:
    assert problems(thumbs="down") == {"why": "“What failed?” needs an answer."}
    assert checked(thumbs="down", why="tone") == {"thumbs": "down", "why": "tone"}
    assert problems(thumbs="down", why="policy") == {"ticket": "“Ticket” needs an answer."}


def test_a_text_fits_its_pattern_or_is_told_so() -> None:
    assert checked(thumbs="down", why="tone", ticket=" AB-12 ")["ticket"] == "AB-12"
    assert problems(thumbs="down", why="tone", ticket="AB-12 and more") == {"ticket": "Write it like AB-12."}
    typed = ReviewInput(answers={"ticket": "AB-"})
    assert rubric.pattern_problems(ASKED, typed) == {"ticket": "Write it like AB-12."}
    assert rubric.pattern_problems(ASKED, ReviewInput(answers={"ticket": "  "})) == {}


@pytest.mark.parametrize(
    ("answer", "values", "is_met"),
    [
        (2, ("2",), True),
        (2.5, (2.5,), True),
        (["a", "b"], ("b",), True),
        (["a"], ("b",), False),
        ("x", (), True),
        (None, (), False),
    ],
)
def test_conditions_read_answers_of_every_kind(answer: Any, values: tuple[Any, ...], *, is_met: bool) -> None:
    condition = Condition.model_validate({"question": "q", "any_of": values})
    assert condition.is_met({} if answer is None else {"q": answer}) is is_met


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ((WHY, THUMBS), "can only depend on a question above it, and “thumbs” is none"),
        ((THUMBS, WHY.model_copy(update={"visible_if": Condition(question="why")})), "“why” is none"),
        ((THUMBS, WHY.model_copy(update={"required_if": Condition(question="thumbs", any_of=("so-so",))})), "“so-so”"),
        (
            (
                Question(key="musts", kind=QuestionKind.ASSERTIONS, label="Musts"),
                WHY.model_copy(update={"visible_if": Condition(question="musts", any_of=("x",))}),
            ),
            "whether “Musts” is answered",
        ),
    ],
)
def test_conditions_look_back_at_answers_that_can_be_given(questions: tuple[Question, ...], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Rubric(questions=questions)


def test_only_texts_have_patterns_and_patterns_are_readable() -> None:
    with pytest.raises(ValidationError, match="Only a text can have a pattern"):
        Question(key="n", kind=QuestionKind.NUMBER, label="N", pattern="1")
    with pytest.raises(ValidationError, match="without its"):
        Question(key="t", kind=QuestionKind.TEXT, label="T", pattern="(")


def test_documents_say_conditions_and_read_the_same() -> None:
    assert ASKED.document()["questions"][1]["visible_if"] == {"question": "thumbs", "any_of": ["down"]}
    assert "visible_if" not in ASKED.document()["questions"][0]
    assert Rubric.model_validate(ASKED.document()) == ASKED


ANSWERS = st.dictionaries(
    st.sampled_from(["thumbs", "why", "ticket"]),
    st.sampled_from(["up", "down", "tone", "policy", "AB-1", "x", "", None]),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine of the tests may be busy
@given(ANSWERS)
def test_what_is_stored_is_stored_again_as_it_is(answers: dict[str, Any]) -> None:
    try:
        stored = checked(**answers)
    except rubric.InvalidReviewError:
        return
    assert checked(**stored) == stored
    assert "why" not in stored or stored["thumbs"] == "down"
    assert "ticket" not in stored or "why" in stored
