"""Which questions fit into a row of a table, where many items are judged at once; pure."""

from __future__ import annotations

from annotation.domain.queues.rubric import Question, QuestionKind, Rubric

MOST_BESIDE = 4
"""Questions that have their answers in the row; more would leave no room for what is judged."""

PICKED = frozenset(
    {QuestionKind.THUMBS, QuestionKind.VERDICT, QuestionKind.CHOICE, QuestionKind.MULTI_CHOICE, QuestionKind.SCALE}
)
"""Kinds that one key answers."""

TYPED = frozenset({QuestionKind.NUMBER, QuestionKind.TEXT})
"""Kinds that a line takes, below the row once it is opened."""


def beside(rubric: Rubric) -> tuple[Question, ...]:
    """The questions that are answered in the row: the first of those that one key answers."""
    return tuple(question for question in rubric.questions if question.kind in PICKED)[:MOST_BESIDE]


def below(rubric: Rubric) -> tuple[Question, ...]:
    """The questions that are answered once the row is opened."""
    return tuple(question for question in rubric.questions if question.kind in TYPED)


def hindrance(rubric: Rubric) -> str:
    """Why items cannot be judged in rows, in a sentence for people; empty where they can."""
    shown = {question.key for question in beside(rubric)}
    if not shown:
        return "It asks nothing that one key answers."
    for question in rubric.step_questions:
        if question.is_required:
            return f"“{question.label}” needs an answer for single steps."
    for question in rubric.questions:
        if question.key not in shown and (question.is_required or question.required_if):
            return f"“{question.label}” needs an answer, {_WHY.get(question.kind, _TOO_MANY)}."
    return ""


_TOO_MANY = f"and only the first {MOST_BESIDE} questions fit into a row"
_WHY = {
    QuestionKind.NUMBER: "which has to be typed for every item",
    QuestionKind.TEXT: "which has to be typed for every item",
    QuestionKind.ASSERTIONS: "which has to be written for every item",
    QuestionKind.RANKING: "and an order does not fit into a row",
}
