"""`/feedback-configs`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith import wire
from annotation.api.langsmith.base import View
from annotation.api.langsmith.errors import Invalid, Refusal
from annotation.api.langsmith.feedback import meaning
from annotation.domain.access import Capability
from annotation.domain.feedback import configs
from annotation.domain.feedback.configs import Meaning
from annotation.models import FeedbackConfig


class FeedbackConfigView(View):
    """What feedback keys mean; a key has one meaning, for the whole workspace."""

    needs = {
        "GET": Capability.READ,
        "POST": Capability.ADMINISTER,
        "PATCH": Capability.ADMINISTER,
        "DELETE": Capability.ADMINISTER,
    }

    def get(self, request: Request) -> Response:
        """An array, by key."""
        rows = self.visible(FeedbackConfig).select_related("workspace").order_by("key")
        if keys := wire.texts(request, "key"):
            rows = rows.filter(key__in=keys)
        if part := request.query_params.get("name_contains"):
            rows = rows.filter(key__icontains=part)
        if wire.flag(request, "is_enforced"):
            rows = rows.none()
        return Response([meaning.written(config) for config in rows[wire.window(request)]])

    def post(self, _request: Request) -> Response:
        """Say what a key means; the same again is answered with what is there, another meaning refused."""
        sent = self.one()
        key, said = _key(sent), _config(sent)
        if said is None:
            raise Invalid("feedback_config has to be an object.")
        wanted = replace(meaning.meaning_of(said, Meaning()), is_lower_better=_direction(sent))
        known = self.visible(FeedbackConfig).select_related("workspace").filter(key=key).first()
        if known is not None:
            if not _is_same(known, said, wanted):
                raise Refusal(400, "Feedback config already exists, with another meaning: change that one.")
            return Response(meaning.written(known))
        return Response(meaning.written(self._made(key, meaning.kind_of(said), wanted)))

    def patch(self, _request: Request) -> Response:
        """Change the meaning, some of its categories, or which way its scores improve."""
        sent = self.one()
        known = self._known(sent)
        wanted, said = configs.meaning_of(known), _config(sent)
        if said is not None:
            if meaning.kind_of(said) != known.kind:
                raise Refusal(400, "The type stays, since feedback was given in it: use another key.")
            wanted = meaning.meaning_of(said, wanted)
        if sent.get("add_categories") or sent.get("remove_categories"):
            if known.kind != FeedbackConfig.Kind.CATEGORIES:
                raise Invalid("Only a categorical config has categories.")
            wanted = meaning.with_categories(wanted, sent.get("add_categories"), sent.get("remove_categories"))
        if (direction := _direction(sent)) is not None:
            wanted = replace(wanted, is_lower_better=direction)
        try:
            configs.change(config=known, meaning=wanted, by=self.person)
        except configs.BadConfigError as problem:
            raise Invalid(str(problem)) from problem
        return Response(meaning.written(FeedbackConfig.objects.select_related("workspace").get(pk=known.pk)))

    def delete(self, request: Request) -> Response:
        """Forget what a key means; feedback given under it stays, and the key can be given a meaning again."""
        asked = request.query_params
        if bool(asked.get("feedback_key")) == bool(asked.get("id")):
            raise Invalid("Name one: feedback_key or id.")
        configs.delete(
            config=self._known({"feedback_key": asked.get("feedback_key"), "id": asked.get("id")}), by=self.person
        )
        return Response(status=204)

    def _made(self, key: str, kind: str, wanted: Meaning) -> FeedbackConfig:
        try:
            return configs.create(workspace=self.actor.workspace, key=key, kind=kind, meaning=wanted, by=self.person)
        except configs.BadConfigError as problem:
            raise Refusal(400, str(problem)) from problem

    def _known(self, sent: dict[str, Any]) -> FeedbackConfig:
        rows = self.visible(FeedbackConfig).select_related("workspace")
        found = rows.filter(uuid=wire.parsed_uuid(sent["id"], "id")) if sent.get("id") else rows.filter(key=_key(sent))
        config = found.first()
        if config is None:
            raise NotFound("There is no feedback config for this key.")
        return config


def _is_same(known: FeedbackConfig, said: dict[str, Any], wanted: Meaning) -> bool:
    """What is said is what is there, as far as it is said at all."""
    there = configs.meaning_of(known)
    direction = wanted.is_lower_better if wanted.is_lower_better is not None else there.is_lower_better
    same = replace(meaning.meaning_of(said, there), is_lower_better=direction)
    return meaning.kind_of(said) == known.kind and _bare(same) == _bare(there)


def _bare(one: Meaning) -> Meaning:
    return replace(one, categories=tuple(category.model_copy(update={"label": ""}) for category in one.categories))


def _key(sent: dict[str, Any]) -> str:
    key = sent.get("feedback_key")
    if not isinstance(key, str) or not 0 < len(key) <= 180:
        raise Invalid("feedback_key has to be a text of 1 to 180 characters.")
    return key


def _config(sent: dict[str, Any]) -> dict[str, Any] | None:
    said = sent.get("feedback_config")
    if said is not None and not isinstance(said, dict):
        raise Invalid("feedback_config has to be an object.")
    return said


def _direction(sent: dict[str, Any]) -> bool | None:
    value = sent.get("is_lower_score_better")
    return None if value is None else wire.parsed_bool(value, "is_lower_score_better")
