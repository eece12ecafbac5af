"""Messages about one run, as JSON objects."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

RUN = "018f6b0a-7d3a-7c11-8e5b-0123456789ab"
TRACE = "018f6b0a-7d3a-7c11-8e5b-000000000001"

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
times = st.sampled_from(["2026-03-02T09:30:00.000001", "2026-03-02T09:30:05Z", "2026-03-02T11:30:07.123456+02:00"])
objects = st.dictionaries(texts, values, max_size=3)

messages: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"id": st.just(RUN)},
    optional={
        "trace_id": st.just(TRACE),
        "parent_run_id": st.just(TRACE),
        "name": texts,
        "run_type": st.sampled_from(["llm", "tool", "chain", "retriever", "embedding", "prompt", "parser"]),
        "start_time": times,
        "end_time": times,
        "inputs": objects,
        "outputs": objects,
        "error": st.sampled_from(["it broke", "ValueError('x')\n\n\nTraceback (most recent call last):\n  File x\n"]),
        "extra": st.fixed_dictionaries(
            {}, optional={"metadata": objects, "runtime": objects, "invocation_params": objects}
        ),
        "events": st.lists(
            st.fixed_dictionaries({"name": texts}, optional={"time": times, "kwargs": objects}), max_size=2
        ),
        "tags": st.lists(texts.filter(bool), max_size=3, unique=True),
        "serialized": objects,
        "session_name": texts,
        "reference_example_id": st.just(TRACE),
        "hitherto_unknown": values,
    },
)
