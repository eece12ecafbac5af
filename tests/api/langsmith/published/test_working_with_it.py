"""People's ways with the published client: judge, say what keys mean, queue, share."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from langsmith import Client
from langsmith.schemas import FeedbackSourceType
from langsmith.utils import LangSmithConflictError, LangSmithError, LangSmithNotFoundError

from annotation.models import Feedback, Trace
from tests.fixtures.people import People

pytestmark = pytest.mark.filterwarnings("ignore")


def traced(client: Client) -> str:
    """A run that has arrived, in the project booking."""
    run = uuid4()
    now = datetime.now(UTC)
    client.create_run(
        "agent", {"q": "1"}, "chain", id=run, trace_id=run, project_name="booking", start_time=now, end_time=now,
        dotted_order=f"{now:%Y%m%dT%H%M%S%fZ}{run}", outputs={"a": "2"},
    )  # fmt: skip
    return str(run)


def test_feedback_configs_and_links(client: Client, people: People) -> None:
    run, early = str(uuid4()), uuid4()
    session = client.read_project(project_name="booking").id
    client.create_feedback(run, "thumbs", score=True, feedback_id=early, comment="early", session_id=session)
    run = traced(client)
    given = client.create_feedback(
        run, "quality", score=0.5, value={"a": 1}, source_info={"by": "test"}, session_id=session,
        feedback_source_type=FeedbackSourceType.MODEL, source_run_id=run,
    )  # fmt: skip
    read = client.read_feedback(given.id)
    assert (read.score, read.value, read.session_id) == (0.5, {"a": 1}, people.project.uuid)
    assert read.feedback_source is not None
    assert (read.feedback_source.type, read.feedback_source.metadata) == (
        "model",
        {"by": "test", "__run": {"run_id": run}},
    )
    client.update_feedback(given.id, score=1, comment="better")
    assert [(one.score, one.comment) for one in client.list_feedback(run_ids=[run])] == [(1.0, "better")]
    assert [one.id for one in client.list_feedback(feedback_source_type=[FeedbackSourceType.API])] == [early]
    client.delete_feedback(given.id)
    with pytest.raises(LangSmithNotFoundError):
        client.read_feedback(given.id)
    config = client.create_feedback_config("tone", feedback_config={"type": "continuous", "min": 0, "max": 1})
    assert [one.feedback_key for one in client.list_feedback_configs()] == ["tone"]
    assert client.update_feedback_config("tone", is_lower_score_better=True).id == config.id
    with pytest.raises(LangSmithError, match="already exists"):
        client.create_feedback_config("tone", feedback_config={"type": "freeform"})
    client.delete_feedback_config("tone")
    link = client.create_presigned_feedback_token(run, "thumbs")
    client.create_feedback_from_token(link.url, score=1, comment="kind")
    assert [one.id for one in client.list_presigned_feedback_tokens(run)] == [link.id]
    assert Feedback.objects.filter(source="user").values_list("score", "comment").get() == (1.0, "kind")
    assert Trace.objects.values_list("verdict", "verdict_source").get() == ("good", "user")


def test_projects_queues_and_shared_runs(client: Client, people: People) -> None:
    made = client.create_project("evals", metadata={"git": "abc"})
    with pytest.raises(LangSmithConflictError):
        client.create_project("evals")
    assert client.create_project("evals", upsert=True).id == made.id
    assert client.update_project(made.id, description="of the night").description == "of the night"
    assert [client.has_project(name) for name in ("evals", "eval")] == [True, False]
    assert [one.name for one in client.list_projects(metadata={"git": "abc"})] == ["evals"]
    runs = [traced(client) for _ in range(2)]
    stats = client.read_project(project_name="booking", include_stats=True)
    assert (stats.run_count, stats.tenant_id) == (2, people.workspace.uuid)
    queue = client.create_annotation_queue(
        name="Refunds", rubric_items=[{"feedback_key": "grade", "is_required": True}]
    )
    client.add_runs_to_annotation_queue(queue.id, run_ids=runs)
    assert [str(one.id) for one in client.list_runs_from_annotation_queue(queue.id)] == runs
    assert str(client.get_run_from_annotation_queue(queue.id, index=1).id) == runs[1]
    client.delete_run_from_annotation_queue(queue.id, run_id=runs[0])
    assert [str(one.id) for one in client.list_runs_from_annotation_queue(queue.id, status="needs_my_review")] == runs[
        1:
    ]
    client.update_annotation_queue(queue.id, description="after")
    read = client.read_annotation_queue(queue.id)
    assert (read.description, [one["feedback_key"] for one in read.rubric_items or []]) == ("after", ["grade"])
    client.delete_annotation_queue(queue.id)
    assert list(client.list_annotation_queues()) == []
    token = client.share_run(runs[0]).split("/")[-2]
    assert client.run_is_shared(runs[0])
    assert (client.read_shared_run(token).name, len(list(client.list_shared_runs(token)))) == ("agent", 1)
    client.unshare_run(runs[0])
    assert not client.run_is_shared(runs[0])
