"""The demo in the database: whole, once, quickly, and gone without a trace."""

import time
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count

from annotation.domain.datasets import queries
from annotation.domain.demo import cast, loader, removal
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
from tests.factories import TraceFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_the_demo_is_whole_and_goes_without_a_trace() -> None:
    other = TraceFactory()
    begun = time.monotonic()
    demo = loader.load(now=NOW)
    took = time.monotonic() - begun

    traces = Trace.objects.filter(workspace=demo.workspace)
    assert demo.is_new
    assert traces.count() >= 400
    assert took < 20, f"loading took {took:.1f} s"
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
    assert not loader.load(now=NOW).is_new

    removal.remove()

    assert list(Trace.objects.all()) == [other]
    assert list(Workspace.objects.all()) == [other.workspace]
    assert not User.objects.filter(email__endswith=cast.DOMAIN).exists()
    assert not Feedback.objects.exists()


def test_the_command_prints_sign_ins_that_work() -> None:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    call_command("seed_demo", stdout=out)

    assert "Demo loaded: workspace “Demo”" in out.getvalue()
    assert "Demo already there" in out.getvalue()
    assert cast.password() in out.getvalue()
    assert User.objects.get(email="editor@demo.example").check_password(cast.password())
    call_command("remove_demo", stdout=out)
    assert out.getvalue().endswith("The demo is gone.\n")
