"""Questions out of what feedback keys mean in a workspace, so that a rubric asks in the words that judges and users answer in."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from annotation.domain.feedback.configs import categories_of
from annotation.domain.queues.rubric import Option, Question, QuestionKind
from annotation.models import FeedbackConfig, Workspace

KINDS = {
    FeedbackConfig.Kind.THUMBS: QuestionKind.THUMBS,
    FeedbackConfig.Kind.NUMBER: QuestionKind.NUMBER,
    FeedbackConfig.Kind.CATEGORIES: QuestionKind.CHOICE,
    FeedbackConfig.Kind.TEXT: QuestionKind.TEXT,
}
"""How a reviewer answers what a config describes."""


def of_workspace(workspace: Workspace) -> list[Question]:
    """A question for every feedback key that can be asked, by key; what cannot (one category, an odd key) is left out."""
    configs = FeedbackConfig.objects.filter(workspace=workspace).order_by("key")
    return [question for config in configs if (question := _question(config))]


def answered(config: FeedbackConfig) -> dict[str, Any]:
    """How a question under the config's key is answered: fields of a Question."""
    kind = KINDS[FeedbackConfig.Kind(config.kind)]
    if kind is QuestionKind.NUMBER:
        return {"kind": kind, "minimum": config.minimum, "maximum": config.maximum}
    if kind is not QuestionKind.CHOICE:
        return {"kind": kind}
    options = tuple(Option(key=one.value, label=one.label or one.value) for one in categories_of(config))
    return {"kind": QuestionKind.MULTI_CHOICE if config.allows_several else kind, "options": options}


def _question(config: FeedbackConfig) -> Question | None:
    words = config.key.replace("_", " ").replace("-", " ").strip()
    label = f"{words[:1].upper()}{words[1:]}"
    try:
        return Question(key=config.key, label=label, help=config.description[:2000], **answered(config))
    except ValidationError:
        return None
