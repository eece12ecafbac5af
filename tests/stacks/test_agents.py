"""One question to one agent, traced by every stack: the same has to be read from all of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stacks.agents import AGENTS, ANSWER, QUESTION, RESULTS
from tests.stacks.installation import Json, RunProgram, of_type, tree
from tests.stacks.provider.turns import ANSWERING, CALLING

pytestmark = pytest.mark.stacks


@pytest.fixture(params=sorted(AGENTS), scope="module")
def slug(request: pytest.FixtureRequest) -> str:
    """One stack after the other."""
    return str(request.param)


@pytest.fixture(scope="module")
def trace(run_program: RunProgram, slug: str) -> Json:
    """The agent's trace, as the stack told it."""
    return run_program(slug).trace(AGENTS[slug].name, where=lambda trace: trace["input"] == QUESTION)


def test_its_runs_stand_as_they_ran(trace: Json, slug: str) -> None:
    kind, name, below = tree(trace)
    expected = AGENTS[slug]
    assert (kind, name, [run for run in below if run[1] != expected.repeats]) == expected.tree


def test_the_trace_is_what_was_asked_and_got(trace: Json, slug: str) -> None:
    expected = AGENTS[slug]
    assert (trace["status"], trace["input"], trace["output"]) == ("ok", QUESTION, ANSWER + expected.trails)
    assert (trace["thread_id"], trace["user_id"], trace["tags"]) == (expected.thread, expected.user, expected.tags)
    assert expected.metadata.items() <= trace["metadata"].items()
    assert (trace["input_tokens"], trace["output_tokens"]) == (
        CALLING.input + ANSWERING.input,
        CALLING.output + ANSWERING.output,
    )
    assert trace["models"] == [expected.model]


def test_both_calls_of_the_model_say_what_they_said_and_took(trace: Json, slug: str) -> None:
    first, second = _calls(trace)
    assert [(call["name"], call["arguments"]) for call in first["tool_calls"]] == [
        ("get_weather", {"city": "Paris"}),
        ("get_weather", {"city": "Tokyo"}),
    ]
    assert QUESTION in first["input_text"] if AGENTS[slug].rewords else first["input_text"] == QUESTION
    if AGENTS[slug].closes_by_tool:
        assert [call["arguments"] for call in second["tool_calls"]] == [{"answer": ANSWER}]
    else:
        assert second["output_text"] == ANSWER
    for run, usage in ((first, CALLING), (second, ANSWERING)):
        assert (run["status"], run["model"]) == ("ok", AGENTS[slug].model)
        assert run["model_requested"] == AGENTS[slug].model_requested
        assert (run["input_tokens"], run["output_tokens"]) == (usage.input, usage.output)


def test_the_second_call_was_told_what_the_tools_found(trace: Json, slug: str) -> None:
    if not AGENTS[slug].tells_results:
        pytest.skip("the framework puts the results of all tools into one text")
    _, second = _calls(trace)
    told = [part for message in second["messages"] for part in message["parts"] if part["type"] == "tool_result"]
    assert [_bare(part["result"]) for part in told] == list(RESULTS.values())


def test_both_calls_of_the_tool_tell_arguments_and_result(trace: Json, slug: str) -> None:
    if not AGENTS[slug].tells_tools:
        assert of_type(trace, "tool") == []
        return
    calls = [run["tool"] for run in of_type(trace, "tool") if "city" in (run["tool"]["arguments"] or {})]
    assert {call["arguments"]["city"]: _bare(call["result"]) for call in calls} == RESULTS
    assert {call["name"] for call in calls} == {"get_weather"}


def _calls(trace: Json) -> list[Json]:
    """The calls of the model: where the agent's framework and the provider's client tell one, the client's."""
    told = of_type(trace, "llm")
    above = {run["parent_id"] for run in told}
    return [run for run in told if run["id"] not in above]


def _bare(result: Any) -> Any:
    """Google's SDK makes objects of texts: `{"result": …}`."""
    return result["result"] if isinstance(result, dict) and result.keys() == {"result"} else result
