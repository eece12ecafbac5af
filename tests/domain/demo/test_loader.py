"""The demo in the database: whole, once, and gone without a trace."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count

from annotation.domain.datasets import queries, rows
from annotation.domain.datasets.content import RowContent
from annotation.domain.demo import cast, loader, reviewing
from annotation.models import (
    Dataset,
    Feedback,
    Item,
    Queue,
    Review,
    Trace,
    User,
    Workspace,
)
from tests.factories import DatasetFactory, TraceFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.long
def test_the_commands_load_the_demo_once_whole_and_remove_it_without_a_trace() -> None:
    other = TraceFactory()
    assert "Demo loaded: workspace “Demo”" in _said_by("seed_demo")
    assert "Demo already there" in _said_by("seed_demo")
    demo = loader.load(now=NOW)
    assert not demo.is_new

    traces = Trace.objects.filter(workspace=demo.workspace)
    assert traces.count() >= 400
    assert set(traces.values_list("status", flat=True)) == {"ok", "error"}
    assert {*traces.values_list("verdict", flat=True)} >= {"good", "bad", None}
    sources = Feedback.objects.filter(workspace=demo.workspace).values_list("source", flat=True)
    assert set(sources) == {"user", "signal", "rule", "judge", "reviewer"}
    for queue in Queue.objects.filter(workspace=demo.workspace):
        done = Item.objects.filter(queue=queue, state="done").count()
        assert 0.2 < done / queue.items.count() < 0.8
    assert Review.objects.values("reviewer").annotate(count=Count("id")).filter(count__gt=8).count() == 3
    for dataset in Dataset.objects.filter(workspace=demo.workspace):
        assert dataset.version > 4
        assert queries.rows_at(dataset, dataset.version).count() == dataset.example_count > 2
    assert User.objects.get(email="editor@demo.example").check_password(cast.password())

    assert _said_by("remove_demo").endswith("The demo is gone.\n")
    assert list(Trace.objects.all()) == [other]
    assert list(Workspace.objects.all()) == [other.workspace]
    assert not User.objects.filter(email__endswith=cast.DOMAIN).exists()
    assert not Feedback.objects.exists()


def _said_by(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_only_a_row_that_stays_is_reworded() -> None:
    dataset, editor = DatasetFactory(), UserFactory()
    words = ("Bien sûr.", "Gewiß.", "Of course.")
    rows.add(
        dataset=dataset,
        rows=[RowContent({"input": "May I?"}, {"output": said}) for said in words],
        by=editor,
        now=NOW,
        message="Three",
    )
    reviewing.tend(dataset=dataset, by=editor, now=NOW)
    assert [row.outputs for row in queries.rows_at(dataset, dataset.version).order_by(*queries.IN_ORDER)] == [
        {"output": "Bien sûr. Is there anything else that I can do for you?"},
        {"output": "Gewiß."},
    ]
