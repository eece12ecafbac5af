"""Questions about single steps on the review page: as a plain form, in a browser, over the REST interface, in the editor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from annotation.domain.queues import rubric_versions
from annotation.domain.queues.conditions import Steps
from annotation.domain.queues.rubric import Option, Parts, Question, QuestionKind, Rubric
from annotation.domain.reviews.content import StepJudgement
from annotation.models import Draft, Queue, Review, Run
from tests.factories.traces import RunFactory
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line, run_of

MakeLine = Callable[..., Line]

CALL = Question(
    key="call", kind=QuestionKind.CHOICE, label="Was the call right?", is_required=True, of=Steps(type="tool"),
    options=(Option(key="right", label="Right"), Option(key="wrong", label="Wrong")),
)  # fmt: skip
WORDING = Question(key="wording", kind=QuestionKind.TEXT, label="Wording", of=Steps(type="llm"))
GOOD = Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?", is_required=True)
ASKED = Rubric(questions=(GOOD, CALL, WORDING), parts=Parts(correction=False))


def with_calls(line: Line, count: int) -> list[Run]:
    """The item's tool call, and more of them."""
    first = run_of(line.items[0], "get_rate_rules")
    more = [
        RunFactory(
            trace=first.trace,
            parent_uuid=first.parent_uuid,
            type="tool",
            name=f"call_{n}",
            start_nano=first.start_nano + n,
        )
        for n in range(2, count + 1)
    ]
    return [first, *more]


def answers(runs: list[Run], *given: str) -> dict[str, Any]:
    fields = {f"answer-{run.uuid}-call": value for run, value in zip(runs, given, strict=False)}
    return {"asked_step": [str(run.uuid) for run in runs], "answer-thumbs": "up", **fields}


@pytest.mark.django_db
def test_without_scripts_all_steps_are_asked_and_answered_in_one_form(people: People, make_line: MakeLine) -> None:
    line = make_line(1, asked=ASKED)
    runs, model = with_calls(line, 3), run_of(line.items[0], "final_answer")
    client = people.client(people.reviewer)
    page = client.get(line.page(1)).content
    assert "Was the call right? required 0 of 3 answered Of each tool call." in words(page)
    assert "Wording 0 of 1 answered Of each model call." in words(page)
    for field in (*(f"answer-{run.uuid}-call" for run in runs), f"answer-{model.uuid}-wording"):
        assert f'name="{field}"' in page.decode()
    assert f'name="answer-{model.uuid}-call"' not in page.decode()

    part = client.post(line.page(1, "submit"), line.form(1, **answers(runs, "right", "wrong")))
    assert part.status_code == 422
    assert "“Was the call right?” needs an answer for 1 of 3 steps: no. 3." in words(part.content)
    assert "2 of 3 answered" in words(part.content)
    assert Draft.objects.get().content["steps"] == [
        {"run": str(runs[0].uuid), "answers": {"call": "right"}},
        {"run": str(runs[1].uuid), "answers": {"call": "wrong"}},
    ]
    again = client.get(line.page(1)).content.decode()
    checked = again.split(f'name="answer-{runs[1].uuid}-call"')[2]
    assert "checked" in checked[: checked.index(">")], "the draft fills the fields"

    given = answers(runs, "right", "wrong", "right") | {f"answer-{model.uuid}-wording": " Curt "}
    given["asked_step"].append(str(model.uuid))
    thumb = StepJudgement(run=runs[0].uuid, thumb="down").model_dump_json()
    client.post(line.page(1, "submit"), line.form(1, step=[thumb], **given))
    assert Review.objects.get().steps == [
        {"run": str(runs[0].uuid), "thumb": "down", "answers": {"call": "right"}},
        {"run": str(runs[1].uuid), "answers": {"call": "wrong"}},
        {"run": str(runs[2].uuid), "answers": {"call": "right"}},
        {"run": str(model.uuid), "answers": {"wording": "Curt"}},
    ]


@pytest.mark.django_db
def test_what_hides_the_model_hides_it_there_too_and_pairs_ask_nothing_of_steps(
    people: People, make_line: MakeLine
) -> None:
    line = make_line(1, asked=ASKED, blindness={"model": True})
    Run.objects.filter(name="final_answer").update(name="chat gpt-x")
    page = people.client(people.reviewer).get(line.page(1)).content.decode()
    assert "gpt-x" not in page
    assert "Wording" in page


@pytest.mark.django_db
def test_programs_ask_and_answer_about_steps(people: People, make_line: MakeLine) -> None:
    line = make_line(1)
    question = {"key": "call", "kind": "thumbs", "label": "Right?", "is_required": True, "of": {"type": "tool"}}
    asked = {"rubric": {"questions": [question]}}
    queue = f"/api/v1/queues/{line.queue.uuid}"
    changed = people.api().patch(queue, asked, content_type="application/json").json()
    assert changed["rubric"]["questions"][0]["of"] == {"type": "tool", "name": ""}
    item, run = f"/api/v1/items/{line.items[0].uuid}", run_of(line.items[0], "get_rate_rules")
    client = people.client(people.reviewer)
    refused = client.put(f"{item}/review", {"answers": {}}, content_type="application/json").json()
    assert refused["error"]["fields"] == {"call": ["“Right?” needs an answer for 1 of 1 steps: no. 1."]}
    given = {"steps": [{"run": str(run.uuid), "answers": {"call": "up"}}]}
    review = client.put(f"{item}/review", given, content_type="application/json").json()
    assert review["steps"] == [{"run": str(run.uuid), "answers": {"call": "up"}}]


@pytest.mark.django_db
def test_a_question_is_set_up_for_steps_and_stays_so(people: People, make_line: MakeLine) -> None:
    line = make_line(1, asked=ASKED)
    address = f"/w/acme/queues/{line.queue.uuid}/edit/"
    client = people.client(people.admin)
    page = client.get(address).content.decode()
    assert re.search(r'<option\s+value="tool"\s+selected', page)
    form = {
        "name": "Refund promises", "who": "all", "reviewers_per_item": 1, "reservation_minutes": 15, "order": "priority",
        "questions": "2", "q-0-kind": "thumbs", "q-0-label": "Good?", "q-0-key": "thumbs",
        "q-1-kind": "thumbs", "q-1-label": "Found it?", "q-1-of": "tool", "q-1-of_name": " search ",
    }  # fmt: skip
    client.post(address, form)
    asked = rubric_versions.questions_of(Queue.objects.get(pk=line.queue.pk))
    assert [one.key for one in asked.questions] == ["thumbs"]
    assert [(one.key, one.of) for one in asked.step_questions] == [("found_it", Steps(type="tool", name="search"))]
    assert "Found it? of each search step" in words(client.get(f"/w/acme/queues/{line.queue.uuid}/").content)


@pytest.fixture
def page(browser_page: Page, browser_context: BrowserContext, people: People, live: str) -> Page:
    """A page of the reviewer."""
    session = people.client(people.reviewer).cookies[settings.SESSION_COOKIE_NAME].value
    browser_context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live}])
    return browser_page


def test_steps_are_answered_where_they_are_read_and_the_rest_alike(
    page: Page, live: str, people: People, make_line: MakeLine
) -> None:
    line = make_line(2, asked=ASKED)
    runs = with_calls(line, 4)
    page.goto(live + line.page(1))
    steps = page.locator("[data-asked-step]:visible")
    expect(steps).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(steps).to_have_count(1)
    expect(page.locator(".outline [aria-current] .name")).to_contain_text("get_rate_rules")
    page.keyboard.press("ArrowRight")  # no answer is in focus that it could change
    expect(page.locator("[data-asked-question=call]")).to_contain_text("0 of 4 answered")
    page.keyboard.press("2")
    expect(page.locator("[data-asked-question=call]")).to_contain_text("1 of 4 answered")
    page.keyboard.press("o")
    page.keyboard.press("1")
    page.get_by_role("button", name="The rest alike").click()
    expect(page.locator("[data-asked-question=call]")).to_contain_text("4 of 4 answered")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".topbar .chip").first).to_have_text("item 2")
    given = {step["run"]: step["answers"] for step in Review.objects.get().steps}
    assert [given[str(run.uuid)]["call"] for run in runs].count("wrong") == 1
    assert given[str(runs[0].uuid)] == {"call": "wrong"}


def test_up_and_down_go_through_the_questions_about_steps_as_they_stand_on_the_page(
    page: Page, live: str, make_line: MakeLine
) -> None:
    tone = Question(key="tone", kind=QuestionKind.CHOICE, label="Tone", options=CALL.options)
    line = make_line(1, asked=Rubric(questions=(GOOD, tone, CALL, WORDING)))
    with_calls(line, 2)
    page.goto(live + line.page(1))
    now, at = page.locator("[data-question][data-current]"), page.locator(".outline [aria-current] .name")
    expect(now).to_contain_text("Tone")
    page.keyboard.press("ArrowDown")
    expect(at).to_contain_text("get_rate_rules")
    page.keyboard.press("2")
    page.keyboard.press("ArrowDown")
    expect(at).to_contain_text("call_2")
    page.keyboard.press("1")
    expect(page.locator("[data-asked-question=call]")).to_contain_text("2 of 2 answered")
    page.keyboard.press("ArrowDown")
    expect(at).to_contain_text("final_answer")
    expect(now.get_by_label("Wording")).to_be_visible()
    page.keyboard.press("ArrowDown")  # what stands below them
    expect(now).to_contain_text("What went wrong")
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    expect(at).to_contain_text("call_2")
    expect(now.get_by_label("Right")).to_be_checked()
