"""What `subjects` writes, as SQL of columns; a test holds the two against each other."""

from __future__ import annotations

from django.db.models import F, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat


def of_trace(uuid: F) -> Combinable:
    """A whole trace, by its outside id."""
    return Concat(Value("trace:"), Cast(uuid, TextField()), output_field=TextField())


def of_run(uuid: F) -> Combinable:
    """One run, by its outside id."""
    return Concat(Value("run:"), Cast(uuid, TextField()), output_field=TextField())


def of_thread(project: F, thread_id: F) -> Combinable:
    """A conversation of a project (its inside id)."""
    return Concat(Value("thread:"), Cast(project, TextField()), Value(":"), thread_id, output_field=TextField())
