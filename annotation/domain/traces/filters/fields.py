"""The fields of the filter language: what each is, which operators it takes, and an example that is tested.

``docs/filters.md`` and the suggestions of the filter bar are generated from these tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from annotation.domain.traces.filters.tree import Operator

RUN_TYPES = (
    "llm",
    "tool",
    "agent",
    "chain",
    "retriever",
    "embedding",
    "reranker",
    "guardrail",
    "evaluator",
    "prompt",
    "parser",
    "other",
)
STATUSES = ("ok", "error", "pending")
VERDICTS = ("good", "bad", "unsure", "none")
SOURCES = ("user", "signal", "judge", "rule", "reviewer", "api")
LAYERS = ("model", "harness", "context")


class Kind(StrEnum):
    """What a field's values are, as the documentation names it."""

    MOMENT = "time"
    DURATION = "duration"
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"
    LONG_TEXT = "long text"
    MIXED = "text or number"
    IDENTIFIER = "id"


NAMED = (Operator.IS, Operator.IS_NOT, Operator.ANY_OF, Operator.NONE_OF)
ORDERED = (Operator.BELOW, Operator.AT_MOST, Operator.ABOVE, Operator.AT_LEAST)
SEARCHED = (Operator.CONTAINS, Operator.MATCHES)
MEASURED = (Operator.EQUAL, Operator.UNEQUAL, *ORDERED, Operator.EXISTS)

OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.MOMENT: (*ORDERED, Operator.EXISTS),
    Kind.DURATION: MEASURED,
    Kind.NUMBER: MEASURED,
    Kind.CHOICE: (*NAMED, Operator.EXISTS),
    Kind.TEXT: (*NAMED, *SEARCHED, Operator.EXISTS),
    Kind.LONG_TEXT: (*SEARCHED, Operator.EXISTS),
    Kind.IDENTIFIER: NAMED,
    Kind.MIXED: (*NAMED, *SEARCHED, *ORDERED, Operator.EXISTS),
}


@dataclass(frozen=True, slots=True)
class Field:
    """``looks_at_feedback`` fields may change their answer after the trace has settled."""

    name: str
    kind: Kind
    doc: str
    example: str
    choices: tuple[str, ...] = ()
    has_key: bool = False
    looks_at_feedback: bool = False

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What the field may be held against, in the order of the documentation."""
        return OPERATORS[self.kind]

    @property
    def written(self) -> str:
        """The name as it stands in a filter: ``metadata.<key>`` for a field with a key."""
        return f"{self.name}.<key>" if self.has_key else self.name


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a trace has many of; ``positional`` is the field that may be given first without its name."""

    name: str
    positional: str
    doc: str
    example: str
    fields: dict[str, Field]
    looks_at_feedback: bool = False


def _table(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


TRACE_FIELDS = _table(
    Field("time", Kind.MOMENT, "When the trace started: a moment in UTC, or back from now.", "time > -24h"),
    Field("project", Kind.TEXT, "The project's name or slug.", "project is booking-agent"),
    Field("name", Kind.TEXT, "The trace's name: that of its root run.", 'name is "handle message"'),
    Field("id", Kind.IDENTIFIER, "The trace's id.", "id is 0af76519-16cd-43dd-8448-eb211c80319c"),
    Field("status", Kind.CHOICE, "How the trace ended.", "status is error", choices=STATUSES),
    Field("error", Kind.TEXT, "The error message of the trace.", 'error contains "timed out"'),
    Field("latency", Kind.DURATION, "From the start to the end of the trace.", "latency > 2s"),
    Field("tokens", Kind.NUMBER, "Tokens of all model calls, input and output.", "tokens >= 5000"),
    Field("input_tokens", Kind.NUMBER, "Tokens sent to models.", "input_tokens > 4000"),
    Field("output_tokens", Kind.NUMBER, "Tokens written by models.", "output_tokens > 1000"),
    Field("cost", Kind.NUMBER, "Cost of all model calls, in the currency of the prices.", "cost > 0.05"),
    Field("model", Kind.TEXT, "A model that answered in the trace.", "model contains gpt-4o"),
    Field("tag", Kind.TEXT, "A tag of the trace.", "not tag is internal"),
    Field(
        "metadata",
        Kind.MIXED,
        "A value of the trace's metadata. Dots reach into nested values; quote a key with special characters.",
        "metadata.tier is gold",
        has_key=True,
    ),
    Field("thread", Kind.TEXT, "The id of the conversation, as the application sent it.", "thread is conv-4471"),
    Field("user", Kind.TEXT, "The id of the end user, as the application sent it.", "user is u-82"),
    Field("input", Kind.LONG_TEXT, "What the user asked.", 'input contains "refund"'),
    Field("output", Kind.LONG_TEXT, "What the user finally got.", "output matches /refund(able)?/i"),
    Field(
        "verdict",
        Kind.CHOICE,
        "What the trace's feedback comes down to.",
        "verdict is bad",
        choices=VERDICTS,
        looks_at_feedback=True,
    ),
    Field(
        "label",
        Kind.TEXT,
        "A failure mode that was given to the trace or one of its runs; a merged or former name finds what it became.",
        'label any of ("Wrong policy", "Tone")',
        looks_at_feedback=True,
    ),
    Field(
        "label_group",
        Kind.TEXT,
        "The heading under which a failure mode of the trace stands.",
        'label_group is "Tool use"',
        looks_at_feedback=True,
    ),
    Field(
        "layer",
        Kind.CHOICE,
        "Where a failure came from.",
        "layer is harness",
        choices=LAYERS,
        looks_at_feedback=True,
    ),
    Field(
        "queue",
        Kind.TEXT,
        "A queue that has the trace, its thread or one of its runs, reviewed or not. `in queue` asks for any, `not in queue` for none.",
        'queue is "Refund promises"',
    ),
)

RUN_FIELDS = _table(
    Field("name", Kind.TEXT, "The run's name; may be given first, without `name:`.", 'run("get_rate_rules")'),
    Field("type", Kind.CHOICE, "What kind of step it is.", "run(type: tool)", choices=RUN_TYPES),
    Field("status", Kind.CHOICE, "How the run ended.", "run(status: error)", choices=STATUSES),
    Field("error", Kind.TEXT, "The run's error message.", 'run(error contains "429")'),
    Field("latency", Kind.DURATION, "From the start to the end of the run.", "run(type: llm, latency > 10s)"),
    Field("model", Kind.TEXT, "The model that answered.", "run(model: gpt-4o)"),
    Field("tokens", Kind.NUMBER, "Tokens of this model call.", "run(tokens > 8000)"),
    Field("cost", Kind.NUMBER, "Cost of this model call.", "run(cost > 0.02)"),
    Field("input", Kind.LONG_TEXT, "What went into the run, as text.", 'run(type: tool, input contains "BK-")'),
    Field("output", Kind.LONG_TEXT, "What came out of the run, as text.", "run(output matches /not found/i)"),
)

FEEDBACK_FIELDS = _table(
    Field("key", Kind.TEXT, "What was judged; may be given first, without `key:`.", 'feedback("thumbs")'),
    Field("source", Kind.CHOICE, "Who said so.", "feedback(source: user)", choices=SOURCES),
    Field("score", Kind.NUMBER, "The number given; may follow the bracket.", 'feedback("thumbs") < 1'),
    Field("value", Kind.TEXT, "The category or text given; may follow the bracket.", 'feedback("topic") is "billing"'),
    Field("comment", Kind.LONG_TEXT, "The comment given with it.", 'feedback(comment contains "wrong date")'),
)

SUBJECTS = {
    "run": Subject(
        "run",
        "name",
        "One run of the trace that meets all the conditions in the brackets.",
        'run(type: tool, name: "get_rate_rules", status: error)',
        RUN_FIELDS,
    ),
    "feedback": Subject(
        "feedback",
        "key",
        "One feedback on the trace, or on one of its runs, that meets all the conditions in the brackets.",
        'feedback("thumbs", source: user) < 1',
        FEEDBACK_FIELDS,
        looks_at_feedback=True,
    ),
}

ALIASES = {
    "tags": "tag",
    "labels": "label",
    "models": "model",
    "failure_mode": "label",
    "duration": "latency",
    "started_at": "time",
    "thread_id": "thread",
    "user_id": "user",
    "total_tokens": "tokens",
}
