"""Numbers, times, icons, Markdown and the navigation, as templates show them."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from annotation.domain import formats, markdown
from annotation.domain.masking import tokens
from annotation.domain.projects import own_keys as keys
from annotation.domain.queues import blindness, masking
from annotation.domain.traces.conversation.clip import written
from annotation.domain.traces.filters import FilterError
from annotation.models import Queue

if TYPE_CHECKING:
    from annotation.domain.traces.histogram import Bar
    from annotation.web.trajectory import OutlineRow

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)  # a page of thousands of steps has as many icons, of a few kinds
def icon(name: str, kind: str = "") -> SafeString:
    """The icon `name` of the sprite, for the eye only; `kind` is a class that tints it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {kind}" if kind else "",
        static("img/icons.svg"),
        name,
    )


@register.filter
def shortened(text: Any, most: int) -> str:
    """The beginning of a text that may be masked, without half a token."""
    return tokens.shortened(str(text), most)


#: The icon of each type of run, and the class that tints it.
_RUN_ICONS = {
    "llm": ("llm", "t-llm"),
    "tool": ("tool", "t-tool"),
    "retriever": ("search", "t-retriever"),
    "reranker": ("search", "t-retriever"),
    "embedding": ("data", "t-retriever"),
    "guardrail": ("shield", "t-agent"),
    "evaluator": ("check", "t-agent"),
    "prompt": ("doc", "t-agent"),
    "parser": ("doc", "t-agent"),
}


@register.simple_tag
def run_icon(run_type: str) -> SafeString:
    """The icon of a type of run, in its colour."""
    return icon(*_RUN_ICONS.get(run_type, ("agent", "t-agent")))


_ABSENT = mark_safe("")
_CALL, _ERROR, _CURRENT = mark_safe(" data-call"), mark_safe(" data-error"), mark_safe(' aria-current="step"')


@register.simple_tag
def outline_row(row: OutlineRow) -> SafeString:
    """A step of the outline. A trace has thousands, which as nodes of a template took most of its page's time."""
    run = row.run
    return format_html(
        '<li{}{}><a class="d{}" href="{}" data-step-id="{}"{}>{}<span class="name" title="{}">{}</span>{}</a></li>',
        _CALL if row.is_call else _ABSENT,
        _ERROR if run.status == "error" else _ABSENT,
        row.indent,
        row.address,
        run.uuid,
        _CURRENT if row.is_current else _ABSENT,
        run_icon(run.type),
        run.name,
        _called(row),
        _outcome(row),
    )


def _called(row: OutlineRow) -> str:
    """The step's name and what it did, or only that where many steps have the name."""
    name = formats.step_name(row.run.name) or "(no name)"
    if not row.gist:
        return name
    return format_html('{} <span class="faint">{}</span>', name, row.gist) if row.is_named else row.gist


def _outcome(row: OutlineRow) -> SafeString:
    """The thumb that the step was given, else how it failed or how long it took."""
    if row.thumb:
        return icon(row.thumb, row.thumb)
    if row.run.status == "error":
        error = Truncator(row.run.error_type or "error").chars(16)
        return format_html('<span class="fault num">{}</span>', error)
    took = formats.duration(row.run.latency_ms) if row.run.latency_ms else ""
    return format_html('<span class="faint num">{}</span>', took)


@register.simple_tag
def drawn_bar(bar: Bar, width: float) -> SafeString:
    """A bar of the histogram. There are up to a hundred, and each variable of a template costs as much as all this."""
    failed = f'<rect class="failed" x="{bar.x}" y="{bar.failed_y}" width="{width:.2f}" height="{bar.failed_height}"/>'
    return mark_safe(  # noqa: S308 -- numbers and a time
        f"<g><title>{_day(bar.start)}, {bar.start:%H:%M}: {bar.count}, failed {bar.failed}</title>"
        f'<rect class="all" x="{bar.x}" y="{bar.y}" width="{width:.2f}" height="{bar.height}"/>'
        f"{failed if bar.failed else ''}</g>"
    )


@register.simple_tag
def told_bar(bar: Bar) -> SafeString:
    """A bar of the histogram as a row of its table."""
    return mark_safe(  # noqa: S308 -- numbers and a time
        f"<tr><td>{_day(bar.start)} {bar.start:%Y, %H:%M}</td><td>{bar.count}</td><td>{bar.failed}</td></tr>"
    )


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"


@register.filter
def is_overdue(queue: Queue) -> bool:
    """Whether the day on which a queue is due has passed while it is not over."""
    is_over = queue.status in {Queue.Status.COMPLETED, Queue.Status.ARCHIVED}
    return queue.due_on is not None and not is_over and queue.due_on < timezone.localdate()


@register.filter
def hidden_before_judging(queue: Queue) -> str:
    """What reviewers of the queue are not told before they judge, in words."""
    return ", ".join(blindness.WORDS[name].lower() for name in blindness.read(queue.blindness).switches)


@register.filter
def masked_data(queue: Queue) -> str:
    """What reviewers of the queue read tokens instead of, in words."""
    policy = masking.read(queue.masking)
    words = [masking.WORDS[kind] for kind in policy.kinds] + [one.name for one in policy.patterns]
    return ", ".join(words)


@register.filter
def duration(milliseconds: float | None) -> str:
    """Milliseconds as a person reads them: 180 ms, 6.4 s, 2 min 5 s."""
    return formats.duration(milliseconds)


@register.filter
def seconds(number: float | None) -> str:
    """Seconds as a person reads them."""
    return formats.duration(None if number is None else number * 1000)


@register.filter
def grouped(number: float | None) -> str:
    """A count with thousands separated: 5,812."""
    return formats.grouped(number)


@register.filter
def percent(share: Decimal) -> str:
    """A share (0 to 1) in percent, with as many digits as it needs: 12.5."""
    return f"{(share * 100).normalize():f}"


@register.filter
def share(part: float) -> str:
    """A share (0 to 1) in whole percent, and never all or nothing by rounding: 100 % and 0 % are exact."""
    return f"{min(99, max(1, round(part * 100))) if 0 < part < 1 else round(part * 100)} %"


@register.filter
def coefficient(value: float | None) -> str:
    """A figure of agreement with two digits; a dash where it is not defined."""
    return "–" if value is None else f"{round(value, 2) + 0.0:.2f}".replace("-", "−")  # adding 0.0 takes the sign of −0


@register.filter
def hundredths(value: float) -> str:
    """A number times a hundred, as coordinates of drawings want it."""
    return f"{value * 100:.1f}"


@register.filter
def cost(amount: Decimal | None) -> str:
    """A cost in US dollars, with as many digits as it needs."""
    return formats.cost(amount)


@register.filter
def price(amount: Decimal | None) -> str:
    """A price in US dollars with all its digits, at least two behind the point."""
    return formats.price(amount)


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """A moment relative to now, the exact one on hover."""
    if moment is None:
        return "–"
    exact = moment.astimezone(timezone.get_current_timezone())
    relative = formats.ago(timezone.now() - moment)
    return mark_safe(  # noqa: S308 -- times and our own words
        f'<time data-relative datetime="{moment.isoformat()}" title="{exact:%d %b %Y, %H:%M:%S} UTC">{relative}</time>'
    )


@register.filter
def safe_markdown(text: str | None) -> SafeString:
    """Markdown as HTML that is inert: no raw HTML, no images, no scripts."""
    return mark_safe(markdown.render(text or ""))  # noqa: S308 -- sanitised by nh3 in domain.markdown


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value under a key, or None."""
    return mapping.get(key)


@register.filter
def step_name(name: str) -> str:
    """A step's name as an outline shows it."""
    return formats.step_name(name)


@register.filter
def own_keys(document: dict[str, Any]) -> str:
    """The keys that a person has moved, as the pages' scripts read them."""
    return json.dumps(keys.read(document))


@register.filter
def json_text(value: Any) -> str:
    """A JSON value as a person reads it."""
    return written(value)


@register.filter
def filter_pointer(text: str, problem: FilterError) -> str:
    """A filter with a line of carets under what is wrong with it."""
    return problem.pointer(text)
