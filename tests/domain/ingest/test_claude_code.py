"""What Claude Code says on its spans and in its logs, in the forms that the golden sample does not show."""

from __future__ import annotations

from typing import Any

from annotation.domain.ingest import mapping
from annotation.domain.ingest.logs import filling, reading
from annotation.domain.ingest.logs.events import LogEvent
from annotation.domain.ingest.records import RunRecord
from annotation.domain.ingest.spans import Span, SpanEvent

TRACE, SPAN = bytes([1] * 16), bytes([1] * 8)
SCOPE = "com.anthropic.claude_code"


def run(kind: str, output: dict[str, Any] | None = None, **attributes: Any) -> RunRecord:
    events = (SpanEvent("tool.output", 1, output),) if output else ()
    span = Span(
        trace_id=TRACE, span_id=SPAN, parent_id=None, name=f"claude_code.{kind}", start_ns=1, end_ns=2,
        attributes={"span.type": kind, **attributes}, events=events, scope_name=f"{SCOPE}.tracing",
    )  # fmt: skip
    [found] = mapping.to_runs([span], received_ns=1)
    return found


def told(kind: str, **attributes: Any) -> LogEvent:
    own = {"event.name": kind, "prompt.id": "p", **attributes}
    return LogEvent(
        f"claude_code.{kind}", 1, trace_id=TRACE, span_id=SPAN, attributes=own, scope_name=f"{SCOPE}.events"
    )


def completed(found: RunRecord, *events: LogEvent) -> RunRecord:
    return filling.filled(found, reading.read(events))


def test_the_detailed_form_says_on_the_span_what_was_asked_and_answered() -> None:
    said: Any = {"new_context": "[USER] Hi", "response.model_output": "Hello"}
    found = run("llm_request", model="claude-x", **said)
    assert (found.type, found.input_text, found.output_text) == ("llm", "[USER] Hi", "Hello")


def test_what_a_tool_was_given_is_no_part_of_its_result() -> None:
    bash = run("tool", {"bash_command": "ls", "output": "a.py"}, tool_name="Bash", full_command="ls")
    read = run("tool", {"file_path": "/a.py", "content": "print(1)"}, tool_name="Read")
    edit = run("tool", {"file_path": "/a.py", "diff": "+1", "note": "x"}, tool_name="Edit", file_path="/a.py")
    assert [(one.tool.arguments, one.tool.result) for one in (bash, read, edit) if one.tool] == [
        ({"command": "ls"}, "a.py"),
        ({"file_path": "/a.py"}, "print(1)"),
        ({"file_path": "/a.py"}, {"diff": "+1", "note": "x"}),
    ]
    skill = run("tool", tool_name="Skill", skill_name="deploy")
    assert skill.tool is not None
    assert skill.tool.arguments == {"skill": "deploy"}


def test_what_is_kept_back_is_nothing_that_was_said() -> None:
    found = completed(
        run("interaction", user_prompt="<REDACTED>"),
        told("user_prompt", prompt="<REDACTED>"),
        told("assistant_response", response="<REDACTED>"),
    )
    assert (found.inputs, found.input_text, found.outputs) == (None, None, None)
    newer = completed(run("interaction"), told("user_prompt", prompt="<REDACTED>", prompt_text="Hi"))
    assert newer.input_text == "Hi"


def test_a_tool_that_failed_says_so_in_its_log_only() -> None:
    """Its span ends with no status; the error is on the span of its execution, and here."""
    plain = run("tool", tool_name="Bash", full_command="ls")
    failed = completed(plain, told("tool_result", success="false", error_type="ShellError", error="exit 1"))
    assert (plain.status, failed.status) == ("ok", "error")
    assert failed.error is not None
    assert (failed.error.type, failed.error.message) == ("ShellError", "exit 1")
    again = completed(failed, told("tool_result", success="false", error_type="ShellError"))
    assert again.error is not None
    assert again.error.message == "ShellError"
    healed = completed(failed, told("tool_result", success="true"))
    assert (healed.status, healed.error) == ("ok", None)
