"""A workspace in which every principal page has something to show, and where those pages are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.domain.feedback import inline
from annotation.domain.feedback.inline import Subject
from annotation.domain.feedback.taxonomy import changes
from annotation.domain.queues import assignment, items, lifecycle, rubric, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import correct, submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Dataset, FailureMode, Item, Project, Review, User
from tests.factories import MailFactory, RuleFactory, RuleRevisionFactory
from tests.fixtures.browser import SignIn
from tests.fixtures.opinions import SAID, reviewed
from tests.fixtures.people import People
from tests.web.review.conftest import booking_trace, make_line
from tests.web.review.test_rubric_in_a_browser import ASKED

__all__ = ["make_line"]

NOW = timezone.now()
W = "/w/acme/"
Q = f"{W}queues/"
S = f"{W}settings/"
LONG = "An option in so many words that it would like to run over the edge of its column"
WORDY = Question(
    key="seen", kind=QuestionKind.MULTI_CHOICE, label="What is there?",
    options=(Option(key="greeting", label="A greeting"), Option(key="long", label=LONG)),
)  # fmt: skip


def said(item: Item, by: User, **given: object) -> Review:
    """A review, with an answer to what is required."""
    answers = ReviewInput.model_validate({"answers": {"thumbs": "bad"}, **given})
    return submit.submit(item=item, by=by, answers=answers, now=NOW)


@pytest.fixture
def queue_pages(people: People) -> dict[str, str]:
    """Of a queue that asks every kind of question: one item waits, one is reviewed, edited and in a dataset."""
    dataset = Dataset.objects.create(workspace=people.workspace, name="Answers")
    wanted = QueueSettings(
        name="Refund promises", instructions="Read the **policy**.", target_dataset=dataset, reviewers_per_item=3,
        due_on=(NOW + timedelta(days=1)).date(), gold_percent=5,
    )  # fmt: skip
    asked = Rubric(questions=(ASKED.questions[0], WORDY, *ASKED.questions[1:]))
    queue = lifecycle.create(workspace=people.workspace, settings=wanted, rubric=asked, by=people.admin)
    traces = [booking_trace(people, number) for number in range(1, 4)]
    reason = Reason(by="Editor", why=("an angry user",))
    first, *_ = items.add(queue=queue, subjects=[subjects.of_trace(one.uuid) for one in traces], reason=reason).added
    said(first, people.admin, correction="No, nothing.", note="Read it.", labels=("Wrong policy",))
    edited = said(first, people.admin, correction="No refund.", note="Twice.", labels=("Wrong policy",))
    correct.accept(review=edited, by=people.admin, now=NOW)
    said(first, people.reviewer, correction="Not a cent.")
    base = f"{Q}{queue.uuid}/"
    return {
        "queue": base,
        "queue setup": f"{base}edit/",
        "review": f"{base}items/2/",
        "own reviews": f"{base}review/own/",
        "history of a review": f"{Q}reviews/{edited.uuid}/history/",
        "corrections": f"{base}corrections/",
        "dataset": f"{W}datasets/{dataset.uuid}/",
    }


@pytest.fixture
def pair_pages(people: People) -> dict[str, str]:
    """Of a queue with two pairs, one of them judged."""
    wanted = QueueSettings(name="Which answer")
    queue = lifecycle.create(workspace=people.workspace, settings=wanted, rubric=rubric.default(), by=people.admin)
    newer = Project.objects.create(workspace=people.workspace, name="booking, newer", slug="booking-newer")
    traces = [booking_trace(people, 1, f"Answer {number}.") for number in range(4)]
    for trace in traces[1::2]:
        trace.project = newer
        trace.save()
    pairs = [subjects.of_pair(one.uuid, other.uuid) for one, other in zip(traces[::2], traces[1::2], strict=True)]
    judged, _ = items.add(queue=queue, subjects=pairs, reason=Reason()).added
    said(judged, people.reviewer, answers={"preference": "first"})
    base = f"{Q}{queue.uuid}/"
    rows = [subjects.of_trace(one.uuid) for one in traces]
    assignment.skip(
        item=items.add(queue=queue, subjects=rows, reason=Reason()).added[0], by=people.admin, now=NOW, reason="Later"
    )
    return {
        "pair": f"{base}items/2/",
        "results of pairs": f"{base}pairs/?one=booking",
        "table": f"{base}table/",
        "table of a list": f"{base}table/?state=skipped_by_me",
    }


@pytest.fixture
def label_pages(people: People) -> dict[str, str]:
    """Of the taxonomy, in which two labels became one; and a trace and a thread with them."""
    traces = [booking_trace(people, number) for number in (7, 8, 9)]
    for trace, name in zip(traces, ("Rude", "Tone", "Invented a rule"), strict=True):
        trace.thread_id = "thread"
        trace.save()
        inline.label(subject=Subject(trace), name=name, by=people.editor, now=NOW)
    rude, tone = FailureMode.objects.get(name="Rude"), FailureMode.objects.get(name="Tone")
    changes.merge(mode=rude, into=tone, by=people.editor)
    return {
        "trace": f"{W}traces/{traces[1].uuid}/",
        "taken into a dataset": f"{W}datasets/take/?trace={traces[1].uuid}",
        "thread": f"{W}threads/thread/",
        "failure modes": f"{S}failure-modes/",
        "failure mode": f"{S}failure-modes/{tone.uuid}/",
    }


@pytest.fixture
def pages(
    people: People, other: User, queue_pages: dict[str, str], pair_pages: dict[str, str], label_pages: dict[str, str]
) -> dict[str, str]:
    """The principal pages as the admin sees them, by name."""
    MailFactory(user=people.editor, problem=f"The mail server answered 550 {'x' * 80}", attempted_at=NOW)
    twice = f"{Q}{reviewed(people, other, SAID)[0].uuid}/"
    rule = RuleRevisionFactory(rule=RuleFactory(workspace=people.workspace), filter="verdict is bad").rule
    return {
        "traces": f"{W}traces/?filter=verdict+is+bad",
        "queues": Q,
        "adjudication": f"{twice}adjudication/",
        "an editor's answer": f"{twice}adjudication/?item=2&edit={Review.objects.get(item__number=2, item__queue__name='Twice', reviewer=other).uuid}",
        "agreement": f"{twice}agreement/",
        "progress": f"{twice}progress/",
        "datasets": f"{W}datasets/",
        "rules": f"{W}rules/",
        "rule": f"{W}rules/{rule.uuid}/",
        "members": f"{S}members/",
        "keys": "/profile/keys/",
        "own mails": "/profile/mails/",
        "mails that do not arrive": f"{S}mails/",
        **queue_pages,
        **pair_pages,
        **label_pages,
    }


@pytest.fixture
def as_admin(people: People, sign_in: SignIn) -> None:
    """The browser is the admin's."""
    sign_in(people.admin)
