"""Which personal value of an item has which number, so that it is called the same on every page and in every answer."""

from __future__ import annotations

from django.db import models

from annotation.models.queue import Item


class MaskedValue(models.Model):
    """A value that reviewers of an item are shown as `[<kind> <number>]`.

    `digest` is a keyed hash of the value: the value itself stands in the trace and nowhere else.
    """

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    digest = models.CharField(max_length=32)
    number = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "kind", "digest"], name="masked_value_once_per_item"),
            models.UniqueConstraint(fields=["item", "kind", "number"], name="masked_number_once_per_item"),
        ]

    def __str__(self) -> str:
        return f"[{self.kind} {self.number}] of {self.item_id}"
