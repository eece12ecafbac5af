"""Files of any kind: records, each a transcript or said to be none, or refused as a file."""

import gzip
import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.imports import reading, transcripts
from annotation.domain.imports.plan import ImportPlan
from annotation.domain.ingest import rows
from annotation.domain.ingest.rollup import summarise
from tests.domain.ingest.strategies import json_values

NOW_NS = 1_795_221_400_000_000_000
roles = st.sampled_from(["user", "assistant", "tool", "system", "function", "developer", "", None, 3])
times = st.sampled_from(
    ["2026-01-01T00:00:00Z", "never", "", 1e300, -1, 1_795_221_400, float("nan"), None, "9999-12-31"]
)
FIELDS = ["content", "tool_calls", "tool_call_id", "name", "model", "usage", "error", "is_error", "parts", "timestamp"]
entries = st.builds(
    lambda rest, role, time: {**rest, "role": role, "timestamp": time},
    st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=5),
    roles,
    times,
)
records = st.builds(
    lambda rest, said: {**rest, "messages": said},
    st.dictionaries(
        st.sampled_from(["id", "score", "user", "thread", "started", "model"]), json_values | times, max_size=5
    ),
    st.lists(entries, max_size=5) | json_values,
)
plans = st.builds(
    ImportPlan,
    project=st.just("booking"),
    records=st.none() | st.sampled_from(["data", "data.rows", "", ".", "messages"]),
    id=st.none() | st.sampled_from(["id", "messages", "a..b"]),
    thread=st.none() | st.just("thread"),
    user=st.none() | st.just("user"),
    model=st.none() | st.just("model"),
    started_at=st.none() | st.just("started"),
    scores=st.sampled_from([(), ("score",), ("messages", "id")]),
)


@given(content=st.binary(max_size=300) | st.text(alphabet='{}[]",:\n 1aE+-', max_size=60).map(str.encode), plan=plans)
def test_any_bytes_are_records_or_no_file_of_records(content: bytes, plan: ImportPlan) -> None:
    for packed in (content, gzip.compress(content), gzip.compress(content)[:-3], b"\x1f\x8b" + content):
        with suppress(reading.UnreadableFileError):
            assert all(one.number >= 1 for one in reading.read(packed, path=plan.records))


@given(record=json_values | records, plan=plans)
def test_any_record_is_a_transcript_that_can_be_stored_or_said_to_be_none(record: Any, plan: ImportPlan) -> None:
    line = json.dumps(record).encode() + b"\n" + json.dumps(record).encode()
    for numbered in reading.read(line) if line.startswith(b"{") else []:
        if numbered.problem:
            continue
        with suppress(transcripts.UnreadableTranscriptError):
            read = transcripts.read(numbered.record, plan=plan, identifier="one", started_ns=NOW_NS)
            stored = [rows.run_row(run, workspace_id=1, trace_pk=1) for run in read.runs]
            assert all(row["latency_ms"] >= 0 for row in stored)
            assert summarise(rows.run_summary(run) for run in read.runs).run_count == len(stored)
            assert transcripts.digest(numbered.record)
