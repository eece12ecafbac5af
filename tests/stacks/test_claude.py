"""Claude's own SDK: its agent has other tools' names, a session of its own, and tells half of it in logs."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.stacks.agents import ANSWER, QUESTION, RESULTS
from tests.stacks.installation import Json, RunProgram, Tree, of_type, tree
from tests.stacks.provider.turns import ANSWERING, CALLING

pytestmark = pytest.mark.stacks

TOOL = "mcp__weather__get_weather"


@pytest.fixture(scope="module")
def trace(run_program: RunProgram) -> Json:
    """The one question's trace, once its logs have come too."""
    return run_program("claude-agent-sdk").trace("claude_code.interaction", where=lambda trace: bool(trace["cost"]))


def test_the_question_is_one_trace(run_program: RunProgram, trace: Json) -> None:
    tool: Tree = (
        "tool",
        "claude_code.tool",
        [("chain", "claude_code.tool.blocked_on_user", []), ("chain", "claude_code.tool.execution", [])],
    )
    call: Tree = ("llm", "claude_code.llm_request", [])
    assert tree(trace) == ("agent", "claude_code.interaction", [call, tool, tool, call])
    assert [row["name"] for row in run_program("claude-agent-sdk").traces()] == ["claude_code.interaction"]
    assert (trace["status"], trace["input"], trace["output"]) == ("ok", QUESTION, ANSWER)
    assert str(UUID(trace["thread_id"])) == trace["thread_id"]
    assert trace["models"] == ["claude-sonnet-4-5"]


def test_its_calls_tell_their_messages_tokens_and_prices(trace: Json) -> None:
    first, second = of_type(trace, "llm")
    assert QUESTION in first["input_text"]
    assert [(call["name"], call["arguments"]["city"]) for call in first["tool_calls"]] == [
        (TOOL, city) for city in RESULTS
    ]
    assert second["output_text"] == ANSWER
    for run, usage in ((first, CALLING), (second, ANSWERING)):
        assert (run["input_tokens"], run["output_tokens"]) == (usage.input, usage.output)
    assert float(first["cost"]) + float(second["cost"]) == pytest.approx(float(trace["cost"]))
    told = [part["result"] for message in second["messages"] for part in message["parts"] if "result" in part]
    assert [text.split("\n")[0] for text in told] == list(RESULTS.values())


def test_its_tools_tell_arguments_and_results(trace: Json) -> None:
    tools = [run["tool"] for run in of_type(trace, "tool")]
    assert tools == [{"name": TOOL, "arguments": {"city": city}, "result": result} for city, result in RESULTS.items()]
