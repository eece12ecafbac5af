"""No personal data of an item reaches a reviewer of a queue that masks it, by whatever way they ask."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotation.domain.queues import items, subjects
from annotation.domain.queues.conditions import Steps
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric, default
from annotation.domain.reviews import correct, masked
from annotation.models import Draft, Example, Item, MaskedValue, Queue, Review, Run, Trace
from tests.factories import DatasetFactory, FeedbackFactory, ProjectFactory, QueueFactory, TraceFactory
from tests.fixtures.people import People
from tests.web.review.conftest import Line, booking_trace, run_of
from tests.web.review.personal_data import ALL, ANSWER, IP, MAIL, MASKING, PHONE, SECRETS, api, asked, fill, secrets_in

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]

OF_TOOLS = Question(key="call", kind=QuestionKind.THUMBS, label="Right call?", of=Steps(type="tool"))


@pytest.fixture
def line(make_line: MakeLine, people: People) -> Line:
    """A queue that masks, with a trace, a pair of it and another one, and a reviewer's draft on the first."""
    made = make_line(
        1,
        answer=ANSWER,
        asked=Rubric(questions=(*default().questions, OF_TOOLS)),
        masking=MASKING,
        blindness={"peers": False},
        target_dataset=DatasetFactory(workspace=people.workspace),
    )
    item = made.items[0]
    assert item.trace_uuid
    trace = Trace.objects.get(uuid=item.trace_uuid)
    other = booking_trace(people, 9)
    for one in (trace, other):
        fill(one)
    Item.objects.filter(pk=item.pk).update(
        reason={
            "origin": "rule",
            "rule": "r",
            "why": [f"called {ALL}"],
            "seen": [{"source": "user", "key": "k", "comment": ALL, "value": ALL}],
        }
    )
    items.add(queue=made.queue, subjects=[subjects.of_pair(trace.uuid, other.uuid)], reason=Reason(why=(ALL,)))
    FeedbackFactory(
        workspace=people.workspace, project=people.project, target="trace", trace_uuid=trace.uuid, key="k", comment=ALL, value=ALL,
        source="user",
    )  # fmt: skip
    return made


def reviewing(people: People) -> Client:
    return people.client(people.reviewer)


def submit(client: Client, line: Line, correction: str, **more: Any) -> Any:
    form = line.form(1, **{"answer-thumbs": "down", "correction": correction, "correction_format": "text", **more})
    return client.post(line.page(1, "submit"), form)


def test_no_answer_to_a_reviewer_holds_any_of_it(line: Line, people: People) -> None:
    client = reviewing(people)
    marked = json.dumps({"label": "Rude", "text": ANSWER, "run": str(run_of(line.items[0], "final_answer").uuid)})
    submit(client, line, "Write to [e-mail 1] again", labels="Rude", evidence=marked)
    submit(client, line, f"Write to {MAIL} and {PHONE}", labels="Rude", evidence=marked, seen=1)
    found = {
        name: secrets for name, answer in [*asked(client, line), *api(client, line)] if (secrets := secrets_in(answer))
    }
    assert not found
    page = client.get(line.page(1)).content.decode()
    assert "[e-mail 1]" in page
    assert "[customer 1]" in page
    assert not re.search(r"\[[\w -]+ [0-9a-f]{16}\]", page)


def test_an_editor_reads_it_all_unless_they_look_as_reviewers_do(line: Line, people: People) -> None:
    client = people.client(people.editor)
    page = client.get(line.page(1)).content.decode()
    assert MAIL in page
    assert "Look as reviewers do" in page
    assert MAIL not in client.get(f"{line.page(1)}?as=reviewer").content.decode()
    assert MAIL not in client.get(line.page(1)).content.decode()
    assert MAIL in client.get(f"{line.page(1)}?as=editor").content.decode()


def test_a_trace_is_read_through_its_item_only(line: Line, people: People) -> None:
    base = f"/w/acme/traces/{line.items[0].trace_uuid}/"
    run = run_of(line.items[0], "final_answer").uuid
    client = reviewing(people)
    for path in (
        base,
        f"{base}text/",
        f"{base}text/?item={run}",
        f"{base}steps/{run}/",
        "/w/acme/threads/+49 30 1234567/",
    ):
        assert client.get(path).status_code in {403, 404}
    assert people.client(people.editor).get(base).status_code == 200


def test_an_item_of_a_thread_of_another_project_is_no_way_to_a_trace(line: Line, people: People) -> None:
    trace = Trace.objects.get(uuid=line.items[0].trace_uuid or "")
    other = ProjectFactory(workspace=people.workspace, name="Elsewhere", slug="elsewhere")
    thread = subjects.of_thread(other.pk, str(trace.thread_id))
    TraceFactory(project=other, thread_id=trace.thread_id)
    items.add(queue=QueueFactory(workspace=people.workspace, name="Open"), subjects=[thread], reason=Reason())
    item = Item.objects.get(kind=Item.Kind.THREAD)
    address = f"/w/acme/traces/{trace.uuid}/text/?item={item.uuid}"
    assert reviewing(people).get(address).status_code == 403
    Item.objects.filter(pk=item.pk).update(subject=subjects.of_thread(trace.project_id, str(trace.thread_id)).text)
    assert reviewing(people).get(address).content.decode() == ANSWER


def test_the_same_value_has_the_same_token_on_every_page_and_later(line: Line, people: People) -> None:
    client = reviewing(people)
    page = client.get(line.page(1)).content.decode()
    mail = re.search(r"I wrote to (\[e-mail \d+\])", page)
    assert mail
    known = set(MaskedValue.objects.values_list("kind", "digest", "number"))
    text = f"/w/acme/traces/{line.items[0].trace_uuid}/text/?item={line.items[0].uuid}&at=trace:input"
    assert f"I am {mail[1]} " in client.get(text).content.decode()
    assert f"I wrote to {mail[1]} and" in client.get(line.page(1)).content.decode()
    assert known <= set(MaskedValue.objects.values_list("kind", "digest", "number"))
    values = json.dumps(list(MaskedValue.objects.values("kind", "digest")))
    assert not [secret for secret in SECRETS if secret in values]


def test_a_masked_correction_becomes_a_row_with_the_values(line: Line, people: People) -> None:
    client = reviewing(people)
    page = client.get(line.page(1)).content.decode()
    shown = re.search(
        r"I wrote to \[e-mail \d+\] and called \[phone \d+\]; your customer number is \[customer \d+\]\.", page
    )
    assert shown
    address = re.search(r"\[IP address \d+\]", page)  # of another place of the item
    assert address
    run = run_of(line.items[0], "final_answer")
    marked = json.dumps({"label": "Rude", "text": shown[0], "run": str(run.uuid)})
    submit(
        client,
        line,
        shown[0].replace("I wrote", "I shall write") + f" IP {address[0]}, [e-mail 99].",
        labels="Rude",
        evidence=marked,
    )
    review = Review.objects.get()
    assert review.correction == ANSWER.replace("I wrote", "I shall write") + f" IP {IP}, [e-mail 99]."
    assert review.labels[0]["evidence"][0]["text"] == ANSWER
    assert review.shown["masking"] == MASKING
    correct.accept(review=review, by=people.editor, now=timezone.now())
    assert Example.objects.get().outputs == {"output": review.correction}
    again = client.get(line.page(1)).content.decode()  # opened to be edited, and submitted as it is
    correction = re.search(r'<textarea\s+id="correction".*?>\n(.*?)</textarea>', again, re.DOTALL)
    assert correction
    assert "[e-mail" in correction[1]
    submit(client, line, correction[1], labels="Rude", evidence=marked, seen=1)
    assert Review.objects.get().submission_count == 1


def test_what_stands_beside_the_conversation_comes_back_too(line: Line, people: People) -> None:
    said, carried, item = "said@new.example", "carried@new.example", line.items[0]
    run = run_of(item, "final_answer").trace.runs.get(type="tool")
    FeedbackFactory(trace=run.trace, key="k", comment=f"Better: {said}")
    Run.objects.filter(pk=run.pk).update(error_stack=f"while writing to {carried}")
    client = reviewing(people)
    page = client.get(line.page(1)).content.decode()
    step = client.get(f"/w/acme/traces/{run.trace.uuid}/steps/{run.uuid}/?item={item.uuid}").content.decode()
    tokens = [*re.findall(r"Better: (\[e-mail \d+\])", page), *re.findall(r"while writing to (\[e-mail \d+\])", step)]
    assert len(set(tokens)) == 2
    submit(client, line, " ".join(tokens))
    assert Review.objects.get().correction == f"{said} {carried}"


def test_a_correction_that_changes_nothing_is_none_though_it_reads_otherwise(line: Line, people: People) -> None:
    client = reviewing(people)
    page = client.get(line.page(1)).content.decode()
    shown = re.search(r'<textarea\s+id="correction".*?>\n(.*?)</textarea>', page, re.DOTALL)
    assert shown
    assert secrets_in(client.get(line.page(1))) == []
    submit(client, line, shown[1])
    assert Review.objects.get().correction is None


@pytest.mark.parametrize("masking", [{}, {"kinds": ["phone"]}])
def test_tokens_are_put_back_though_masking_was_changed_meanwhile(
    line: Line, people: People, masking: dict[str, Any]
) -> None:
    client = reviewing(people)
    mail = re.search(r"I wrote to (\[e-mail \d+\])", client.get(line.page(1)).content.decode())
    assert mail
    Queue.objects.update(masking=masking)
    submit(client, line, f"I shall write to {mail[1]}, not to [e-mail 99].")
    assert Review.objects.get().correction == f"I shall write to {MAIL}, not to [e-mail 99]."


def test_a_review_that_says_again_what_it_said_keeps_what_was_shown(line: Line, people: People) -> None:
    client = reviewing(people)
    submit(client, line, "")
    submit(client, line, "", seen=1, note="hm")
    client.post(f"{line.start}undo/", {"undo": "1"})
    review = Review.objects.get()
    assert (review.note, review.shown) == ("", {"masking": MASKING})


def test_a_draft_comes_back_masked_however_it_was_typed(line: Line, people: People) -> None:
    client = reviewing(people)
    client.get(line.page(1))
    client.post(line.page(1, "draft"), line.form(1, correction=f"To {MAIL}", correction_format="text"))
    assert Draft.objects.get().content["correction"] == f"To {MAIL}"
    assert secrets_in(client.get(line.page(1))) == []


def test_what_somebody_typed_themselves_is_not_lost_to_the_token_that_they_read_again(
    line: Line, people: People
) -> None:
    client, own = reviewing(people), "somebody@new.example"
    client.get(line.page(1))
    client.post(line.page(1, "draft"), line.form(1, correction=f"To {own}", correction_format="text"))
    (token,) = re.findall(r">\nTo (\[e-mail \d+\])<", client.get(line.page(1)).content.decode())
    for words in (" now", " at once"):  # typed on, kept again
        client.post(line.page(1, "draft"), line.form(1, correction=f"To {token}{words}", correction_format="text"))
        assert Draft.objects.get().content["correction"] == f"To {own}{words}"
    submit(client, line, f"To {token} please")
    assert Review.objects.get().correction == f"To {own} please"


def test_a_token_whose_value_was_cut_out_is_not_taken_for_a_value(line: Line, people: People) -> None:
    client, own = reviewing(people), "somebody@new.example"
    client.get(line.page(1))
    client.post(line.page(1, "draft"), line.form(1, correction=f"To {own}", correction_format="text"))
    (token,) = re.findall(r">\nTo (\[e-mail \d+\])<", client.get(line.page(1)).content.decode())
    client.post(line.page(1, "draft"), line.form(1, correction="To", correction_format="text"))  # cut, and kept so
    answer = submit(client, line, f"To {token}, [order 7], [commit 0123456789abcdef]")
    assert answer.status_code == 422
    assert f"What {token} stands for is not in this item" in answer.content.decode()
    assert not Review.objects.exists()
    assert Draft.objects.get().content["correction"].startswith(f"To {token},")
    quote = json.dumps({"label": "Rude", "run": None, "text": f"Wrote to {token}"})
    quoted = submit(client, line, "", labels="Rude", evidence=quote).content.decode()
    assert "no longer known from what you typed: mark that passage again." in quoted
    submit(client, line, f"To {own}, [order 7], [commit 0123456789abcdef]")
    assert Review.objects.get().correction == f"To {own}, [order 7], [commit 0123456789abcdef]"


def test_a_token_is_no_obstacle_where_an_item_is_too_long_to_be_looked_through(
    line: Line, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = reviewing(people)
    client.get(line.page(1))
    client.post(line.page(1, "draft"), line.form(1, correction="To somebody@new.example", correction_format="text"))
    (token,) = re.findall(r">\nTo (\[e-mail \d+\])<", client.get(line.page(1)).content.decode())
    client.post(line.page(1, "draft"), line.form(1, correction="To", correction_format="text"))
    monkeypatch.setattr(masked, "MOST_WORK", 0)
    assert submit(client, line, f"To {token}.").status_code == 302
    assert Review.objects.get().correction == f"To {token}."


def test_masking_costs_one_statement_once_values_have_numbers(
    line: Line, people: People, django_assert_max_num_queries: Any
) -> None:
    client = reviewing(people)
    client.get(line.page(1))
    with django_assert_max_num_queries(100) as masked:
        client.get(line.page(1))
    Queue.objects.update(masking={})
    with django_assert_max_num_queries(100) as bare:
        client.get(line.page(1))
    assert len(masked) == len(bare) + 1
