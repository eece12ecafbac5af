"""A queue set up by plain forms, with and without htmx."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.domain.feedback import configs
from annotation.domain.queues import affected, asking_again, lifecycle, rubric_versions
from annotation.domain.queues.conditions import Condition
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.models import Queue, Review
from tests.fixtures.browser import SignIn
from tests.fixtures.people import People
from tests.web.queues.conftest import Desk
from tests.web.queues.test_lists import words

pytestmark = pytest.mark.django_db

SETTINGS = {"name": "Tone", "who": "all", "reviewers_per_item": 2, "reservation_minutes": 20, "order": "newest"}
ASKED = {
    "questions": "2",
    "q-0-kind": "thumbs", "q-0-label": "Good?", "q-0-required": "on",
    "q-1-kind": "choice", "q-1-label": "Is it polite?", "q-1-options": "3",
    "q-1-o-0-label": "Yes", "q-1-o-1-label": " ", "q-1-o-2-label": "Not at all",
    "part-note": "on",
}  # fmt: skip
HTMX = {"hx-request": "true"}


def post(people: People, address: str, *, headers: dict[str, str] | None = None, **data: Any) -> Any:
    given = {**SETTINGS, **ASKED, **{name.replace("__", "-"): value for name, value in data.items()}}
    return people.client(people.admin).post(address, given, headers=headers)


def test_a_queue_is_made_with_keys_from_words(people: People) -> None:
    answer = post(people, "/w/acme/queues/new/", save="draft")
    queue = Queue.objects.get()
    assert answer["location"] == f"/w/acme/queues/{queue.uuid}/"
    assert (queue.name, queue.status, queue.reviewers_per_item, queue.order) == ("Tone", "draft", 2, "newest")
    asked = rubric_versions.questions_of(queue)
    assert [(question.key, question.kind, question.is_required) for question in asked.questions] == [
        ("thumbs", QuestionKind.THUMBS, True),
        ("is_it_polite", QuestionKind.CHOICE, False),
    ]
    assert asked.questions[1].options == (Option(key="yes", label="Yes"), Option(key="not_at_all", label="Not at all"))
    assert asked.parts.model_dump() == {
        "labels": False, "layer": False, "first_failing_step": False, "correction": False, "note": True,
    }  # fmt: skip


@pytest.mark.parametrize("headers", [None, HTMX])
def test_buttons_rearrange_without_saving(people: People, headers: dict[str, str] | None) -> None:
    answer = post(people, "/w/acme/queues/new/", headers=headers, rubric_action="up:1", q__0__label="First typed")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.index("Is it polite?") < html.index("First typed")
    assert html.strip().startswith('<section id="rubric"') is bool(headers)
    assert Queue.objects.count() == 0


@pytest.mark.parametrize(
    ("action", "kinds", "options"),
    [
        ("add:number", ["thumbs", "choice", "number"], 3),
        ("add:scale", ["thumbs", "choice", "scale"], 3),
        ("remove:0", ["choice"], 3),
        ("down:0", ["choice", "thumbs"], 3),
        ("add-option:1", ["thumbs", "choice"], 4),
        ("remove-option:1:1", ["thumbs", "choice"], 2),
        ("remove:9", ["thumbs", "choice"], 3),
        ("explode", ["thumbs", "choice"], 3),
    ],
)
def test_every_button(people: People, action: str, kinds: list[str], options: int) -> None:
    draft = post(people, "/w/acme/queues/new/", rubric_action=action).context["draft"]
    assert [question.kind for question in draft.questions] == kinds
    assert [len(question.options) for question in draft.questions if question.kind == "choice"] == [options]


@pytest.mark.parametrize("headers", [None, HTMX])
def test_what_cannot_be_asked_is_marked_and_kept(people: People, headers: dict[str, str] | None) -> None:
    answer = post(people, "/w/acme/queues/new/", headers=headers, name="", q__1__options="1", q__0__label="")
    page = words(answer.content)
    assert answer.status_code == 422
    assert "Nothing is saved yet: look at what is marked below." in page
    assert "Write the question." in page
    assert "Give at least two options to choose from; for a single box to tick" in page
    assert "This field is required." in page
    assert 'value="Is it polite?"' in answer.content.decode()
    assert "Name : This field is required. Question 1 : Write the question. Question 2 : Give at least" in page
    for place in ("id_name", "q-0-label", "q-1-label"):
        assert f'href="#{place}"' in answer.content.decode()
        assert f'id="{place}"' in answer.content.decode()
    assert Queue.objects.count() == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_the_button_is_at_hand_and_what_is_wrong_is_led_to(
    browser_page: Page, people: People, sign_in: SignIn, live: str, width: int
) -> None:
    sign_in(people.admin)
    browser_page.set_viewport_size({"width": width, "height": 800})
    browser_page.goto(f"{live}/w/acme/queues/new/")
    button = browser_page.get_by_role("button", name="Make the queue")
    expect(button).to_be_in_viewport(ratio=1)
    browser_page.get_by_label("Reviewers per item").fill("40")
    browser_page.get_by_label("Only these people").check()
    button.click()
    said = browser_page.get_by_role("alert").filter(has_text="Nothing is saved yet")
    expect(said).to_be_focused()
    expect(said).to_be_in_viewport()
    expect(button).to_be_in_viewport(ratio=1)
    said.get_by_role("link", name="Reviewers per item").click()
    field = browser_page.get_by_label("Reviewers per item")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport(ratio=1)
    assert Queue.objects.count() == 0


def test_every_kind_of_question_can_be_asked(people: People) -> None:
    given: dict[str, Any] = {
        "questions": "4",
        "q__0__kind": "verdict", "q__0__label": "Good?",
        "q__1__kind": "scale", "q__1__label": "Tone", "q__1__options": "0", "q__1__minimum": "0", "q__1__maximum": "4",
        "q__1__low_label": "cold", "q__1__high_label": " warm ",
        "q__2__kind": "assertions", "q__2__label": "What has to hold?",
        "q__3__kind": "ranking", "q__3__label": "Best first", "q__3__options": "2",
        "q__3__o__0__label": "Short", "q__3__o__1__label": "Long",
    }  # fmt: skip
    post(people, "/w/acme/queues/new/", save="active", **given)
    asked = rubric_versions.questions_of(Queue.objects.get()).questions
    assert [(question.key, question.kind) for question in asked] == [
        ("thumbs", "verdict"), ("tone", "scale"), ("what_has_to_hold", "assertions"), ("best_first", "ranking"),
    ]  # fmt: skip
    assert (list(asked[1].steps), asked[1].low_label, asked[1].high_label) == ([0, 1, 2, 3, 4], "cold", "warm")


def test_a_question_comes_from_the_workspaces_feedback_with_its_key_and_options(people: People) -> None:
    configs.create(
        workspace=people.workspace, key="refund_policy", kind="categories", by=people.admin,
        meaning=configs.Meaning(description="What was promised?", categories=(
            configs.Category(value="kept", label="Kept"), configs.Category(value="broken", verdict="bad"),
        )),
    )  # fmt: skip
    configs.create(workspace=people.workspace, key="2nd", kind="number", by=people.admin, meaning=configs.Meaning())
    shown = post(people, "/w/acme/queues/new/", rubric_action="up:9").context["shared"]
    assert [(question.key, question.label) for question in shown] == [("refund_policy", "Refund policy")]
    draft = post(people, "/w/acme/queues/new/", rubric_action="add-shared", shared="refund_policy").context["draft"]
    added = draft.questions[-1]
    assert (added.key, added.kind, added.help) == ("refund_policy", "choice", "What was promised?")
    assert [(option.key, option.label) for option in added.options] == [("kept", "Kept"), ("broken", "broken")]
    unknown = post(people, "/w/acme/queues/new/", rubric_action="add-shared", shared="gone").context["draft"]
    assert [question.kind for question in unknown.questions] == ["thumbs", "choice"]


CONDITIONAL = {
    "questions": "2",
    "q-0-kind": "thumbs", "q-0-label": "Good?", "q-0-key": "thumbs",
    "q-1-kind": "text", "q-1-label": "Ticket", "q-1-visible": ["thumbs=down"], "q-1-needed": ["thumbs="],
    "q-1-pattern": "[A-Z]+", "q-1-pattern_message": "Capitals, please.",
}  # fmt: skip


def test_conditions_and_patterns_are_set_and_shown_again(people: People) -> None:
    admin = people.client(people.admin)
    admin.post("/w/acme/queues/new/", {**SETTINGS, **CONDITIONAL, "save": "active"})
    queue = Queue.objects.get()
    ticket = rubric_versions.questions_of(queue).questions[1]
    assert ticket.visible_if == Condition(question="thumbs", any_of=("down",))
    assert ticket.required_if == Condition(question="thumbs")
    assert (ticket.pattern, ticket.pattern_message) == ("[A-Z]+", "Capitals, please.")
    page = admin.get(f"/w/acme/queues/{queue.uuid}/edit/")
    ((_, _, _), (shown, asked, needed)) = page.context["draft"].rows
    assert [(box.label, box.is_on) for box in asked[0].boxes] == [("Bad", True), ("Good", False), ("any answer", False)]
    assert [box.label for box in needed[0].boxes if box.is_on] == ["any answer"]
    assert shown.pattern == "[A-Z]+"
    admin.post(f"/w/acme/queues/{queue.uuid}/edit/", {**SETTINGS, **CONDITIONAL, "q-1-key": "ticket"})
    assert rubric_versions.current(queue).number == 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"q-1-pattern": "("}, "There is a “(” without its “)”."),
        ({"q-1-visible": ["thumbs=down", "other=x"]}, "tick answers of one only"),
        ({"q-1-visible": ["thumbs=sideways"]}, "“sideways”, which nobody can answer"),
        ({"q-0-visible": ["ticket="], "q-1-key": "ticket"}, "can only depend on a question above it"),
    ],
)
def test_a_condition_that_cannot_hold_is_told_at_its_question(
    people: People, changed: dict[str, Any], told: str
) -> None:
    answer = people.client(people.admin).post("/w/acme/queues/new/", {**SETTINGS, **CONDITIONAL, **changed})
    assert answer.status_code == 422
    assert told in words(answer.content)


def test_a_question_that_was_just_typed_can_be_depended_on(people: People) -> None:
    draft = post(people, "/w/acme/queues/new/", rubric_action="add:text").context["draft"]
    (_, _, _), (_, _, _), (_, asked, _) = draft.rows
    assert [(row.label, [box.value for box in row.boxes]) for row in asked] == [
        ("Good?", ["thumbs=down", "thumbs=up", "thumbs="]),
        ("Is it polite?", ["is_it_polite=yes", "is_it_polite=not_at_all", "is_it_polite="]),
    ]


def test_a_name_that_is_taken_is_told_at_the_name(people: People, desk: Desk) -> None:
    answer = post(people, "/w/acme/queues/new/", name="REFUNDS")
    assert (answer.status_code, answer.context["form"].errors["name"]) == (
        422,
        ["There is a queue “REFUNDS” already; choose another name."],
    )


def test_an_edit_keeps_keys_makes_a_version_and_says_so(people: People, desk: Desk) -> None:
    page = people.client(people.admin).get(f"{desk.page}edit/")
    assert [question.key for question in page.context["draft"].questions] == ["thumbs"]
    answer = post(people, f"{desk.page}edit/", q__0__key="thumbs", q__0__label="Well done?", who="named",
                  reviewers=[str(people.reviewer.uuid)])  # fmt: skip
    assert answer["location"] == desk.page
    queue = Queue.objects.get()
    asked = rubric_versions.questions_of(queue)
    assert (rubric_versions.current(queue).number, asked.questions[0].label) == (2, "Well done?")
    assert (queue.is_open_to_all, list(queue.reviewers.all())) == (False, [people.reviewer])
    assert desk.review.rubric.number == 1


@pytest.mark.parametrize("headers", [None, HTMX])
def test_the_preview_is_inert(people: People, headers: dict[str, str] | None) -> None:
    given = {"instructions": "**bold** <script>alert(1)</script>"}
    answer = people.client(people.admin).post("/w/acme/queues/preview/", given, headers=headers)
    html = answer.content.decode()
    assert "<strong>bold</strong>" in html
    assert "<script>alert" not in html
    assert html.strip().startswith('<div id="instructions-preview"') is bool(headers)


def test_saving_what_is_shown_changes_nothing_and_keeps_what_an_sdk_said(people: People, desk: Desk) -> None:
    queue = Queue.objects.get()
    said: dict[str, Any] = {
        "value_descriptions": {"1": "warm"},
        "regex_validator": "^[a-z]+$",
        "visible_if": {"join": "all", "rules": []},
    }
    number = Question(key="tone", kind=QuestionKind.NUMBER, label="Tone", minimum=0, maximum=0.123456789, said=said)
    thumbs = Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?", is_required=True)
    rubric = Rubric(questions=(thumbs, number))
    lifecycle.edit(queue=queue, settings=lifecycle.settings_of(queue), rubric=rubric, by=people.admin)
    draft = people.client(people.admin).get(f"{desk.page}edit/").context["draft"]
    shown = {f"part-{name}": "on" for name, is_on in draft.parts.items() if is_on} | {"questions": "2"}
    for index, question in enumerate(draft.questions):
        for name in ("key", "kind", "label", "minimum", "maximum"):
            shown[f"q-{index}-{name}"] = getattr(question, name)
        shown |= {f"q-{index}-required": "on"} if question.is_required else {}
    admin = people.client(people.admin)
    admin.post(f"{desk.page}edit/", {**SETTINGS, **shown})
    assert rubric_versions.questions_of(Queue.objects.get()) == rubric
    admin.post(f"{desk.page}edit/", {**SETTINGS, **shown, "q-1-label": "How was the tone?"})
    changed = rubric_versions.questions_of(Queue.objects.get())
    assert (changed.questions[1].label, changed.questions[1].said) == ("How was the tone?", said)
    assert rubric_versions.current(Queue.objects.get()).number == 3


def test_how_many_reviews_would_be_asked_for_again_is_told_and_nothing_saved(
    people: People, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, admin = rubric_versions.current(Queue.objects.get()).pk, people.client(people.admin)
    sent = {**SETTINGS, **ASKED, "q-0-key": "thumbs", "ask_again": "on", "rubric_action": "count-again"}
    page = admin.post(f"{desk.page}edit/", sent, headers=HTMX).content
    assert "1 review would be asked for again." in words(page)
    assert 'name="ask_again" checked' in page.decode()
    asked = {"rubric": {"questions": [{"key": "tone", "kind": "text", "label": "Tone"}]}}
    address = f"/api/v1/queues/{desk.queue.uuid}/rubric/preview"
    answer = people.client(people.admin).post(address, asked, content_type="application/json").json()
    assert answer == {"count": 1, "misfit_count": 0, "is_partial": False}
    monkeypatch.setattr(affected, "BATCH", 1)
    monkeypatch.setattr(asking_again, "AT_ONCE", 1)
    told = "At least 1 review would be asked for again; there are more than could be looked at now."
    assert told in words(admin.post(f"{desk.page}edit/", sent).content)
    Review.objects.update(is_asked_again=True)
    assert "No review would be asked for again." in words(admin.post(f"{desk.page}edit/", sent).content)
    assert rubric_versions.current(Queue.objects.get()).pk == before


def test_reviewers_are_asked_again_where_that_is_ticked(people: People, desk: Desk) -> None:
    answer = post(people, f"{desk.page}edit/", q__0__key="thumbs", ask_again="on")
    assert answer["location"] == desk.page
    desk.review.refresh_from_db()
    assert desk.review.is_asked_again is True
    page = people.client(desk.review.reviewer).get(f"{desk.page}items/{desk.items[0].number}/").content
    assert "You reviewed this item before. 1 question came since; what you answered is filled in." in words(page)
    assert "data-new" in page.decode()
    Review.objects.update(rubric=rubric_versions.current(Queue.objects.get()), is_asked_again=False)
    more: dict[str, Any] = {"q__0__key": "thumbs", "q__1__key": "is_it_polite", "q__1__o__1__label": "Now and then"}
    post(people, f"{desk.page}edit/", ask_again="on", **more)
    page = people.client(desk.review.reviewer).get(f"{desk.page}items/{desk.items[0].number}/").content
    assert "1 question came, or got choices, since; what you answered is filled in." in words(page)
    assert "new choices" in words(page)
