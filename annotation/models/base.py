"""What every table of the product shares: outside ids, timestamps and safe choices."""

from __future__ import annotations

import uuid

from django.db import models


class PublicModel(models.Model):
    """A row that the outside world may ask for: a bigint inside, a random UUID outside."""

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """A named check that a column holds one of the values of `choices`, whoever writes it."""
    return models.CheckConstraint(condition=models.Q((f"{field}__in", choices.values)), name=name)


def together(first: str, second: str, name: str) -> models.CheckConstraint:
    """A named check that two nullable columns are both set or both empty (who and when)."""
    both = models.Q((f"{first}__isnull", False), (f"{second}__isnull", False))
    neither = models.Q((f"{first}__isnull", True), (f"{second}__isnull", True))
    return models.CheckConstraint(condition=both | neither, name=name)
