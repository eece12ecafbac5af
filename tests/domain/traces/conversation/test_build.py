"""A trace as a conversation: everything said once, tools beside their calls, errors where they happened."""

from typing import Any
from uuid import UUID

from annotation.domain.traces import tree
from annotation.domain.traces.conversation import Frame, build, text_at
from annotation.domain.traces.conversation.turns import Conversation
from tests.domain.traces.conversation.runs import AnyRun, call, llm, result, run, text

SYSTEM = text("system", "Be kind.")
ASKED = text("user", "Move my booking.")
LOOKED = call("c1", "get_booking", id="TX-4471")
FOUND = result("c1", {"refundable": False})
DONE = text("assistant", "Moved.")


def read(*runs: AnyRun, **frame: Any) -> Conversation:
    return build(tree.steps(runs), Frame(**frame))


def brief(conversation: Conversation) -> list[tuple[str, str]]:
    return [(turn.kind.value, turn.tool.name if turn.tool else turn.text.text) for turn in conversation.turns]


def test_an_agent_with_a_tool_reads_as_a_conversation_said_once() -> None:
    conversation = read(
        run(1, type="agent", output_text="Moved."),
        llm(2, 1, SYSTEM, ASKED, LOOKED),
        run(3, 1, type="tool", name="get_booking", tool={"name": "get_booking", "arguments": {"id": "TX-4471"}, "result": {"refundable": False}}, latency_ms=200.0),
        llm(4, 1, SYSTEM, ASKED, LOOKED, FOUND, DONE),
        answered="Moved.",
    )  # fmt: skip
    assert brief(conversation) == [
        ("system", "Be kind."),
        ("user", "Move my booking."),
        ("tool", "get_booking"),
        ("assistant", "Moved."),
    ]
    tool = conversation.turns[2]
    assert (tool.run, tool.asked_by, tool.latency_ms) == (UUID(int=3), UUID(int=2), 200.0)
    assert tool.tool is not None
    assert (tool.tool.summary, tool.tool.result.text) == ('id="TX-4471"', '{\n  "refundable": false\n}')
    assert conversation.turns[3].is_final
    assert conversation.turns[3].carried == 3


def test_going_to_a_step_leads_to_what_it_said_or_asked_for_not_to_what_it_was_told() -> None:
    conversation = read(
        run(1, type="agent"),
        llm(2, 1, SYSTEM, ASKED, LOOKED),
        run(3, 1, type="tool", name="get_booking", tool={"name": "get_booking", "arguments": {"id": "TX-4471"}, "result": {"refundable": False}}),
        llm(4, 1, SYSTEM, ASKED, LOOKED, FOUND, DONE),
        llm(5, 1, SYSTEM, ASKED, LOOKED, FOUND, DONE, text("user", "Thanks."), text("assistant", "Bye.")),
    )  # fmt: skip
    assert [kind for kind, _ in brief(conversation)] == ["system", "user", "tool", "assistant", "user", "assistant"]
    assert conversation.anchors == {UUID(int=1): 0, UUID(int=2): 2, UUID(int=3): 2, UUID(int=4): 3, UUID(int=5): 5}


def test_without_tool_runs_results_come_from_what_the_model_was_told() -> None:
    conversation = read(llm(1, None, ASKED, LOOKED), llm(2, None, ASKED, LOOKED, FOUND, DONE))
    tool = conversation.turns[1].tool
    assert tool is not None
    assert tool.result.text == '{\n  "refundable": false\n}'
    run_id, _, name = tool.result.place.partition(":")
    assert (run_id, name) == (str(UUID(int=2)), "messages.2.0")
    assert text_at(llm(2, None, ASKED, LOOKED, FOUND, DONE), name) == tool.result.text


def test_the_same_answer_given_twice_stands_twice() -> None:
    sure = text("assistant", "Sure.")
    again = text("user", "Again?")
    conversation = read(llm(1, None, ASKED, sure), llm(2, None, ASKED, sure, again, sure))
    assert brief(conversation) == [
        ("user", "Move my booking."),
        ("assistant", "Sure."),
        ("user", "Again?"),
        ("assistant", "Sure."),
    ]


def test_agents_without_messages_fall_back_to_the_traces_own_words() -> None:
    conversation = read(run(1, type="agent"), run(2, 1, type="chain"), asked="Hi", answered="Hello")
    assert brief(conversation) == [("user", "Hi"), ("assistant", "Hello")]
    assert conversation.turns[1].is_final
    assert conversation.anchors == {UUID(int=1): 0, UUID(int=2): 1}


def test_a_model_call_with_texts_only_speaks_too() -> None:
    conversation = read(run(1, type="llm", input_text="Hi", output_text="Hello"))
    assert brief(conversation) == [("user", "Hi"), ("assistant", "Hello")]


def test_a_wrapper_around_a_call_does_not_repeat_it() -> None:
    outer = llm(1, None, ASKED, DONE)
    assert brief(read(outer, llm(2, 1, ASKED, DONE))) == [("user", "Move my booking."), ("assistant", "Moved.")]


def test_two_spans_of_one_response_speak_once() -> None:
    first, second = (llm(number, None, ASKED, DONE, response_id="r1") for number in (1, 2))
    assert len(read(first, second).turns) == 2


def test_an_error_stands_where_it_happened_and_is_not_told_again_above() -> None:
    conversation = read(
        run(1, type="agent", status="error", error_message="step failed: rates timed out"),
        llm(2, 1, ASKED, call("c", "rates")),
        run(
            3, 1, type="tool", name="rates", status="error", error_type="TimeoutError", error_message="rates timed out"
        ),
    )
    assert [turn.kind.value for turn in conversation.turns] == ["user", "tool"]
    failure = conversation.turns[1].failure
    assert failure is not None
    assert (failure.type, failure.message.text) == ("TimeoutError", "rates timed out")


def test_an_error_of_its_own_is_told_at_the_end_of_its_run() -> None:
    conversation = read(run(1, type="chain", status="error", error_message="no plan"), llm(2, 1, ASKED, DONE))
    assert [turn.kind.value for turn in conversation.turns] == ["user", "assistant", "error"]


def test_documents_stand_under_what_was_asked_for() -> None:
    found = [{"id": "d1", "content": "Saver rates are not refundable.", "score": 0.8, "metadata": {"title": "Rates"}}]
    turn = read(run(1, type="retriever", input_text="refund?", documents=found)).turns[0]
    assert (turn.kind.value, turn.text.text) == ("documents", "refund?")
    assert [(one.title, one.score, one.text.text) for one in turn.documents] == [
        ("Rates", 0.8, "Saver rates are not refundable.")
    ]


def test_a_later_window_does_not_repeat_what_stood_above() -> None:
    steps = tree.steps([llm(1, None, ASKED, LOOKED), llm(2, None, ASKED, LOOKED, FOUND, DONE)])
    later = build(steps[1:], Frame(said=(ASKED, LOOKED, FOUND), asked="Move my booking.", is_first=False))
    assert brief(later) == [("assistant", "Moved.")]


def test_what_a_tool_answered_above_is_not_repeated_below_and_is_told_where_no_run_of_its_own_told_it() -> None:
    steps = tree.steps([llm(1, None, ASKED, LOOKED), llm(2, None, ASKED, LOOKED, FOUND, DONE)])
    by_runs = build(steps[1:], Frame(said=(ASKED, LOOKED), used=["get_booking"], is_first=False))
    assert brief(by_runs) == [("assistant", "Moved.")]
    by_messages = build(steps[1:], Frame(said=(ASKED, LOOKED), used=["rates"], is_first=False))
    assert brief(by_messages) == [("tool", "get_booking"), ("assistant", "Moved.")]
    further = build(steps[1:], Frame(said=(ASKED, LOOKED, FOUND), is_first=False))
    assert brief(further) == [("assistant", "Moved.")]


def test_a_tool_that_ran_for_a_call_above_is_told_once_and_one_without_a_run_beside_it_too() -> None:
    both = {"role": "assistant", "parts": [*LOOKED["parts"], *call("c2", "get_booking", id="TX-5")["parts"]]}
    asked = (ASKED, both)
    steps = tree.steps(
        [
            llm(1, None, *asked),
            run(2, type="tool", name="get_booking", tool={"name": "get_booking", "arguments": {}, "result": 1}),
            llm(3, None, *asked, result("c1", 1), result("c2", "none"), DONE),
        ]
    )
    later = build(steps[1:], Frame(said=asked, is_first=False))
    assert brief(later) == [("tool", "get_booking"), ("tool", "get_booking"), ("assistant", "Moved.")]
    assert [turn.run.int for turn in later.turns] == [2, 3, 3]


def test_broken_messages_are_passed_over() -> None:
    broken = run(1, type="llm", messages=[None, {"role": "user"}, {"parts": [None, {"type": "text"}]}, "x"])
    assert read(broken).turns == ()


def test_long_texts_are_cut_and_found_whole() -> None:
    words = "word " * 10_000
    turn = read(llm(1, None, text("user", words), DONE)).turns[0]
    assert turn.text.is_cut
    assert turn.text.size == 50_000
    assert len(turn.text.text) < 3_000
    assert text_at(llm(1, None, text("user", words), DONE), turn.text.place.partition(":")[2]) == words


def test_what_was_said_before_the_trace_is_marked_and_waits_for_no_tool_of_it() -> None:
    before = (text("user", "Find it."), LOOKED, FOUND, text("assistant", "Found."))
    conversation = read(
        llm(1, None, SYSTEM, *before, ASKED, call("c2", "get_booking", id="TX-4471")),
        run(
            2,
            type="tool",
            name="get_booking",
            tool={"name": "get_booking", "arguments": {"id": "TX-4471"}, "result": 1},
        ),
    )
    assert [(turn.kind.value, turn.is_earlier) for turn in conversation.turns] == [
        ("system", False),
        ("user", True),
        ("tool", True),
        ("assistant", True),
        ("user", False),
        ("tool", False),
    ]
    assert conversation.turns[5].run == UUID(int=2)


def test_the_question_stands_above_the_search_that_came_before_the_model_call() -> None:
    found = [{"id": "d1", "content": "Saver rates are not refundable."}]
    conversation = read(run(1, type="retriever", documents=found), llm(2, None, SYSTEM, ASKED, DONE))
    assert [turn.kind.value for turn in conversation.turns] == ["system", "user", "documents", "assistant"]
    assert conversation.anchors == {UUID(int=1): 2, UUID(int=2): 3}


def test_a_greeting_that_came_before_the_question_stands_before_it() -> None:
    hello = text("assistant", "Hello!")
    found = [{"id": "d1", "content": "Saver rates are not refundable."}]
    conversation = read(
        llm(1, None, hello), run(2, type="retriever", documents=found), llm(3, None, SYSTEM, hello, ASKED, DONE)
    )
    assert brief(conversation)[:3] == [("system", "Be kind."), ("assistant", "Hello!"), ("user", "Move my booking.")]
    assert [turn.kind.value for turn in conversation.turns[3:]] == ["documents", "assistant"]
    assert conversation.anchors == {UUID(int=1): 1, UUID(int=2): 3, UUID(int=3): 4}


def test_the_arguments_of_a_call_stand_on_one_line_whatever_breaks_they_have() -> None:
    turn = read(llm(1, None, ASKED, call("c", "bash", command="cat > a.py\n\n\timport os\\n", n=1))).turns[1]
    assert turn.tool is not None
    assert turn.tool.summary == 'command="cat > a.py import os\\\\n", n=1'
