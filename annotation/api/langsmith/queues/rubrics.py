"""Rubric items of this protocol and the questions of our rubrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from annotation.api.langsmith.errors import Invalid
from annotation.api.langsmith.feedback import meaning
from annotation.domain.queues import shared_questions
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric
from annotation.models import FeedbackConfig, Workspace

_KEPT = ("value_descriptions", "score_descriptions", "is_assertion", "regex_validator", "required_if", "visible_if")
"""What our questions have no words for: kept with them, and given back."""

_REFINED = {QuestionKind.VERDICT: QuestionKind.THUMBS, QuestionKind.SCALE: QuestionKind.NUMBER}
"""Kinds of ours that this protocol has only a plainer word for: kept when it says that word."""

_OURS = ("visible_if", "required_if", "pattern", "pattern_message")
"""What people say on our page and this protocol has other forms for; theirs is kept beside it."""

_HOW = ("kind", "options", "minimum", "maximum", "low_label", "high_label")
"""What says how a question is answered."""


def read(sent: Any, workspace: Workspace, before: Rubric | None = None) -> Rubric:
    """The rubric that these items make. How a key is answered is said by its feedback config, else by the question that it
    had `before`, whose words for people stay. Raises Invalid.
    """
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise Invalid("rubric_items has to be an array of objects.")
    configs = {config.key: config for config in FeedbackConfig.objects.filter(workspace=workspace)}
    known = {question.key: question for question in before.questions} if before else {}
    try:
        questions = tuple(_question(one, configs.get(_key(one)), known.get(_key(one))) for one in sent)
        if before is None:
            return Rubric(questions=questions)
        return Rubric(questions=questions, step_questions=before.step_questions, parts=before.parts)
    except ValidationError as problem:
        raise Invalid("rubric_items: " + "; ".join(str(error["msg"]) for error in problem.errors())) from problem


def written(rubric: Rubric, workspace: Workspace) -> list[dict[str, Any]]:
    """The items that the questions make."""
    keys = [question.key for question in rubric.questions]
    configs = FeedbackConfig.objects.select_related("workspace").filter(workspace=workspace, key__in=keys)
    known = {config.key: config for config in configs}
    return [_item(question, known.get(question.key)) for question in rubric.questions]


def _item(question: Question, config: FeedbackConfig | None) -> dict[str, Any]:
    return {
        **dict.fromkeys(_KEPT),
        **question.said,
        "feedback_key": question.key,
        "description": question.help or None,
        "is_required": question.is_required,
        "feedback_config_id": config.uuid if config else None,
        "feedback_config": meaning.written(config) if config else None,
    }


def _key(sent: Mapping[str, Any]) -> str:
    return str(sent.get("feedback_key"))


def _question(sent: Mapping[str, Any], config: FeedbackConfig | None, before: Question | None) -> Question:
    key = sent.get("feedback_key")
    if not isinstance(key, str):
        raise Invalid("feedback_key has to be a text.")
    described = sent.get("description")
    return Question(
        key=key,
        label=before.label if before else key,
        help=described if isinstance(described, str) else "",
        is_required=bool(sent.get("is_required")),
        said={name: sent[name] for name in _KEPT if sent.get(name) is not None},
        **({name: getattr(before, name) for name in _OURS} if before else {}),
        **_answered(key, config, before),
    )


def _answered(key: str, config: FeedbackConfig | None, before: Question | None) -> dict[str, Any]:
    """How the question is answered; a new key without a config takes a number from 0 to 1, as there."""
    if config is None and before is not None:
        return {name: getattr(before, name) for name in _HOW}
    if config is None:
        return (
            {"kind": QuestionKind.THUMBS}
            if key == "thumbs"
            else {"kind": QuestionKind.NUMBER, "minimum": 0, "maximum": 1}
        )
    if before is not None and _REFINED.get(before.kind) is shared_questions.KINDS[FeedbackConfig.Kind(config.kind)]:
        return {name: getattr(before, name) for name in _HOW}
    return shared_questions.answered(config)
