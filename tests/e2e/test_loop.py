"""The loop once, for real: from an agent's trace over a rule, a reviewer and an editor to a row of a dataset."""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import Status, StatusCode
from playwright.sync_api import Page, expect

from annotation import jobs
from annotation.domain.datasets import catalogue
from annotation.domain.queues import lifecycle as queues
from annotation.domain.queues import rubric
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.rules import lifecycle as rules
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.rules.lifecycle import RuleDraft
from annotation.models import ApiKey, Dataset, Item, Review, Trace
from tests.fixtures.browser import settled
from tests.fixtures.people import PASSWORD, People

WRONG = "Your table for two is booked for eight o'clock."
RIGHT = "I could not book the table: the restaurant's system did not answer. Shall I try again?"
LABEL = "Claims success after an error"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker takes a trace for settled at once."""
    monkeypatch.setenv("SETTLE_QUIET_SECONDS", "0.2")


@pytest.fixture
def dataset(people: People) -> Dataset:
    """A dataset, a queue that feeds it, and a rule that sends failing tools to the queue."""
    now = timezone.now()
    made = catalogue.create(workspace=people.workspace, name="Regressions", by=people.admin, now=now)
    settings = QueueSettings(name="Failing tools", target_dataset=made)
    queue = queues.create(workspace=people.workspace, settings=settings, rubric=rubric.default(), by=people.admin)
    action = AddToQueue(queue=queue.uuid)
    draft = RuleDraft("Failing tools", "run(type: tool, status: error)", Decimal(1), (action,))
    rules.create(workspace=people.workspace, draft=draft, by=people.admin, now=now)
    return made


def send_trace(address: str, token: str) -> UUID:
    """What an agent does that exports OpenTelemetry: a model call, a tool that fails, a false answer."""
    exporter = OTLPSpanExporter(endpoint=f"{address}/v1/traces", headers={"x-api-key": token})
    provider = TracerProvider(resource=Resource.create({"service.name": "booking"}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    asked = [{"role": "user", "parts": [{"type": "text", "content": "A table for two at eight, please."}]}]
    said = [{"role": "assistant", "parts": [{"type": "text", "content": WRONG}], "finish_reason": "stop"}]
    spoken = {"gen_ai.input.messages": json.dumps(asked), "gen_ai.output.messages": json.dumps(said)}
    with tracer.start_as_current_span(
        "invoke_agent host", attributes={"gen_ai.operation.name": "invoke_agent", **spoken}
    ) as root:
        with tracer.start_as_current_span("execute_tool book_table") as tool:
            tool.set_attributes({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "book_table"})
            tool.set_attribute("gen_ai.tool.call.arguments", '{"guests": 2, "time": "20:00"}')
            tool.record_exception(TimeoutError("no answer within 10 s"))
            tool.set_status(Status(StatusCode.ERROR, "no answer within 10 s"))
        model = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "atlas-large-2", **spoken}
        tracer.start_span("chat atlas-large-2", attributes=model).end()
    provider.shutdown()
    return UUID(int=root.get_span_context().trace_id)


def until(found: Callable[[], bool], *, log: Path, seconds: float = 20) -> None:
    """Wait for the worker, ringing as the scheduler does."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, log.read_text()[-4000:]
        jobs.enqueue(jobs.JobName.SETTLE_TRACES)
        time.sleep(0.1)


def sign_in(page: Page, address: str, email: str) -> None:
    """By keyboard."""
    page.goto(f"{address}/sign-in/")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/acme/**")


def review_by_keyboard(page: Page, address: str) -> None:
    """The next item, bad, with a label that is new, and what the answer should have been."""
    page.goto(f"{address}/w/acme/queues/")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Failing tools")).to_be_visible()
    settled(page)
    page.keyboard.press("b")
    expect(page.get_by_role("radio", name="Bad")).to_be_checked()
    page.keyboard.press("n")
    page.keyboard.type(LABEL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name=LABEL)).to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(RIGHT)
    expect(page.locator("#correction-diff ins").first).to_be_visible()
    page.keyboard.press("ControlOrMeta+Enter")
    expect(
        page.get_by_text("Nothing left", exact=False).or_(page.get_by_text("all done", exact=False)).first
    ).to_be_visible()


@pytest.mark.long
@pytest.mark.usefixtures("impatient")
def test_the_loop(live: str, worker: Path, people: People, dataset: Dataset, browser_page: Page) -> None:
    trace_id = send_trace(live, people.token(ApiKey.Scope.INGEST))
    assert Trace.objects.get(uuid=trace_id).error_count == 1  # acknowledged is stored

    until(lambda: Item.objects.filter(trace_uuid=trace_id).exists(), log=worker)
    sign_in(browser_page, live, people.reviewer.email)
    review_by_keyboard(browser_page, live)
    review = Review.objects.get(item__trace_uuid=trace_id)
    assert (review.answers, review.correction, review.correction_state) == ({"thumbs": "down"}, RIGHT, "proposed")

    browser_page.context.clear_cookies()
    sign_in(browser_page, live, people.editor.email)
    browser_page.goto(f"{live}/w/acme/queues/{review.item.queue.uuid}/corrections/")
    browser_page.keyboard.press("a")
    expect(browser_page.get_by_text("No correction is waiting")).to_be_visible()

    browser_page.goto(f"{live}/w/acme/datasets/{dataset.uuid}/")
    with browser_page.expect_download() as download:
        browser_page.keyboard.press("e")
    (line,) = Path(download.value.path()).read_text().splitlines()
    row = json.loads(line)
    assert row["outputs"] == {"output": RIGHT}
    assert row["provenance"]["trace_id"] == str(trace_id)
    assert row["provenance"]["rule"] == "Failing tools"
    assert (row["provenance"]["reviewer"], row["provenance"]["accepted_by"]) == ("reviewer", "editor")
    assert Trace.objects.get(uuid=trace_id).verdict == "bad"
