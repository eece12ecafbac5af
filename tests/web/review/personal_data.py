"""A trace full of personal data, and everything in which a reviewer could meet it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.test import Client

from annotation.models import Item, Review, Run, Trace
from tests.web.review.conftest import Line

MAIL, PHONE, CARD, IBAN, IP, OWN = (
    "anna.smith@example.net", "+49 30 1234567", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "10.12.0.7", "KD-123456",
)  # fmt: skip
SECRETS = (MAIL, "anna.smith", PHONE, "1234567", CARD, "4111111111111111", IBAN, "0532 0130", IP, OWN)
ALL = f"{MAIL} {PHONE} {CARD} {IBAN} {IP} {OWN}"
MASKING = {
    "kinds": ["e-mail", "phone", "card", "IBAN", "IP address"],
    "patterns": [{"name": "customer", "pattern": r"KD-\d{6}"}],
}
ANSWER = f"I wrote to {MAIL} and called {PHONE}; your customer number is {OWN}."
NAMES = ("input_text", "output_text", "error_message", "error_stack", "inputs", "outputs", "attributes", "metadata",
         "messages", "events", "messages.0.text", "messages.1.text", "messages.1.reasoning", "tool.arguments", "tool.result",
         "documents.0.content")  # fmt: skip


def fill(trace: Trace) -> None:
    """Put all of it into every place that a trace has."""
    Trace.objects.filter(pk=trace.pk).update(
        name=f"trip of {MAIL}", input=f"I am {ALL}", output=ANSWER, thread_id=PHONE, user_id=MAIL, tags=[OWN],
        metadata={"who": ALL},
    )  # fmt: skip
    parts = [{"type": "text", "text": ANSWER}, {"type": "reasoning", "text": f"hm, {ALL}"}]
    said = [{"role": "user", "name": MAIL, "parts": [{"type": "text", "text": f"I am {ALL}"}]}]
    for run in Run.objects.filter(trace=trace):
        run.inputs, run.outputs, run.attributes, run.metadata = {MAIL: ALL}, {"to": [ALL]}, {"x": ALL}, {"y": ALL}
        run.events, run.tags, run.error_stack = [{"name": ALL}], [MAIL], ALL
        if run.type == "llm":
            run.messages = [*said, {"role": "assistant", "parts": parts}]
            run.input_text, run.output_text = f"I am {ALL}", ANSWER
        if run.type == "tool":
            run.name, run.error_message, run.error_type = f"mail {MAIL}", f"no answer from {ALL}", MAIL
            run.tool = {
                "name": f"mail {MAIL}",
                "arguments": {"phone": "1234567", "all": ALL},
                "result": {"n": 4111111111111111, "s": ALL},
            }
        run.save()
    root = Run.objects.get(trace=trace, parent_uuid=None)
    Run.objects.create(
        workspace=trace.workspace, trace=trace, uuid=subjects_uuid(trace), external_id="d", name=f"find {MAIL}", type="retriever",
        status="ok", started_at=root.started_at + timedelta(seconds=1), start_nano=root.start_nano + 1, parent_uuid=root.uuid,
        input_text=ALL, documents=[{"id": MAIL, "content": f"{ALL} " * 60, "metadata": {"title": ALL}}],
    )  # fmt: skip


def subjects_uuid(trace: Trace) -> Any:
    return type(trace.uuid)(int=trace.uuid.int ^ 1)


def asked(client: Client, line: Line) -> Iterator[tuple[str, Any]]:
    """Everything that a reviewer may ask for about the items of the queue, with the answers."""
    read: set[Any] = set()
    for item in Item.objects.filter(queue=line.queue).order_by("number"):
        page = line.page(item.number)
        yield from (
            (address, client.get(address))
            for address in (page, f"{page}?raw=1", *(line.page(item.number, act) for act in ("labels", "ahead")))
        )
        for trace in Trace.objects.filter(
            uuid__in=[uuid for uuid in (item.trace_uuid, item.other_trace_uuid) if uuid is not None]
        ):
            outline = f"{page}?trace={trace.uuid}&outline_after=0"
            yield outline, client.get(outline)
            for run in trace.runs.all():
                yield "step", client.get(f"/w/acme/traces/{trace.uuid}/steps/{run.uuid}/?item={item.uuid}")
            if trace.uuid not in read:
                yield from texts(client, item, trace)
                read.add(trace.uuid)
        form = line.form(item.number, correction="x", correction_format="text")
        yield from (
            (act, client.post(line.page(item.number, act), form)) for act in ("original", "diff", "row", "draft")
        )
    for state in ("needs_my_review", "needs_others_review"):
        yield state, client.get(f"/w/acme/queues/{line.queue.uuid}/?state={state}")
    for act in ("own", "recent"):
        yield act, client.get(f"/w/acme/queues/{line.queue.uuid}/review/{act}/")


def texts(client: Client, item: Item, trace: Trace) -> Iterator[tuple[str, Any]]:
    """Every text of the trace, read through the item."""
    places = ["trace:input", "trace:output", *(f"{run.uuid}:{name}" for run in trace.runs.all() for name in NAMES)]
    for at in places:
        address = f"/w/acme/traces/{trace.uuid}/text/?item={item.uuid}&at={at}"
        yield at, (plain := client.get(address))
        if plain.status_code == 200:
            yield at, client.get(f"{address}&raw=1", headers={"HX-Request": "true"})


def api(client: Client, line: Line) -> Iterator[tuple[str, Any]]:
    queue = f"/api/v1/queues/{line.queue.uuid}/"
    yield from ((path, client.get(path)) for path in (queue, f"{queue}items/", "/api/v1/reviews/"))
    yield "claim", client.post(f"{queue}claim/", {}, content_type="application/json")
    for item in Item.objects.filter(queue=line.queue):
        base = f"/api/v1/items/{item.uuid}/"
        yield from ((path, client.get(base + path)) for path in ("", "draft/", "review/"))
    for review in Review.objects.all():
        base = f"/api/v1/reviews/{review.uuid}/"
        yield from ((path, client.get(base + path)) for path in ("", "versions/"))
        yield "history", client.get(f"/w/acme/queues/reviews/{review.uuid}/history/")


def secrets_in(response: Any) -> list[str]:
    text = response.content.decode()
    return [text[max(0, at - 60) : at + 60] for secret in SECRETS if (at := text.find(secret)) >= 0]
