"""Content that wants to be more than text: shown inert on every page where content of traces stands, in a real browser.

A console error fails these tests by the browser's fixture, a refusal of the content security policy included.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, expect

from annotation.domain.queues import items, rubric_versions, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.reviews import correct, submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Dataset, Example, FailureMode, Item, Review, Trace
from tests.factories.queues import QueueFactory
from tests.fixtures.browser import SignIn
from tests.fixtures.people import People

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OUTSIDE = "evil.example"
INJECTED = (
    '<script>window.owned=1</script><img src=x onerror="window.owned=1"><svg onload="window.owned=1"><script>window.owned=1'
    "</script></svg>\"'><iframe srcdoc='<script>top.owned=1</script>'></iframe><style>*{display:none}</style>"
    f"![pixel](http://{OUTSIDE}/x.png) [here](javascript:window.owned=1) <a href='javascript:window.owned=1'>there</a> "
    f"<link rel=stylesheet href=http://{OUTSIDE}/x.css><img src=//{OUTSIDE}/y.png> {{{{ settings.SECRET_KEY }}}} {{% now %}}"
)
ODD = "\u202egnp.exe\u202c \u2066isolated and never closed \u0000nul\u0000 \ud800half a character\udfff \u200b\ufeff"
DEEP = "[" * 10_000 + "]" * 10_000
DEEPEST = '{"a":' * 64 + "1" + "}" * 64  # that is still read as more than text
HERE = "put here what nests"
NESTED_MARKUP = "> " * 5_000 + "[" * 5_000 + "*" * 20_000 + "`" * 5_000
REPEATED = json.dumps([{"a": ["x" * 50] * 50, "b": "<b>" * 20}] * 400)
SVG = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0iYWxlcnQoMSkiLz4="
ALL = f"{INJECTED} {ODD}"


def said(role: str, *parts: Mapping[str, object]) -> dict[str, object]:
    return {"role": role, "parts": list(parts)}


def text(content: str) -> dict[str, object]:
    return {"type": "text", "content": content}


def attribute(key: str, value: object) -> dict[str, object]:
    words = value if isinstance(value, str) else json.dumps(value)
    return {"key": key, "value": {"stringValue": words}}


def spans() -> Iterator[dict[str, object]]:
    asked = said("user", text(ALL), text(DEEP), {"type": "uri", "modality": "image", "uri": f"http://{OUTSIDE}/z.png"},
                 {"type": "uri", "modality": "image", "uri": SVG})  # fmt: skip
    call = {"type": "tool_call", "id": "c1", "name": ALL, "arguments": {ALL: ALL, "deep": DEEP, "html": [INJECTED] * 3}}
    deep = [{**call, "id": "c2", "arguments": HERE}, {**call, "id": "c3", "arguments": HERE * 2}]
    called = json.dumps([said("assistant", text(ALL), *deep)])
    called = called.replace(json.dumps(HERE * 2), DEEPEST).replace(json.dumps(HERE), DEEP)
    kinds: dict[str, list[dict[str, object]]] = {
        "invoke_agent": [attribute("gen_ai.agent.name", ALL), attribute("gen_ai.conversation.id", f"thread {INJECTED[:60]}")],
        "chat": [
            attribute("gen_ai.input.messages", [asked]),
            attribute("gen_ai.output.messages", [said("assistant", text(ALL), call)]),
        ],
        "execute_tool": [
            attribute("gen_ai.tool.name", ALL),
            attribute("gen_ai.tool.call.id", "c1"),
            attribute("gen_ai.tool.call.arguments", {ALL: ALL}),
            attribute("gen_ai.tool.call.result", REPEATED),
        ],
        "chat 2": [attribute("gen_ai.input.messages", [asked]), attribute("gen_ai.output.messages", called)],
        **{
            f"execute_tool {number}": [
                attribute("gen_ai.tool.name", f"deep {number}"),
                attribute("gen_ai.tool.call.id", f"c{number}"),
                attribute("gen_ai.tool.call.arguments", nested),
                attribute("gen_ai.tool.call.result", nested),
            ]
            for number, nested in ((2, DEEP), (3, DEEPEST))
        },
        "text_completion": [
            attribute("gen_ai.input.messages", [said("system", text(NESTED_MARKUP)), said(ALL, text(REPEATED))]),
            attribute("gen_ai.output.messages", [said("assistant", text(ALL + NESTED_MARKUP))]),
        ],
    }  # fmt: skip
    for number, (operation, attributes) in enumerate(kinds.items(), start=1):
        yield {
            "traceId": "ab" * 16,
            "spanId": f"{number:016x}",
            **({"parentSpanId": f"{1:016x}"} if number > 1 else {}),
            "name": f"{operation} {ALL}",
            "startTimeUnixNano": str(1_772_452_800_000_000_000 + number),
            "endTimeUnixNano": str(1_772_452_801_000_000_000 + number),
            "status": {"code": 2, "message": ALL} if operation == "execute_tool" else {},
            "attributes": [*attributes, attribute("gen_ai.operation.name", operation.split()[0]), attribute(ALL, ALL)],
        }


@dataclass(frozen=True, slots=True)
class Place:
    """The pages that show it, by name; those of `own` to the reviewer who said it."""

    pages: dict[str, str]
    own: dict[str, str]


@pytest.fixture
def place(people: People) -> Place:
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": list(spans())}]}]})
    for number in ("ab", "cd"):
        again = body.replace("ab" * 16, number * 16)
        sent = people.api("ingest").post("/v1/traces", again, "application/json")
        assert sent.status_code == 200, sent.content
    trace, other = Trace.objects.order_by("uuid")
    queue = QueueFactory(
        workspace=people.workspace,
        name=INJECTED[:120],
        instructions=ALL.replace("\0", "").encode(errors="ignore").decode(),
    )
    queue.target_dataset = dataset = Dataset.objects.create(
        workspace=people.workspace, name="Rows", created_by=people.editor
    )
    queue.save()
    rubric_versions.current(queue)
    chosen = [subjects.of_trace(trace.uuid), subjects.of_pair(trace.uuid, other.uuid)]
    item, _pair = items.add(queue=queue, subjects=chosen, reason=Reason(why=(INJECTED,))).added
    run = trace.runs.filter(type="tool").order_by("start_nano")[0]
    (row,) = reviewed(item, people, run.uuid)
    base, here, there = "/w/acme/", f"/w/acme/traces/{trace.uuid}/", f"/w/acme/queues/{queue.uuid}/"
    deep = [trace.runs.get(name__startswith=f"execute_tool {number} ").uuid for number in (2, 3)]
    found = {
        "trace": here,
        "trace, raw": f"{here}?raw=1",
        "trace list": f"{base}traces/",
        "step": f"{here}steps/{run.uuid}/",
        "thread": f"{base}threads/{trace.thread_id}/",
        "review": f"{there}items/1/",
        "review, raw": f"{there}items/1/?raw=1",
        "table": f"{there}table/",
        "queue": there,
        "corrections": f"{there}corrections/",
        "agreement": f"{there}agreement/",
        "dataset": f"{base}datasets/{dataset.uuid}/",
        "row": f"{base}datasets/{dataset.uuid}/rows/{row.uuid}/",
        "audit log": f"{base}settings/audit/",
        "adjudication": f"{there}adjudication/?item=1",
        "pair": f"{there}items/2/",
        "pairs": f"{there}pairs/",
        "progress": f"{there}progress/",
        "history": f"{base}queues/reviews/{Review.objects.get(reviewer=people.reviewer).uuid}/history/",
        "failure modes": f"{base}settings/failure-modes/",
        "failure mode": f"{base}settings/failure-modes/{FailureMode.objects.get(name=INJECTED[:110]).uuid}/",
        "deep step": f"{here}steps/{deep[0]}/",
        "deepest step": f"{here}steps/{deep[1]}/",
    }
    own = {name: f"{there}review/{name}/" for name in ("own", "recent")}
    return Place(found, own | {"own history": found["history"], "own review": found["review"]})


def reviewed(item: Item, people: People, run: object) -> list[Example]:
    """One accepted correction of the tool's answer, and one that waits; both say what the trace says."""
    words = {"note": ALL, "labels": [INJECTED[:110]], "correction": f"corrected {ALL}",
             "evidence": [{"label": INJECTED[:110], "run": str(run), "text": ALL}],
             "steps": [{"run": str(run), "thumb": "down", "note": ALL, "labels": [INJECTED[:100]]}]}  # fmt: skip
    item.queue.reviewers_per_item = 3
    item.queue.save()
    given = ReviewInput.model_validate({"answers": {"thumbs": "down"}, **words})
    for person in (people.editor, people.reviewer):
        review = submit.submit(item=item, by=person, answers=given, now=NOW)
        if person is people.editor:
            correct.accept(review=review, by=people.admin, now=NOW)
    return list(Example.objects.all())


@pytest.mark.django_db(transaction=True)
def test_hostile_content_is_inert_wherever_it_is_shown(
    live: str, people: People, place: Place, browser_page: Page, sign_in: SignIn
) -> None:
    page, outside = browser_page, []

    def look(route: Route) -> None:
        if not route.request.url.startswith(live):
            outside.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/*", look)
    page.on("dialog", lambda dialog: outside.append(dialog.message))
    seen = {}
    for name, path in [*place.pages.items(), *place.own.items()]:
        if name in {"trace", "own"}:  # the first of each
            sign_in(people.admin if name in place.pages else people.reviewer)
        if name == "adjudication":
            Item.objects.filter(number=1).update(state="done")
        answer = page.goto(live + path)
        assert answer is not None
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        if name == "table":  # whose conversation comes as it is opened
            expect(page.locator(".in-rows-conversation .turn").last).to_be_visible()
        seen[name] = (answer.status, page.evaluate(HARM), len(answer.body()) < 1_500_000)
    assert seen == dict.fromkeys(seen, (200, [], True))
    assert outside == []


HARM = """() => [
    ...(window.owned ? ["a script ran"] : []),
    ...[...document.querySelectorAll("iframe, object, embed, base, svg script, body style, main link, main script")].map((one) => one.outerHTML),
    ...(/[\u202d\u202e]/.test([...document.querySelectorAll("body *:not(textarea)")].flatMap((one) => [...one.childNodes]).filter((one) => one.nodeType === 3).map((one) => one.data).join("")) ? ["a text runs backwards"] : []),
    ...[...document.querySelectorAll("img")].filter((one) => new URL(one.src).origin !== location.origin).map((one) => one.outerHTML),
    ...[...document.querySelectorAll("a[href]")].filter((one) => !/^(https?|mailto):$/.test(one.protocol)).map((one) => one.outerHTML),
    ...[...document.querySelectorAll("*")].filter((one) => [...one.attributes].some((held) => /^on/i.test(held.name) || held.name === "style" && held.value)).map((one) => one.outerHTML.slice(0, 200)),
]"""
