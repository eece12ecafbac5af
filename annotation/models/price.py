"""What model providers charge, as the workspace wrote it down."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Lower, Now

from annotation.models.account import User, Workspace
from annotation.models.base import PublicModel


def _amount(**options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=14, decimal_places=6, **options)


class ModelPrice(PublicModel):
    """US dollars per million tokens of a model, for calls from `valid_from` up to, not including, `valid_to` (UTC days).

    `provider` is empty for whoever serves the model; `model` may hold `*` for any characters. Cached and reasoning tokens
    cost what input and output cost where no price of their own is given. Chosen by `domain.prices.pricing`.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="prices", db_index=False)
    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=200)
    input = _amount()
    output = _amount()
    cache_read = _amount(null=True, blank=True)
    cache_write = _amount(null=True, blank=True)
    reasoning = _amount(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("model"), Lower("provider"), "valid_from", name="price_once_per_start"
            ),
            models.CheckConstraint(
                condition=models.Q(input__gte=0, output__gte=0)
                & (models.Q(cache_read__isnull=True) | models.Q(cache_read__gte=0))
                & (models.Q(cache_write__isnull=True) | models.Q(cache_write__gte=0))
                & (models.Q(reasoning__isnull=True) | models.Q(reasoning__gte=0)),
                name="price_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="price_validity_ordered",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "model", "-valid_from", "id"], name="price_list")]

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}" if self.provider else self.model
