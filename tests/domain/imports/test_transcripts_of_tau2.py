"""Transcripts whose tools name the call they answer by the message's own id (tau2-bench, airline, cut to two messages)."""

from uuid import UUID

from annotation.domain.imports import transcripts
from annotation.domain.imports.plan import ImportPlan


def test_the_answer_of_a_tool_finds_its_call() -> None:
    call = {"id": "call_1", "name": "get_reservation_details", "arguments": {"reservation_id": "EHGLP3"}}
    record = {
        "messages": [
            {"role": "user", "content": "Cancel it."},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"id": "call_1", "role": "tool", "content": '{"cabin": "basic_economy"}', "requestor": "assistant"},
        ]
    }
    made = transcripts.read(record, plan=ImportPlan(project="p", name="n"), identifier="1", started_ns=1)
    tool = made.runs[-1]
    assert isinstance(made.trace_id, UUID)
    assert (tool.name, tool.inputs) == ("get_reservation_details", {"reservation_id": "EHGLP3"})
