"""A conversation as its traces tell it: what the user asked and finally got, turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet, Sum

from annotation.domain import paging
from annotation.domain.traces.conversation.clip import Clip, clip
from annotation.models import Feedback, Trace

PAGE_SIZE = 60
ORDER = ("started_at", "id")


@dataclass(frozen=True, slots=True)
class ThreadTurn:
    """One trace of the conversation."""

    trace: Trace
    asked: Clip
    answered: Clip


@dataclass(frozen=True, slots=True)
class Thread:
    """A page of turns, and what the whole conversation amounts to."""

    id: str
    turns: list[ThreadTurn]
    trace_count: int
    started_at: datetime
    total_tokens: int | None
    user_id: str | None
    feedback: Sequence[Feedback]
    next_cursor: str | None
    is_first: bool


def turns(traces: QuerySet[Trace], thread_id: str, *, feedback: QuerySet[Feedback], cursor: str = "") -> Thread | None:
    """The thread among the traces that the asker may see; None when there is none of it. Three queries."""
    mine = traces.filter(thread_id=thread_id)
    whole = mine.aggregate(count=Count("id"), first=Min("started_at"), tokens=Sum("total_tokens"), user=Min("user_id"))
    if not whole["count"]:
        return None
    try:
        page = paging.page(mine.select_related("project"), order=ORDER, size=PAGE_SIZE, cursor=cursor)
    except paging.BadCursorError:
        cursor = ""
        page = paging.page(mine.select_related("project"), order=ORDER, size=PAGE_SIZE)
    said = feedback.filter(target=Feedback.Target.THREAD, thread_id=thread_id).select_related("author")
    return Thread(
        thread_id,
        [_turn(trace) for trace in page.rows],
        whole["count"],
        whole["first"],
        whole["tokens"],
        whole["user"],
        list(said.order_by("created_at", "id")),
        page.next_cursor,
        is_first=not cursor,
    )


def _turn(trace: Trace) -> ThreadTurn:
    return ThreadTurn(trace, clip(trace.input or "", "trace:input"), clip(trace.output or "", "trace:output"))
