"""MLflow Tracing (attributes `mlflow.*`), where every value is JSON, a text with its quotes.

Source: `mlflow/mlflow`, `mlflow/tracing/constant.py`.
"""

from collections.abc import Set as AbstractSet

from annotation.domain.ingest.dialects import usage
from annotation.domain.ingest.dialects.attributes import as_amount, below, decoded, first_text, unquoted
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import as_text, parsed

NAME = "mlflow"

_TYPES = {
    "LLM": "llm", "CHAT_MODEL": "llm", "CHAIN": "chain", "AGENT": "agent", "TOOL": "tool", "RETRIEVER": "retriever",
    "EMBEDDING": "embedding", "RERANKER": "reranker", "GUARDRAIL": "guardrail", "EVALUATOR": "evaluator",
}  # fmt: skip
_UNKNOWN = (None, "", "UNKNOWN")
_TAG = "mlflow.traceTag."


def applies(span: Span, heads: AbstractSet[str]) -> bool:  # noqa: ARG001 -- known by the heads
    """True for a span with any attribute of MLflow's own."""
    return "mlflow" in heads


def read(span: Span) -> Partial:
    """What MLflow says about a span."""
    attributes = span.attributes
    kind = unquoted(attributes.get("mlflow.spanType"))
    cost = parsed(attributes.get("mlflow.llm.cost"))
    plain = {name: unquoted(value) for name, value in below(attributes, "mlflow.").items() if isinstance(value, str)}
    partial = Partial(
        type=None if is_absent(kind) or kind in _UNKNOWN else _TYPES.get(str(kind), "chain"),
        provider=first_text(plain, "llm.provider"),
        model=first_text(plain, "llm.model"),
        usage=usage.from_object(attributes.get("mlflow.chat.tokenUsage")),
        cost=as_amount(cost.get("total_cost")) if isinstance(cost, dict) else None,
        thread_id=first_text(plain, "trace.session"),
        user_id=first_text(plain, "trace.user"),
        metadata={name: unquoted(value) for name, value in below(attributes, _TAG).items()},
    )
    partial.sources["metadata"] = [_TAG + name for name in partial.metadata]
    for field, key in (("inputs", "mlflow.spanInputs"), ("outputs", "mlflow.spanOutputs")):
        value = decoded(attributes.get(key))
        if not is_absent(value):
            setattr(partial, field, value)
            partial.sources[field] = (key,)
    if partial.type == "llm" and isinstance(partial.inputs, dict):
        partial.model_requested = as_text(partial.inputs.get("model"))
    if partial.type == "tool":
        partial.tool_name = first_text(plain, "spanFunctionName")
    return partial
