"""What a rubric asks that another one did not, and which answers to that one it would not take. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from annotation.domain.queues import patterns
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric


@dataclass(frozen=True, slots=True)
class Changes:
    """From one rubric to another: questions that are `new` or have more to choose from, and those that take something else.

    Of `recast` ones the answers that stand may not fit any more; each of them is to be looked at.
    """

    new: tuple[Question, ...] = ()
    new_of_steps: tuple[Question, ...] = ()
    recast: tuple[Question, ...] = ()
    recast_of_steps: tuple[Question, ...] = ()

    def is_lacking(self, answers: Mapping[str, JsonValue]) -> bool:
        """Whether one of the new questions would be asked after these answers about the whole."""
        return any(not question.visible_if or question.visible_if.is_met(answers) for question in self.new)

    def misfits(self, answers: Mapping[str, JsonValue]) -> set[str]:
        """The keys of answers about the whole that fit no more; those to questions that are not asked any more stay."""
        asked = (one for one in self.recast if one.visible_if is None or one.visible_if.is_met(answers))
        return {one.key for one in asked if one.key in answers and not fits(one, answers[one.key])}

    def misfits_of_steps(self, steps: Sequence[Mapping[str, JsonValue]]) -> set[str]:
        """The same of the steps of a review, as it keeps them."""
        said = [answers for step in steps if isinstance(answers := step.get("answers"), dict)]
        return {
            one.key
            for one in self.recast_of_steps
            if any(one.key in answers and not fits(one, answers[one.key]) for answers in said)
        }


def between(asked: Rubric, before: Rubric) -> Changes:
    """What the one asks beside the other, or instead of it, by the keys of questions."""
    of_whole = {question.key: question for question in before.questions}
    of_steps = {question.key: question for question in before.step_questions}
    return Changes(
        new=tuple(one for one in asked.questions if _offers_more(one, of_whole.get(one.key))),
        new_of_steps=tuple(one for one in asked.step_questions if _offers_more(one, of_steps.get(one.key))),
        recast=tuple(one for one in asked.questions if _is_recast(one, of_whole.get(one.key))),
        recast_of_steps=tuple(one for one in asked.step_questions if _is_recast(one, of_steps.get(one.key))),
    )


def _offers_more(question: Question, before: Question | None) -> bool:
    """More to choose from, or more steps to say it of."""
    if before is None or not _choices(question) <= _choices(before):
        return True
    was, of = before.of, question.of
    return was is not None and of is not None and was != of and not (was.type == of.type and not was.name)


def _choices(question: Question) -> set[str]:
    return {*question.answers, *(option.key for option in question.options)}


def _is_recast(question: Question, before: Question | None) -> bool:
    return before is not None and _taken(question) != _taken(before)


def _taken(question: Question) -> tuple[object, ...]:
    """All that decides which answers a question takes."""
    return question.kind, _choices(question), question.minimum, question.maximum, question.pattern


def fits(question: Question, answer: JsonValue) -> bool:
    """Whether an answer in its stored form (see `reviews.rubric`) is one that the question takes."""
    return _TAKES[question.kind](question, answer)


def _number(question: Question, answer: JsonValue) -> bool:
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return False
    low, high = question.minimum, question.maximum
    return (low is None or answer >= low) and (high is None or answer <= high)


def _text(question: Question, answer: JsonValue) -> bool:
    if not isinstance(answer, str):
        return False
    return not question.pattern or patterns.compiled(question.pattern).matches(answer)


def _one(question: Question, answer: JsonValue) -> bool:
    return isinstance(answer, str) and answer in question.answers


def _several(question: Question, answer: JsonValue) -> bool:
    return isinstance(answer, list) and all(_one(question, one) for one in answer)


def _order(question: Question, answer: JsonValue) -> bool:
    keys = sorted(option.key for option in question.options)
    return isinstance(answer, list) and sorted(map(str, answer)) == keys


_TAKES: dict[QuestionKind, Callable[[Question, JsonValue], bool]] = {
    QuestionKind.THUMBS: _one,
    QuestionKind.VERDICT: _one,
    QuestionKind.CHOICE: _one,
    QuestionKind.MULTI_CHOICE: _several,
    QuestionKind.SCALE: lambda question, answer: _number(question, answer) and answer in question.steps,
    QuestionKind.NUMBER: _number,
    QuestionKind.TEXT: _text,
    QuestionKind.ASSERTIONS: lambda _, answer: (
        isinstance(answer, list) and all(isinstance(one, dict) for one in answer)
    ),
    QuestionKind.RANKING: _order,
}
