"""Feedback as programs give it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.api.v1.serializers.fields import AnyField
from annotation.domain.feedback import validation
from annotation.domain.feedback.giving import Given
from annotation.domain.feedback.targets import Target
from annotation.models import Feedback

_SPAN_ID = re.compile(r"[0-9a-fA-F]{16}")


class GivenFeedbackSerializer(serializers.Serializer[Any]):
    """A judgement to store; it names what it is about by exactly one of the ids (a run also with its trace)."""

    client_id = serializers.CharField(
        max_length=validation.MAX_CLIENT_ID, required=False, allow_null=True,
        help_text="Your own id: the same feedback sent again is brought up to date, not doubled. Also taken as `id`.",
    )  # fmt: skip
    run_id = serializers.CharField(
        max_length=500, required=False, allow_null=True, help_text="UUID of the run, or your own id of it."
    )
    run_external_id = serializers.CharField(
        max_length=500, required=False, allow_null=True, help_text="Span id, or your own id."
    )
    trace_id = serializers.UUIDField(required=False, allow_null=True, help_text="UUID, or 32 hex digits.")
    thread_id = serializers.CharField(max_length=500, required=False, allow_null=True)
    key = serializers.CharField(max_length=validation.MAX_KEY)
    score = AnyField(required=False, help_text="A number, true or false.")
    value = AnyField(required=False)
    comment = serializers.CharField(required=False, allow_null=True, allow_blank=True, trim_whitespace=False)
    correction = AnyField(required=False)
    source = ChoiceField(  # type: ignore[assignment]  # the base class's own is another thing
        choices=Feedback.Source.choices, required=False
    )
    metadata = serializers.DictField(required=False)
    created_at = serializers.DateTimeField(required=False)

    def to_internal_value(self, data: Any) -> Any:
        """Takes `id` for `client_id`."""
        if isinstance(data, dict) and "id" in data and "client_id" not in data:
            data = {**data, "client_id": data["id"]}
        return super().to_internal_value(data)

    def validate_score(self, score: Any) -> float | None:
        try:
            return validation.number(score)
        except (TypeError, ValueError) as problem:
            raise serializers.ValidationError(str(problem)) from problem

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One target."""
        is_run = bool(attrs.get("run_id") or attrs.get("run_external_id"))
        named = [is_run or bool(attrs.get("trace_id")), bool(attrs.get("thread_id"))]
        if named.count(True) != 1:
            raise serializers.ValidationError(
                {"target": ["Name what it is about: a run_id, a trace_id or a thread_id, and not two of them."]}
            )
        return attrs


def given_of(sent: Mapping[str, Any]) -> Given:
    """What was sent, once it is valid."""
    return Given(
        target=_target(sent),
        content=validation.Content(
            sent["key"], sent.get("score"), sent.get("value"), sent.get("comment") or None, sent.get("correction")
        ),
        source=sent.get("source") or Feedback.Source.API,
        client_id=sent.get("client_id"),
        metadata=sent.get("metadata") or {},
        created_at=sent.get("created_at"),
    )


def _target(sent: Mapping[str, Any]) -> Target:
    run_id, external_id = sent.get("run_id"), sent.get("run_external_id")
    return Target(
        run_id=_uuid(run_id),
        run_external_id=_span_id(external_id or run_id),
        trace_id=sent.get("trace_id"),
        thread_id=sent.get("thread_id"),
    )


def _span_id(text: str | None) -> str | None:
    """Span ids are kept in small letters; a client's own id stays as it is."""
    return text.lower() if text and _SPAN_ID.fullmatch(text) else text


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
