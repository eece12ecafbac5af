"""Lists of runs walk the index of traces: no page is made by sorting what it does not show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from annotation.domain.traces import run_listing
from annotation.domain.traces.langsmith import translate
from annotation.domain.traces.run_listing import ORDER, Wanted
from annotation.models import Project, Run, Trace

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def plan(place: dict[str, int], **wanted: Any) -> str:
    asked = Wanted(now=NOW, **wanted)
    runs = run_listing.matching(Run.objects.all(), asked, workspace_id=place["workspace"])
    return str(runs.select_related("trace__project__workspace").order_by(*ORDER)[:101].explain())


def test_pages_come_in_the_order_of_the_index_of_traces(place: dict[str, int]) -> None:
    project = Project.objects.get(pk=place["project"]).uuid
    last = Trace.objects.filter(workspace=place["workspace"]).order_by("-started_at")[2000]
    walked = {
        "all": plan(place),
        "roots of a project": plan(place, projects=[project], is_root=True),
        "a type of a project": plan(place, projects=[project], types=["tool"]),
        "since": plan(place, projects=[project], started_from=last.started_at),
        "filtered": plan(place, projects=[project], on_run=(translate('eq(name, "run")'),)),
    }
    assert {name: ("trace_list" in text or "trace_project_list" in text, "Seq Scan on annotation_run" in text)
            for name, text in walked.items()} == dict.fromkeys(walked, (True, False)), "\n\n".join(walked.values())  # fmt: skip


def test_named_runs_and_traces_are_looked_up(place: dict[str, int]) -> None:
    trace = Trace.objects.filter(workspace=place["workspace"])[0]
    run = Run.objects.get(trace=trace)
    looked_up = {
        "run_once_per_workspace": plan(place, ids=[run.uuid, UUID(int=1)]),
        "trace_once_per_workspace": plan(place, trace=trace.uuid),
        "run_tree": plan(place, parent=run.uuid),
        "trace_thread": plan(place, thread="thread-7", is_root=True),
        "a run by a filter, run_once_per_workspace": plan(place, on_run=(translate(f'eq(id, "{run.uuid}")'),)),
        "a thread by a filter, trace_thread": plan(place, on_run=(translate('eq(thread_id, "thread-7")'),)),
        "a tag by a filter, trace_tags": plan(place, on_run=(translate('has(tags, "t7")'),)),
        "what was said by a filter, feedback_by_key": plan(place, on_run=(translate('eq(feedback_key, "key7")'),)),
        "below a run by a filter, run_tree": plan(place, on_run=(translate(f'eq(parent_run_id, "{run.uuid}")'),)),
    }
    found = {name: name.split()[-1] in text for name, text in looked_up.items()}
    assert found == dict.fromkeys(looked_up, True), "\n\n".join(looked_up.values())


@pytest.mark.parametrize("of_project", [True, False])
def test_failed_runs_are_looked_for_where_runs_failed(place: dict[str, int], *, of_project: bool) -> None:
    projects = [Project.objects.get(pk=place["project"]).uuid] if of_project else []
    for wanted in ({"has_error": True}, {"on_run": (translate('eq(status, "error")'),)}):
        found = plan(place, projects=projects, **wanted)
        assert "trace_with_failed_runs" in found, found
        assert "annotation_trace.started_at DESC, annotation_trace.id DESC\n" not in found  # in order as they come


@pytest.mark.parametrize("oldest_first", [True, False])
def test_the_next_page_begins_at_its_cursor(place: dict[str, int], *, oldest_first: bool) -> None:
    runs = run_listing.matching(Run.objects.all(), Wanted(now=NOW), workspace_id=place["workspace"])
    first = run_listing.page(runs, size=100, oldest_first=oldest_first)
    second = run_listing.page(runs, size=100, cursor=first.next_cursor, oldest_first=oldest_first)
    times = [run.trace.started_at for run in first.runs + second.runs]
    assert times == sorted(times, reverse=not oldest_first)
    assert len({run.pk for run in first.runs + second.runs}) == 200
