"""What programs do besides asking an agent: tools that fail, streams, pictures, chains, and feedback in their own words."""

from __future__ import annotations

import pytest

from tests.stacks.installation import Json, RunProgram, Tree, of_type, tree
from tests.stacks.provider.turns import ANSWERING, REFUSAL

pytestmark = pytest.mark.stacks

ATLANTIS = "There is no city Atlantis."
ROME = "It is 30C and clear in Rome."


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("langfuse", "broken"),
        ("langfuse-3", "broken"),
        ("langfuse-in-javascript", "broken"),
        ("langsmith-in-javascript", "broken"),
        ("langsmith-in-python", "broken"),
        ("openinference", "broken"),
        ("openllmetry-traceloop", "broken.tool"),
    ],
)
def test_a_tool_that_fails_says_why(run_program: RunProgram, slug: str, name: str) -> None:
    trace = run_program(slug).trace(name)
    (run,) = trace["runs"]
    assert (trace["status"], run["status"], run["type"]) == ("error", "error", "tool")
    assert run["error"]["message"].startswith(ATLANTIS)
    assert "Atlantis" in run["input_text"]


@pytest.mark.parametrize(
    "slug",
    ["litellm", "microsoft-agent-framework", "pydantic-ai", "strands-agents", "vercel-ai-sdk-5", "vercel-ai-sdk-7"],
)
def test_a_model_that_refuses_says_why(run_program: RunProgram, slug: str) -> None:
    shown = run_program(slug)
    (trace,) = [shown.ask(f"/api/v1/traces/{row['id']}") for row in shown.traces() if row["status"] == "error"]
    assert REFUSAL in trace["error"]
    assert trace["input"] == "Please fail."
    (call,) = of_type(trace, "llm")
    assert call["status"] == "error"
    assert REFUSAL in call["error"]["message"]


@pytest.mark.parametrize("slug", ["litellm", "openinference", "openlit", "vercel-ai-sdk-5", "vercel-ai-sdk-7"])
def test_a_stream_is_read_as_one_answer(run_program: RunProgram, slug: str) -> None:
    shown = run_program(slug)
    (trace,) = [shown.ask(f"/api/v1/traces/{row['id']}") for row in shown.traces() if row["output"] == ROME]
    (call,) = of_type(trace, "llm")
    assert (call["output_text"], call["input_tokens"], call["output_tokens"]) == (
        ROME,
        ANSWERING.input,
        ANSWERING.output,
    )
    assert (trace["input_tokens"], trace["output_tokens"]) == (ANSWERING.input, ANSWERING.output)


def test_a_picture_stays_a_picture(run_program: RunProgram) -> None:
    trace = run_program("openinference").trace("ChatCompletion")
    (asked,) = (message for message in trace["runs"][0]["messages"] if message["role"] == "user")
    assert [part["type"] for part in asked["parts"]] == ["text", "image"]


def test_both_questions_of_a_conversation_are_one_thread(run_program: RunProgram) -> None:
    shown = run_program("langchain-and-langgraph")
    second = shown.trace("weather_agent", where=lambda trace: trace["input"] == "And in Tokyo?")
    assert (second["thread_id"], second["user_id"]) == ("thread-1", "user-1")
    assert second["output"] == "It is 24C and raining in Tokyo."


def test_a_tool_that_fails_fails_what_is_above(run_program: RunProgram) -> None:
    trace = run_program("langchain-and-langgraph").trace("broken_agent")
    failed: Tree = ("chain", "tools", [("tool", "broken_weather", [])])
    assert failed in tree(trace)[2]
    failures = {run["name"] for run in trace["runs"] if run["status"] == "error"}
    assert {"broken_agent", "tools", "broken_weather"} <= failures
    assert "There is no city" in trace["error"]


def test_a_chain_shows_its_parts(run_program: RunProgram) -> None:
    trace = run_program("langchain-and-langgraph").trace("weather_chain")
    kinds = ("chain", [("prompt", "ChatPromptTemplate"), ("llm", "ChatOpenAI"), ("parser", "StrOutputParser")])
    assert (tree(trace)[0], [(kind, name) for kind, name, _ in tree(trace)[2]]) == kinds
    assert trace["output"] == ROME


def test_a_retriever_shows_what_it_found(run_program: RunProgram) -> None:
    trace = run_program("langchain-and-langgraph").trace("Guide")
    (run,) = trace["runs"]
    assert (run["type"], run["input_text"]) == ("retriever", "sunny cities")
    assert [document["content"] for document in run["documents"]] == ["Paris is sunny in May."]


def test_a_retriever_of_an_index_shows_what_it_found(run_program: RunProgram) -> None:
    trace = run_program("llamaindex").trace("RetrieverQueryEngine.query")
    assert (trace["input"], trace["output"].split(".")[0]) == ("How is Paris?", "It is 18C and sunny in Paris")
    retriever = of_type(trace, "retriever")[0]
    assert [document["content"] for document in retriever["documents"]] == ["Paris is sunny in May."]


def test_functions_tell_what_they_took_and_gave(run_program: RunProgram) -> None:
    trace = run_program("openlit").trace("weather_agent")
    told = [(run["input_text"], run["output_text"]) for run in trace["runs"] if run["name"] == "get_weather"]
    assert told == [('{"city":"Paris"}', "18C and sunny"), ('{"city":"Tokyo"}', "24C and raining")]


def test_a_graph_of_langgraph_in_javascript(run_program: RunProgram) -> None:
    trace = run_program("langsmith-in-javascript").trace("weather_graph")
    assert (trace["thread_id"], trace["output"].split(".")[0]) == ("thread-2", "It is 18C and sunny in Paris")
    assert [run["name"] for run in of_type(trace, "tool")] == ["get_weather", "get_weather"]


def test_a_streaming_agent_of_the_agents_sdk(run_program: RunProgram) -> None:
    trace = run_program("openai-agents-sdk").trace("Agent workflow")
    assert (trace["input"], trace["output"]) == ("And in Tokyo?", "It is 24C and raining in Tokyo.")
    assert len(of_type(trace, "tool")) == 1


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("arize-phoenix", "weather_agent"),
        ("langfuse", "request"),
        ("langfuse-3", "request"),
        ("langfuse-in-javascript", "weather_agent"),
        ("langsmith-in-javascript", "weather_agent"),
        ("langsmith-in-python", "weather_agent"),
    ],
)
def test_a_thumb_given_by_the_sdk_is_feedback(run_program: RunProgram, slug: str, name: str) -> None:
    thumb = _feedback(run_program(slug).trace(name), "thumbs")
    assert (thumb["score"], thumb["comment"]) == (1, "good")


def test_a_queue_that_was_worked_through_by_the_sdk_holds_its_review(run_program: RunProgram) -> None:
    shown = run_program("langsmith-in-javascript")
    trace = shown.trace("weather_agent")
    (queue,) = (one for one in shown.ask("/api/v1/queues")["results"] if one["name"] == "Of JavaScript")
    (item,) = shown.ask(f"/api/v1/queues/{queue['id']}/items")["results"]
    assert (item["state"], item["trace_id"]) == ("done", trace["id"])
    (review,) = shown.ask(f"/api/v1/reviews?queue={queue['id']}")["results"]
    assert review["answers"] == {"grade": 0.5}
    assert _feedback(trace, "grade")["score"] == 0.5


@pytest.mark.parametrize(
    ("slug", "name"), [("arize-phoenix", "weather_agent"), ("langfuse", "request"), ("langfuse-3", "request")]
)
def test_a_label_given_by_the_sdk_is_feedback_on_its_run(run_program: RunProgram, slug: str, name: str) -> None:
    trace = run_program(slug).trace(name)
    tone = _feedback(trace, "tone")
    (agent,) = of_type(trace, "agent")
    assert (tone["value"], tone["run_external_id"]) == ("friendly", agent["external_id"])


def _feedback(trace: Json, key: str) -> Json:
    (found,) = (entry for entry in trace["feedback"] if entry["key"] == key)
    return dict(found)
