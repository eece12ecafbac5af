"""The queries behind lists are answered by the index that was made for them, without sorting what they do not show."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from annotation.domain.datasets import queries as dataset_queries
from annotation.models import (
    AuditEvent,
    Dataset,
    DeletedTrace,
    Example,
    Feedback,
    Item,
    Job,
    ModelPrice,
    Queue,
    Review,
    Run,
    Trace,
)
from tests.factories import DatasetFactory, QueueFactory

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def plan(rows: QuerySet[Any]) -> str:
    return rows.explain()


def of(place: dict[str, int]) -> QuerySet[Trace]:
    return Trace.objects.filter(workspace_id=place["workspace"]).only("id")


@pytest.mark.parametrize(
    ("index", "narrowed"),
    [
        ("trace_list", {}),
        ("trace_error_list", {"status": "error"}),
        ("trace_verdict_list", {"verdict": "bad"}),
        ("trace_thread", {"thread_id": "thread-7"}),
        ("trace_user", {"user_id": "user-7"}),
    ],
)
def test_lists_of_a_workspace(place: dict[str, int], index: str, narrowed: dict[str, str]) -> None:
    rows = of(place).filter(**narrowed)
    ordered = rows.order_by("started_at") if "thread_id" in narrowed else rows.order_by("-started_at", "-id")

    found = plan(ordered[:50])

    assert index in found, found
    assert "Seq Scan" not in found


def test_the_list_of_a_project_is_not_sorted(place: dict[str, int]) -> None:
    rows = Trace.objects.filter(project_id=place["project"]).only("id").order_by("-started_at", "-id")[:50]

    found = plan(rows)

    assert "trace_project_list" in found, found
    assert "Sort" not in found


def test_the_next_page_is_found_where_the_last_ended(place: dict[str, int]) -> None:
    rows = of(place).filter(started_at__lte=NOW).order_by("-started_at", "-id")[:50]

    found = plan(rows)

    assert "trace_list" in found, found
    assert "Index Cond" in found
    assert "Sort" not in found


def test_words_and_tags_are_found_by_their_index(place: dict[str, int]) -> None:
    words = Trace.objects.filter(search="word7").only("id")

    assert "trace_search" in plan(words)
    assert "trace_tags" in plan(Trace.objects.filter(tags__contains=["t7"]).only("id"))


def test_what_has_not_settled_is_found_without_the_rest(place: dict[str, int]) -> None:
    due = Trace.objects.filter(settled_at__isnull=True, changed_at__lte=LATER).order_by("changed_at", "pk")

    assert "trace_unsettled" in plan(due.only("id")[:100])


def test_what_hangs_on_a_trace_is_found_by_it(place: dict[str, int]) -> None:
    trace = of(place).only("id", "uuid").first()
    assert trace
    workspace = place["workspace"]
    found = {
        "run_tree": Run.objects.filter(trace=trace).order_by("start_nano", "id"),
        "run_external_id": Run.objects.filter(workspace=workspace, external_id=f"span{trace.pk}"),
        "feedback_by_trace": Feedback.objects.filter(workspace=workspace, trace_uuid=trace.uuid),
        "item_by_trace": Item.objects.filter(workspace=workspace, trace_uuid=trace.uuid),
    }
    assert {index: index in plan(rows) for index, rows in found.items()} == dict.fromkeys(found, True)


def test_lists_of_feedback_and_items_are_not_sorted(place: dict[str, int]) -> None:
    workspace, queue = place["workspace"], place["queue"]
    found = {
        "feedback_by_key": Feedback.objects.filter(workspace=workspace, key="key7").order_by("-created_at")[:50],
        "feedback_list": Feedback.objects.filter(workspace=workspace).order_by("-created_at", "-id")[:50],
        "item_open_by_priority": Item.objects.filter(queue=queue, state="open").order_by("-priority", "id")[:1],
        "item_by_state": Item.objects.filter(queue=queue, state="done").order_by("-id")[:50],
    }
    plans = {index: plan(rows) for index, rows in found.items()}
    assert {index: index in text and "Sort" not in text for index, text in plans.items()} == dict.fromkeys(found, True)


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        ("job_list", Job.objects.filter(workspace_id=1).order_by("-created_at", "-id")[:50]),
        ("audit_list", AuditEvent.objects.filter(workspace_id=1).order_by("-id")[:50]),
        ("price_list", ModelPrice.objects.filter(workspace_id=1).order_by("model", "-valid_from", "id")[:50]),
        ("deleted_trace_once", DeletedTrace.objects.filter(workspace_id=1, trace_uuid__in=[uuid.UUID(int=1)])),
        ("deleted_trace_to_remove", DeletedTrace.objects.filter(job=1, removed_at=None).order_by("id")[:50]),
        ("deleted_trace_by_age", DeletedTrace.objects.filter(created_at__lt=NOW)),
        ("item_adjudicated", Item.objects.filter(queue=1, adjudicated_at__isnull=False).order_by("-id")[:50]),
        (
            "item_open_by_uncertainty",
            Item.objects.filter(queue=1, state="open").order_by("-uncertainty", "id")[:1],
        ),
        ("review_lately_of_reviewer", Review.every.filter(reviewer=1).order_by("-modified_at", "-id")[:10]),
        ("example_by_trace", Example.objects.filter(source_trace_uuid=uuid.UUID(int=1))),
    ],
)
def test_the_index_fits_the_query(index: str, rows: QuerySet[Any]) -> None:
    """On empty tables the planner would read everything; told not to, it has to find an index that fits."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")

    assert index in plan(rows), plan(rows)


def test_the_rows_of_any_version_are_read_in_order() -> None:
    dataset: Dataset = DatasetFactory(version=400, example_count=2000)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO annotation_example (dataset_id, uuid, number, valid_from, inputs, metadata, split, provenance) "
            "SELECT %s, gen_random_uuid(), n, 1 + n / 5, '{}', '{}', '', '{}' FROM generate_series(1, 2000) AS n",
            [dataset.pk],
        )
        cursor.execute("ANALYZE annotation_example")
    rows = dataset_queries.rows_at(dataset, 390).filter(number__gt=1000).order_by(*dataset_queries.IN_ORDER)[:50]

    found = plan(rows)

    assert "example_list" in found or "example_number_once" in found, found
    assert "Sort" not in found


def test_a_queue_needs_no_trace_to_be_listed() -> None:
    queue: Queue = QueueFactory()

    assert "annotation_trace" not in plan(Item.objects.filter(queue=queue).order_by("-id")[:50])
