"""Exports: canonical, inert, complete."""

import csv
import io
import json
import uuid

from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.datasets import writers
from annotation.domain.datasets.provenance import Origin, Provenance
from annotation.domain.datasets.writers import ExportedRow

ID = uuid.UUID("0b9f2a3c-0000-4000-8000-000000000001")
TRACE = uuid.UUID("5b8efff7-98e3-4d26-9a3f-000000000002")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def row(**fields: object) -> ExportedRow:
    given_fields = {
        "id": ID,
        "number": 1,
        "inputs": {"b": 1, "a": "é"},
        "outputs": "At ten.",
        "metadata": {},
        "split": "",
        "version": 3,
        "provenance": Provenance(origin=Origin.REVIEW, trace_id=TRACE, accepted_by="Editor 1"),
    }
    return ExportedRow(**{**given_fields, **fields})  # type: ignore[arg-type]


def test_a_line_is_canonical_and_says_where_the_row_came_from() -> None:
    (line,) = writers.jsonl([row()])

    assert line.startswith(
        b'{"id":"0b9f2a3c-0000-4000-8000-000000000001","inputs":{"a":"\xc3\xa9","b":1},"metadata":{}'
    )
    document = json.loads(line)
    assert (document["outputs"], document["split"], document["version"]) == ("At ten.", None, 3)
    assert document["provenance"]["trace_id"] == str(TRACE)
    assert document["provenance"]["accepted_by"] == "Editor 1"
    assert document["provenance"]["rule"] is None


def test_cells_are_inert_for_spreadsheets() -> None:
    evil = row(inputs="=HYPERLINK(1)", outputs="@x", split="-1", metadata={"=1": "+1"})

    _head, cells = csv.reader(io.StringIO(b"".join(writers.comma_separated([evil])).decode(), newline=""))

    assert cells[2:6] == ["'=HYPERLINK(1)", "'@x", '{"=1":"+1"}', "'-1"]


@given(st.lists(json_values, max_size=4))
def test_every_json_value_survives_json_lines(values: list[object]) -> None:
    lines = list(writers.jsonl([row(inputs=value) for value in values]))

    assert [json.loads(line)["inputs"] for line in lines] == values
    assert all(line.count(b"\n") == 1 and line.endswith(b"\n") for line in lines)


@given(st.lists(json_values, max_size=4))
def test_no_cell_begins_as_a_formula(values: list[object]) -> None:
    text = b"".join(writers.comma_separated([row(outputs=value) for value in values])).decode()

    table = list(csv.reader(io.StringIO(text, newline="")))
    assert [len(line) for line in table] == [len(table[0])] * (len(values) + 1)
    assert not any(cell.startswith(writers.FORMULA_STARTS) for line in table for cell in line)
