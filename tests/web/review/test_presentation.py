"""What a queue hides of a trajectory is not sent to its reviewers, by whatever way they ask."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest

from annotation.domain.queues.presentation import Presentation
from annotation.models import Item, Queue, Review, Run, Trace
from tests.fixtures.people import People
from tests.web.review.conftest import ANSWER, Line, run_of

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
SYSTEM, THOUGHT, CALL, FOUND = (
    "You are a booking clerk",
    "They will be angry",
    "ADVANCE_SAVER",
    "Clause 17 of the terms",
)
TALK = {"system": "hidden", "reasoning": "hidden", "tools": "hidden", "documents": "hidden", "steps": False, "figures": False,
        "metadata": False, "raw": False}  # fmt: skip


@pytest.fixture
def make(make_line: MakeLine) -> Callable[..., Line]:
    """`make(presentation)`: a queue with one trace that has something of every part."""

    def made(presentation: dict[str, Any]) -> Line:
        line = make_line(1, presentation=presentation)
        run = run_of(line.items[0], "final_answer")
        run.messages = [
            {"role": "system", "parts": [{"type": "text", "text": SYSTEM}]},
            {"role": "user", "parts": [{"type": "text", "text": run.input_text}]},
            {"role": "assistant", "parts": [
                {"type": "reasoning", "text": THOUGHT}, {"type": "text", "text": ANSWER},
                {"type": "tool_call", "id": "c", "name": "refund", "arguments": {"rate": CALL}}]},
        ]  # fmt: skip
        run.metadata, run.attributes = {"who": "tenant-77"}, {"span": "attr-88"}
        run.inputs, run.outputs = {"raw": "raw-99"}, {"raw": "raw-99"}
        run.save()
        Run.objects.create(
            workspace=run.workspace, trace=run.trace, uuid=type(run.uuid)(int=5), external_id="d", name="search_terms",
            type="retriever", status="ok", started_at=run.started_at, start_nano=run.start_nano, parent_uuid=run.parent_uuid,
            documents=[{"content": FOUND}],
        )  # fmt: skip
        return line

    return made


def everything(people: People, line: Line, person: Any) -> str:
    client, item = people.client(person), line.items[0]
    trace = Trace.objects.get(uuid=item.trace_uuid or "")
    base, page = f"/w/acme/traces/{trace.uuid}/", line.page(1)
    names = ("inputs", "outputs", "messages", "attributes", "metadata", "messages.0.text", "messages.2.reasoning", "messages.2.2",
             "tool.arguments", "documents.0.content", "input_text", "output_text")  # fmt: skip
    asked = [page, f"{page}?raw=1", f"{page}?trace={trace.uuid}&outline_after=0"]
    runs = list(trace.runs.all())
    for run in runs:
        asked += [f"{base}steps/{run.uuid}/?item={item.uuid}", f"{base}steps/{run.uuid}/"]
        asked += [f"{base}text/?item={item.uuid}&at={run.uuid}:{name}" for name in names]
    # Without the item who it is decides, before anybody looks at the place: each once.
    asked += [f"{base}text/?at={run.uuid}:{name}" for run, name in zip(cycle(runs), names, strict=False)]
    return "\n".join(client.get(address).content.decode() for address in asked)


HIDDEN = {"system": SYSTEM, "reasoning": THOUGHT, "tools": CALL, "documents": FOUND}


@pytest.mark.parametrize("part", HIDDEN)
def test_a_hidden_part_is_in_no_answer_and_the_conversation_is(
    make: Callable[..., Line], people: People, part: str
) -> None:
    line = make({part: "hidden"})  # what steps carry as it came is left out too, as it holds all of them
    Run.objects.filter(name="final_answer").update(inputs={"all": HIDDEN}, outputs={"all": HIDDEN})
    seen = everything(people, line, people.reviewer)
    assert HIDDEN[part] not in seen
    assert ANSWER in seen
    assert [words for name, words in HIDDEN.items() if name != part and words not in seen] == []


def test_nothing_is_hidden_from_an_editor(make: Callable[..., Line], people: People) -> None:
    seen = everything(people, make(TALK), people.editor)
    assert [words for words in (*HIDDEN.values(), ANSWER) if words not in seen] == []


PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def test_no_spelling_of_a_place_leads_past_what_is_hidden(make: Callable[..., Line], people: People) -> None:
    line = make(TALK)
    run, client = run_of(line.items[0], "final_answer"), people.client(people.reviewer)
    base = f"/w/acme/traces/{line.items[0].trace_uuid}/text/?item={line.items[0].uuid}&at={run.uuid}:"
    spelled = ("messages.-3.text", "messages.%2B0.text", "messages.0_0.text", "messages.%C2%A00.text", "messages.2.-1",
               "messages.2.%2B2", "messages.2.0_2", f"messages.{'9' * 5000}.text")  # fmt: skip
    assert [client.get(base + name).status_code for name in spelled] == [404] * len(spelled)
    assert client.get(f"{base}messages.1.text").content.decode() == run.input_text


def test_pictures_and_words_of_hidden_messages_are_hidden(make: Callable[..., Line], people: People) -> None:
    line = make({"system": "hidden", "tools": "hidden", "raw": False})
    run = run_of(line.items[0], "final_answer")
    picture = {"type": "image", "url": PICTURE}
    run.messages[0]["parts"].append(picture)
    run.messages[1]["parts"].append(picture)
    run.messages.append({"role": "tool", "parts": [picture, {"type": "text", "text": CALL}]})
    run.save()
    base = f"/w/acme/traces/{line.items[0].trace_uuid}/"

    def statuses(person: Any) -> list[int]:
        asked = [f"image/?item={line.items[0].uuid}&at={run.uuid}:messages.{name}" for name in ("0.1", "3.0", "1.1")]
        asked.append(f"text/?item={line.items[0].uuid}&at={run.uuid}:messages.3.text")
        client = people.client(person)
        return [client.get(base + address).status_code for address in asked]

    assert statuses(people.reviewer) == [404, 404, 200, 404]
    assert statuses(people.editor) == [200, 200, 200, 200]


def test_the_conversation_only(make: Callable[..., Line], people: People) -> None:
    line = make(TALK)
    seen = everything(people, line, people.reviewer)
    for words in (
        *HIDDEN.values(),
        "tenant-77",
        "attr-88",
        "raw-99",
        "6.4 s",
        "1.1 s",
        "5,812",
        "get_rate_rules",
        "/steps/",
    ):
        assert words not in seen, words
    assert "Can I cancel booking TX-1?" in seen
    assert ANSWER in seen
    assert "Some parts are not shown." in seen
    assert "09:31" not in seen
    assert "Show everything" not in seen


def test_reviewers_ask_for_the_rest_where_they_may(make: Callable[..., Line], people: People) -> None:
    line, client = make(TALK | {"may_show_rest": True}), people.client(people.reviewer)
    page = client.get(line.page(1)).content.decode()
    assert CALL not in page
    assert "Show everything" in page
    assert CALL in client.get(f"{line.page(1)}?rest=1").content.decode()
    client.post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "up"}))
    assert Review.objects.get().shown["showed_rest"] is True
    assert CALL not in client.get(f"{line.page(1)}?rest=0").content.decode()


def test_asking_for_the_rest_changes_nothing_where_they_may_not(make: Callable[..., Line], people: People) -> None:
    line, client = make(TALK), people.client(people.reviewer)
    assert CALL not in client.get(f"{line.page(1)}?rest=1&as=editor").content.decode()
    client.post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "up"}))
    assert Review.objects.get().shown == {"presentation": TALK}


def test_folded_tools_are_closed_and_texts_may_stand_raw(make: Callable[..., Line], people: People) -> None:
    line = make({"tools": "folded", "texts": "raw"})
    page = people.client(people.reviewer).get(line.page(1)).content.decode()
    assert 'class="plain"' in page
    assert CALL in page


def test_a_long_trace_is_paged_by_the_steps_that_are_shown(make: Callable[..., Line], people: People) -> None:
    line = make({"tools": "hidden"})
    trace = Trace.objects.get(uuid=line.items[0].trace_uuid or "")
    root = Run.objects.get(trace=trace, parent_uuid=None)
    Run.objects.bulk_create(
        Run(workspace=trace.workspace, trace=trace, uuid=type(trace.uuid)(int=1000 + at), external_id=f"s{at}", name=f"step {at}",
            type="tool" if at % 2 else "llm", status="ok", started_at=root.started_at, start_nano=root.start_nano + 10 + at,
            parent_uuid=root.uuid, output_text=f"said {at}" if not at % 2 else CALL)
        for at in range(300)
    )  # fmt: skip
    client = people.client(people.reviewer)
    page = client.get(line.page(1)).content.decode()
    assert "step 1<" not in page
    far = client.get(f"{line.page(1)}?step={type(trace.uuid)(int=1000 + 298)}").content.decode()
    assert "said 298" in far
    assert CALL not in page + far


@pytest.mark.parametrize("given", [{}, {"texts": "raw"}, {"tools": "folded"}, {"may_show_rest": True}])
def test_what_is_shown_otherwise_is_not_hidden(given: dict[str, Any]) -> None:
    assert not Presentation.model_validate(given).hides_anything
    assert Presentation.model_validate(given | {"raw": False}).hides_anything


def test_a_queue_without_a_policy_shows_all_and_says_nothing(make: Callable[..., Line], people: People) -> None:
    line = make({})
    page = people.client(people.reviewer).get(line.page(1)).content.decode()
    assert 'class="sight' not in page
    assert Queue.objects.get().presentation == {}
    assert Item.objects.count() == 1


def test_chosen_metadata_stands_above_the_conversation_whatever_else_is_hidden(
    make: Callable[..., Line], people: People
) -> None:
    line = make(TALK | {"facts": ["tier", "model_name", "tags", "gone"]})
    Queue.objects.update(masking={"kinds": ["e-mail"]}, blindness={"model": True})
    Trace.objects.update(
        metadata={"tier": {"name": "gold", "of": "a@b.org"}, "model_name": "gpt-x", "secret": "s-1"}, tags=["vip", "de"]
    )
    page = people.client(people.reviewer).get(line.page(1)).content.decode()
    facts = page[page.index('class="facts trace-facts"') : page.index("</dl>", page.index('class="facts trace-facts"'))]
    for words in ("<dt>tier</dt>", "gold", "[e-mail 1]", "vip, de"):
        assert words in facts
    for words in ("a@b.org", "gpt-x", "s-1", "gone"):
        assert words not in page
