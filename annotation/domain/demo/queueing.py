"""The demo's queues, their rubrics and what they hold."""

from __future__ import annotations

from annotation.domain.queues import lifecycle
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.domain.queues.settings import QueueSettings
from annotation.models import Dataset, Queue, User, Workspace

THUMBS = Question(key="thumbs", kind=QuestionKind.THUMBS, label="Was this good?", is_required=True)
SEVERITY = Question(
    key="severity",
    kind=QuestionKind.CHOICE,
    label="How bad is it for the guest?",
    help="Critical: money lost, or somebody else's data shown.",
    options=(
        Option(key="none", label="Not at all"),
        Option(key="minor", label="Minor"),
        Option(key="major", label="Major"),
        Option(key="critical", label="Critical"),
    ),
)
HELPFULNESS = Question(
    key="helpfulness", kind=QuestionKind.NUMBER, label="How far did it help, 1 to 5?", minimum=1, maximum=5
)

BOOKING_WORDS = """Judge the **last answer** of the conversation.

- *Good*: everything that is said is backed by a tool result or a document, and the guest was asked before money moved.
- *Bad*: anything else, however friendly. Name what went wrong, the first step where it did, and what the answer \
should have been."""
CODING_WORDS = """Judge whether the task was done **and shown to be done**.

A run of the tests after the last change has to stand in the trace. Deleted, skipped or loosened tests are always bad."""


def open_booking(*, workspace: Workspace, dataset: Dataset, by: User) -> Queue:
    """Conversations that probably failed, each read by two people."""
    settings = QueueSettings(
        name="Booking: probable failures", instructions=BOOKING_WORDS, reviewers_per_item=2, target_dataset=dataset
    )
    return lifecycle.create(workspace=workspace, settings=settings, rubric=Rubric(questions=(THUMBS, SEVERITY)), by=by)


def open_coding(*, workspace: Workspace, dataset: Dataset, by: User) -> Queue:
    """A sample of coding sessions, each read by one person."""
    settings = QueueSettings(name="Coding: a sample of all", instructions=CODING_WORDS, target_dataset=dataset)
    rubric = Rubric(questions=(THUMBS, HELPFULNESS))
    return lifecycle.create(workspace=workspace, settings=settings, rubric=rubric, by=by)
