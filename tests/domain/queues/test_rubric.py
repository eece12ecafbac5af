"""Rubrics that can be asked, and those that cannot."""

import pytest
from pydantic import ValidationError

from annotation.domain.queues import rubric
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric

TONE = Question(
    key="tone",
    kind=QuestionKind.CHOICE,
    label="Tone",
    options=(Option(key="kind", label="Kind"), Option(key="rude", label="Rude")),
)


def test_default_asks_for_thumbs_and_has_all_parts() -> None:
    assert rubric.default().document() == {
        "questions": [
            {
                "key": "thumbs",
                "kind": "thumbs",
                "label": "Was this good?",
                "help": "",
                "is_required": True,
                "options": [],
                "minimum": None,
                "maximum": None,
            }
        ],
        "parts": {"labels": True, "layer": True, "first_failing_step": True, "correction": True, "note": True},
    }


def test_reads_what_it_wrote_and_bare_lists() -> None:
    asked = Rubric(questions=(TONE,))
    assert rubric.read(asked.document()) == asked
    assert rubric.read(asked.document()["questions"]) == asked
    assert rubric.read([]) == Rubric()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"key": "label", "kind": "text"}, "is the key of a part"),
        ({"key": "thumbs", "kind": "text"}, "is kept for a question of the kind good or bad"),
        (
            {"key": "tone", "kind": "choice", "options": [{"key": "a", "label": "A"}]},
            r"ask “Any of several” \(multi_choice\)",
        ),
        ({"key": "tone", "kind": "multi_choice"}, "at least one option to tick"),
        ({"key": "tone", "kind": "choice", "options": [{"key": "a", "label": "A"}] * 2}, "“a” stands there twice"),
        ({"key": "tone", "kind": "text", "options": [{"key": "a", "label": "A"}]}, "Only questions with a choice"),
        ({"key": "cost", "kind": "number", "minimum": 3, "maximum": 3}, "has to be below"),
        ({"key": "tone", "kind": "scale"}, "A scale goes from one whole number to a larger one"),
        ({"key": "tone", "kind": "scale", "minimum": 0, "maximum": 11}, "in at most 11 steps"),
        ({"key": "tone", "kind": "scale", "minimum": 1, "maximum": 2.5}, "one whole number"),
        ({"key": "tone", "kind": "number", "low_label": "cold"}, "Only the ends of a scale have labels"),
        ({"key": "Not a key", "kind": "text"}, "should match pattern"),
    ],
)
def test_refuses_questions_that_cannot_be_asked(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Question.model_validate({"label": "What?", **fields})


def test_any_of_several_may_be_one_box_to_tick() -> None:
    box = {"key": "urgent", "kind": "multi_choice", "label": "Urgent?", "options": [{"key": "yes", "label": "Yes"}]}
    assert rubric.read([box]).questions[0].answers == {"yes": "Yes"}


def test_a_condition_that_nobody_can_meet_is_told_with_what_may_be_answered() -> None:
    thumbs = {"key": "thumbs", "kind": "thumbs", "label": "Good"}
    why = {"key": "why", "kind": "text", "label": "Why?", "visible_if": {"question": "thumbs", "any_of": ["bad"]}}
    with pytest.raises(ValidationError, match=r"which nobody can answer to “Good”[.] Its answers are down, up"):
        rubric.read([thumbs, why])


def test_every_question_needs_its_own_key() -> None:
    with pytest.raises(ValidationError, match="Two questions have the key “tone”"):
        Rubric(questions=(TONE, TONE))
