"""The pages of rules."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.domain.rules import lifecycle, routing
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.rules.lifecycle import RuleDraft
from annotation.domain.work import jobs as work
from annotation.models import AuditEvent, Decision, Item, Job, Queue, Rule, RuleRevision, Trace
from annotation.tasks import KINDS
from tests.factories import QueueFactory, TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
NEW = {"name": "Refund language", "filter": "verdict = bad", "percent": "12.5", "priority": "1000"}


@pytest.fixture
def queue(people: People) -> Queue:
    return QueueFactory(workspace=people.workspace, name="Refund promises")


@pytest.fixture
def admin(people: People) -> Client:
    return people.client(people.admin)


@pytest.fixture
def rule(people: People, queue: Queue) -> Rule:
    draft = RuleDraft("Saver rates", "tag is saver-rate", Decimal("0.5"), (AddToQueue(queue=queue.uuid),))
    return lifecycle.create(workspace=people.workspace, draft=draft, by=people.admin, now=timezone.now())


def text_of(client: Client, address: str) -> str:
    """What a reader sees of a page, on one line."""
    html = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def at(name: str, *ids: object) -> str:
    return reverse(name, args=["acme", *ids])


def test_an_admin_makes_a_rule(admin: Client, queue: Queue) -> None:
    answer = admin.post(at("rule-new"), {**NEW, "queue": queue.uuid})
    rule = Rule.objects.select_related("current").get()
    assert answer["location"] == at("rule-detail", rule.uuid)
    revision = rule.current
    assert revision is not None
    assert (rule.name, rule.is_enabled, revision.number) == ("Refund language", True, 1)
    assert (revision.filter, revision.sample_rate) == ("verdict is bad", Decimal("0.125000"))
    assert revision.actions == [{"kind": "add_to_queue", "queue": str(queue.uuid), "priority": 1000}]
    assert AuditEvent.objects.get(action="rule.created").detail["sample_rate"] == "0.125000"


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"filter": "verdict is baad"}, "filter", "`verdict` is never `baad`. Did you mean `bad`?"),
        ({"filter": "output matches /(/"}, "filter", "parentheses () not balanced"),
        ({"name": " "}, "name", "This field is required."),
        ({"name": "SAVER rates"}, "name", "There is a rule called “SAVER rates” already."),
        ({"percent": "0"}, "percent", "greater than or equal to 0.0001"),
        ({"percent": "101"}, "percent", "less than or equal to 100"),
        ({"queue": "7e57d004-2b97-4e7a-b45f-5387367791cd"}, "queue", "Select a valid choice"),
    ],
)
def test_a_rule_that_cannot_be_is_told_why_at_its_field(
    admin: Client, rule: Rule, queue: Queue, changed: dict[str, str], field: str, message: str
) -> None:
    answer = admin.post(at("rule-new"), {**NEW, "queue": queue.uuid, **changed})
    assert answer.status_code == 422
    assert message in " ".join(answer.context["form"].errors[field])
    assert Rule.objects.count() == 1


def test_an_error_in_the_filter_is_marked_at_its_place(admin: Client, queue: Queue) -> None:
    answer = admin.post(at("rule-new"), {**NEW, "queue": queue.uuid, "filter": "latencey > 2s & <b>"})
    assert "<mark>latencey</mark> &gt; 2s &amp; &lt;b&gt;" in answer.content.decode()


def test_another_meaning_is_another_revision_and_another_name_is_not(admin: Client, rule: Rule, queue: Queue) -> None:
    same = {"name": "Saver", "filter": "tag is saver-rate", "percent": "50", "priority": "0", "queue": queue.uuid}
    admin.post(at("rule-detail", rule.uuid), same)
    admin.post(at("rule-detail", rule.uuid), {**same, "percent": "25"})
    rates = list(RuleRevision.objects.order_by("number").values_list("number", "sample_rate"))
    assert rates == [(1, Decimal("0.500000")), (2, Decimal("0.250000"))]
    rule.refresh_from_db()
    assert (rule.name, rule.current.number if rule.current else None) == ("Saver", 2)
    history = text_of(admin, at("rule-history", rule.uuid))
    assert "v2 current tag is saver-rate 25 % Refund promises" in history
    assert "v1 tag is saver-rate 50 % Refund promises" in history


def test_the_list_says_what_each_rule_did_and_asks_the_same_number_of_queries(
    admin: Client, people: People, queue: Queue, rule: Rule, django_assert_num_queries: object
) -> None:
    def rules(count: int) -> None:
        for number in range(count):
            draft = RuleDraft(f"Rule {number}", "", Decimal(1), (AddToQueue(queue=queue.uuid),))
            lifecycle.create(workspace=people.workspace, draft=draft, by=people.admin, now=timezone.now())

    quiet_trace(people)
    routing.sweep(now=timezone.now())
    assert "Saver rates v1 tag is saver-rate 50 % Refund promises 1" in text_of(admin, at("rule-list"))
    with django_assert_num_queries(6):  # type: ignore[operator]  # session, user, membership, rules, counts, queues
        admin.get(at("rule-list"))
    rules(2)
    with django_assert_num_queries(6):  # type: ignore[operator]  # as above
        admin.get(at("rule-list"))


def quiet_trace(people: People, **fields: object) -> Trace:
    now = timezone.now()
    quiet = {"ended_at": now, "changed_at": now - timedelta(minutes=1), "tags": ["saver-rate"], "started_at": now}
    trace = TraceFactory(project=people.project, input="Where is my refund?", **{**quiet, **fields})
    Trace.objects.filter(pk=trace.pk).update(root_run_uuid=trace.uuid)
    return trace


def test_the_preview_counts_without_deciding(admin: Client, people: People, queue: Queue, rule: Rule) -> None:
    for _ in range(4):
        quiet_trace(people)
    quiet_trace(people, tags=[])
    quiet_trace(people, started_at=timezone.now() - timedelta(days=8))
    asked = {"filter": "tag is saver-rate", "percent": "100", "queue": str(queue.uuid), "rule": str(rule.uuid)}
    answer = admin.get(at("rule-preview"), asked, headers={"hx-request": "true"})
    assert re.findall(r"<b>([\d,]+)</b>", answer.content.decode()) == ["5", "4", "4"]
    assert answer.content.decode().strip().startswith('<section id="preview"')
    assert "80.0 % of traces match. About 0.6 items a day" in " ".join(answer.content.decode().split())
    assert answer.content.decode().count("Where is my refund?") == 4
    assert Decision.objects.count() == 0
    whole = admin.post(at("rule-preview"), asked)
    assert "<b>4</b>" in whole.content.decode()
    assert Decision.objects.count() == 0


def test_a_previewed_form_is_saved_where_it_belongs(admin: Client, queue: Queue, rule: Rule) -> None:
    asked = {"name": "Late", "filter": "", "percent": "100", "queue": str(queue.uuid)}
    made = admin.post(at("rule-preview"), asked).content.decode()
    assert f'action="{at("rule-new")}"' in made
    changed = admin.post(at("rule-preview"), {**asked, "rule": str(rule.uuid)}).content.decode()
    assert f'action="{at("rule-detail", rule.uuid)}"' in changed


def test_the_preview_points_at_what_it_cannot_read(admin: Client, queue: Queue) -> None:
    asked = {"filter": "verdict is", "percent": "10"}
    html = admin.get(at("rule-preview"), asked, headers={"hx-request": "true"}).content.decode()
    assert "verdict is<mark> </mark>" in html
    assert "Expected a value after `is`" in html


def test_the_log_says_why_each_item_is_where_it_is(admin: Client, people: People, rule: Rule) -> None:
    for _ in range(8):
        quiet_trace(people)
    quiet_trace(people, tags=[])
    routing.sweep(now=timezone.now())
    log = text_of(admin, at("rule-decisions", rule.uuid))
    assert log.count("Where is my refund?") == 8
    items = Item.objects.count()
    assert log.count("sampled 50 % live Refund promises #") == items
    assert log.count("not in the sample 50 % live") == 8 - items
    sampled = text_of(admin, at("rule-decisions", rule.uuid) + "?shown=sampled")
    assert sampled.count("Where is my refund?") == items


def test_switching_putting_away_and_deleting(admin: Client, people: People, rule: Rule) -> None:
    admin.post(at("rule-switch", rule.uuid), {"to": "off"})
    rule.refresh_from_db()
    assert not rule.is_enabled
    admin.post(at("rule-switch", rule.uuid), {"to": "on"})
    quiet_trace(people)
    RuleRevision.objects.update(sample_rate=1)
    routing.sweep(now=timezone.now())
    warning = text_of(admin, at("rule-delete", rule.uuid))
    assert "1 decisions, of which 1 matched" in warning
    assert "1 item that it added stay in their queues" in warning
    admin.post(at("rule-archive", rule.uuid))
    assert "No rules yet" in text_of(admin, at("rule-list"))
    admin.post(at("rule-delete", rule.uuid))
    assert (Rule.objects.count(), Decision.objects.count(), Item.objects.count()) == (0, 0, 1)
    acts = AuditEvent.objects.filter(target_kind="rule").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["rule.created", "rule.disabled", "rule.enabled", "rule.archived", "rule.deleted"]


def test_a_backfill_becomes_a_job(admin: Client, rule: Rule) -> None:
    assert admin.post(at("rule-backfill", rule.uuid), {"days": "0"}).status_code == 422
    admin.post(at("rule-backfill", rule.uuid), {"days": "30"})
    job = Job.objects.get()
    assert (job.kind, job.title) == ("rule_backfill", "Backfill of “Saver rates” v1 over 30 days")
    assert job.plan["revision_id"] == rule.current_id
    decisions = at("rule-decisions", rule.uuid)
    assert "Backfill of “Saver rates” v1 over 30 days 0 of 0 traces" in text_of(admin, decisions)
    part = admin.get(decisions, headers={"hx-request": "true"}).content.decode()
    assert part.strip().startswith("<div")
    assert 'hx-trigger="every 2s"' in part
    work.drive(job_id=job.pk, kinds=KINDS)
    part = " ".join(admin.get(decisions, headers={"hx-request": "true"}).content.decode().split())
    assert "0 traces, 0 matched, 0 new items" in part
    assert "every 2s" not in part


def test_a_reader_sees_the_rule_and_no_form(people: People, rule: Rule) -> None:
    editor = people.client(people.editor)
    page = editor.get(at("rule-detail", rule.uuid)).content.decode()
    assert "tag is saver-rate" in page
    assert "Save as" not in page
    assert "Switch off" not in page
    assert editor.post(at("rule-detail", rule.uuid), NEW).status_code == 403


def test_a_rule_that_failed_says_so(admin: Client, rule: Rule) -> None:
    Rule.objects.update(is_enabled=False, failure_count=3, failure="This pattern is invalid.")
    page = text_of(admin, at("rule-detail", rule.uuid))
    assert "switched off, since it failed 3 times in a row: This pattern is invalid." in page


def test_without_a_queue_the_way_leads_to_one(admin: Client) -> None:
    assert "A rule needs a queue" in text_of(admin, at("rule-new"))
    assert "No rules yet" in text_of(admin, at("rule-list"))
