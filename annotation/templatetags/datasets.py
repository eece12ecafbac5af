"""Rows of datasets, as templates show them."""

from __future__ import annotations

from typing import Any

from django import template

from annotation.domain.datasets import content as contents

register = template.Library()


@register.filter
def gist(value: Any) -> str:
    """What a person recognises a JSON value by, on one line."""
    return contents.gist(value)


@register.filter
def indentation(depth: int) -> str:
    """Blanks before a line of JSON that stands so deep."""
    return "  " * depth
