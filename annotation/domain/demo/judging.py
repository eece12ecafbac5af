"""What users, signals, a rule and a judge say about the demo's traces, through the real path of feedback."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from annotation.domain.demo.story import Story
from annotation.domain.feedback import configs
from annotation.domain.feedback.configs import Category, Meaning
from annotation.domain.feedback.giving import Given, give_many
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content
from annotation.models import Feedback, FeedbackConfig, User, Workspace

Kind = FeedbackConfig.Kind
Source = Feedback.Source

FRUSTRATED = re.compile(
    r"!!|\?\?\?|useless|not what i asked|talk to a human|TWICE|inutilisable|no sirve|dritten Mal|nicht gefragt|خدم|مفيد|"
    r"חסר תועלת|役に立ちません|没用",
    re.IGNORECASE,
)
"""A guest who has had enough; what a team's first deterministic check looks like."""

COMMENTS_DOWN = (
    "wrong answer", "this cost me money", "it did something else than I asked", "had to call the hotel myself",
    "please have somebody look at this", "says it's fixed, it is not", "not helpful",
)  # fmt: skip
COMMENTS_UP = (
    "perfect, thanks!",
    "quick and friendly",
    "saved me an hour",
    "nice explanation",
    "exactly what I needed",
)


def configure(workspace: Workspace, by: User) -> None:
    """Say what the demo's feedback keys mean."""
    share = Meaning(minimum=0, maximum=1, good_from=0.7, bad_below=0.4)
    frustrated = (Category(value="yes", label="Frustrated", verdict="bad"), Category(value="no", label="Calm"))
    reopened = (
        Category(value="reopened", label="Ticket reopened", verdict="bad"),
        Category(value="solved", label="Solved"),
    )
    for key, kind, meaning, words in (
        ("policy_judge", Kind.NUMBER, share, "A judge's belief that the answer keeps to the policies, 0 to 1."),
        (
            "task_done_judge",
            Kind.NUMBER,
            share,
            "A judge's belief that the task was done and shown to be done, 0 to 1.",
        ),
        ("frustrated", Kind.CATEGORIES, Meaning(categories=frustrated), "Wording of a guest who has had enough."),
        ("ticket", Kind.CATEGORIES, Meaning(categories=reopened), "What became of the support ticket."),
        (
            "helpfulness",
            Kind.NUMBER,
            Meaning(minimum=1, maximum=5, good_from=4, bad_below=3),
            "How far it helped, 1 to 5.",
        ),
    ):
        described = Meaning(
            description=words, minimum=meaning.minimum, maximum=meaning.maximum, good_from=meaning.good_from,
            bad_below=meaning.bad_below, categories=meaning.categories,
        )  # fmt: skip
        configs.create(workspace=workspace, key=key, kind=kind, meaning=described, by=by)


def judge(*, workspace: Workspace, stories: Sequence[Story], chance: Random, now: datetime) -> int:
    """Give everybody's feedback on the stories but the reviewers'; how much it was."""
    given = [one for story in stories for one in _said(story, chance, now)]
    outcomes = give_many(workspace=workspace, given=given, now=now)
    return sum(outcome.is_new for outcome in outcomes)


def _said(story: Story, chance: Random, now: datetime) -> Iterator[Given]:
    begun = datetime.fromtimestamp(story.started_ns / 1e9, UTC)
    yield from _by_user(story, chance, min(begun + timedelta(minutes=chance.uniform(1, 20)), now))
    yield from _by_signal(story, chance, min(begun + timedelta(hours=chance.uniform(2, 30)), now))
    yield from _by_rule(story, min(begun + timedelta(seconds=40), now))
    yield from _by_judge(story, chance, min(begun + timedelta(minutes=3), now))


def _by_user(story: Story, chance: Random, moment: datetime) -> Iterator[Given]:
    if chance.random() > (0.4 if story.fault else 0.22):
        return
    is_up = chance.random() < (0.12 if story.fault else 0.9)
    comments = COMMENTS_UP if is_up else COMMENTS_DOWN
    comment = chance.choice(comments) if chance.random() < 0.35 else None
    yield _given(story, Content("thumbs", score=float(is_up), comment=comment), Source.USER, moment)


def _by_signal(story: Story, chance: Random, moment: datetime) -> Iterator[Given]:
    if not story.is_last or story.thread is None or chance.random() > 0.5:
        return
    value = "reopened" if chance.random() < (0.45 if story.fault else 0.05) else "solved"
    yield _given(story, Content("ticket", value=value), Source.SIGNAL, moment)


def _by_rule(story: Story, moment: datetime) -> Iterator[Given]:
    if found := FRUSTRATED.search(story.question):
        content = Content("frustrated", value="yes", comment=f"The guest wrote “{found[0]}”.")
        yield _given(story, content, Source.RULE, moment)


def _by_judge(story: Story, chance: Random, moment: datetime) -> Iterator[Given]:
    if chance.random() > 0.55:
        return
    is_misled = chance.random() < 0.14
    score = chance.betavariate(2, 6) if bool(story.fault) != is_misled else chance.betavariate(8, 2)
    key = "policy_judge" if story.service == "booking-agent" else "task_done_judge"
    comment = None
    if score < 0.4:
        comment = story.fault.definition if story.fault else "The answer does not show that the request was met."
    yield _given(story, Content(key, score=round(score, 2), comment=comment), Source.JUDGE, moment)


def _given(story: Story, content: Content, source: str, moment: datetime) -> Given:
    return Given(
        target=Target(trace_id=story.trace_uuid),
        content=content,
        source=source,
        client_id=f"demo-{story.trace_uuid.hex}-{content.key}-{source}",
        created_at=moment,
    )
