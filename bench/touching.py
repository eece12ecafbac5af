"""How many of PostgreSQL's pages (8 KB each) a request touches, among ever more stored traces and runs.

Unlike a time it does not depend on what else the machine is doing, and what grows with the tables shows at once. Requests are
made within this process, one after the other. Needs PostgreSQL 18, which counts for each connection.
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.test import Client
from django.utils import timezone

from annotation.domain.feedback import joining
from annotation.domain.retention import keeping
from annotation.domain.rules import routing
from annotation.domain.traces import tallies
from annotation.models import Project, Run, Trace, User
from bench import Figure, installation, stock
from bench.ingest.agents import Agents

STOCKS = [int(number) for number in os.environ.get("BENCH_STOCKS", "10000,100000,1000000").split(",")]
TIMES = 5
_INDEXES = ("run_once_per_workspace", "run_tree", "run_external_id", "trace_once_per_workspace", "trace_list")


def run() -> Iterator[Figure]:
    """Pages touched by each kind of request, and the sizes of what they look in, for each stock."""
    installation.empty()
    made = Agents(seed=11)
    more = Agents(seed=12).requests(TIMES * len(STOCKS))
    sender = Client(headers={"host": "localhost", "x-api-key": installation.token()})
    reader = Client(headers={"host": "localhost"})
    reader.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    for body in made.requests(50):
        _send(sender, body)
    for count in STOCKS:
        stock.traces(count)
        stock.runs(count)
        yield Figure("— among as many runs, and traces", count, "")
        yield from _sizes()
        for name, work in {**_writing(sender, made), **_reading(reader, sender), **_sweeping()}.items():
            yield Figure(name, _touched(work), "pages")
        yield Figure("log of 100 spans stored after a checkpoint", _logged(lambda: _send(sender, next(more))), "kB")


def _touched(work: Callable[[], object]) -> float:
    """Pages that this process's connection touches for one call, on average; the first call is not counted."""
    work()
    before = _pages()
    for _ in range(TIMES):
        work()
    return (_pages() - before) / TIMES


def _logged(work: Callable[[], object]) -> float:
    """Kilobytes of write-ahead log for one call, on average, when every page that is changed goes into it whole."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_current_wal_insert_lsn()")
        (before,) = cursor.fetchone()
        for _ in range(TIMES):
            work()
        cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)", [before])
        return float(cursor.fetchone()[0]) / TIMES / 1000


def _pages() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT sum(hits + coalesce(reads, 0)) FROM pg_stat_get_backend_io(pg_backend_pid())")
        return int(cursor.fetchone()[0])


def _sizes() -> Iterator[Figure]:
    with connection.cursor() as cursor:
        for table in ("annotation_run", "annotation_trace"):
            cursor.execute("SELECT pg_total_relation_size(oid), reltuples FROM pg_class WHERE relname = %s", [table])
            size, count = cursor.fetchone()
            yield Figure(f"{table} on disk, with indexes", size / count, "B a row")
        for index in _INDEXES:
            cursor.execute("SELECT pg_relation_size(%s::regclass) / 1e6", [index])
            yield Figure(f"index {index}", float(cursor.fetchone()[0]), "MB")


def _send(sender: Client, body: bytes) -> None:
    answer = sender.post("/v1/traces", body, content_type="application/x-protobuf")
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}: {answer.content!r}")


def _writing(sender: Client, made: Agents) -> dict[str, Callable[[], object]]:
    again = next(made.requests(1))
    return {
        "100 spans stored": lambda: _send(sender, next(made.requests(1))),
        "100 spans sent again": lambda: _send(sender, again),
        "one feedback": lambda: sender.post(
            "/api/v1/feedback",
            {"trace_id": str(Trace.objects.latest("pk").uuid), "key": "thumbs", "score": 1},
            content_type="application/json",
        ),
    }


def _reading(reader: Client, sender: Client) -> dict[str, Callable[[], object]]:
    some = Run.objects.select_related("trace").order_by("pk")[5]
    trace = some.trace
    base = f"/w/{installation.WORKSPACE}/traces/"
    filters = {
        "of status and latency": "status is error and latency > 2s",
        "of two words": "refund case",
        "of a rare word": '"case 77"',
        "of a user": "user is user-7",
        "of a user that nobody is": "user is nobody",
        "of a thread": "thread is conv-7",
        "of a tag that no trace has": "tag is nothing",
        "of a run's type": "run(type is llm)",
        "of a good verdict": "verdict is good",
    }
    pages = {"trace list": base, "a trace": f"{base}{trace.uuid}/"}
    pages |= {f"trace list, {name}": f"{base}?filter={words}" for name, words in filters.items()}
    found: dict[str, Callable[[], object]] = {name: _get(reader, path) for name, path in pages.items()}
    found["REST: a project with its totals"] = _get(sender, f"/api/v1/projects/{trace.project.slug}")
    found["REST: traces"] = _get(sender, "/api/v1/traces")
    found["LangSmith: one run"] = _get(sender, f"/api/v1/runs/{some.uuid}")
    found["LangSmith: latest runs"] = _post(sender, "/api/v1/runs/query", {"limit": 100})
    rare: dict[str, dict[str, object]] = {
        "latest failed runs": {"error": True},
        "a conversation": {"filter": 'eq(thread_id, "conv-7")', "is_root": True},
        "runs of a tag that nobody gave": {"filter": 'has(tags, "nothing")'},
        "runs of metadata that nobody gave": {"filter": 'eq(metadata_key, "nothing")'},
        "runs of feedback that nobody gave": {"filter": 'eq(feedback_key, "nothing")'},
    }
    for name, body in rare.items():
        found[f"LangSmith: {name}"] = _post(sender, "/api/v1/runs/query", {"limit": 20, **body})
    return found


def _get(client: Client, path: str) -> Callable[[], object]:
    def work() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        b"".join(getattr(answer, "streaming_content", ()))

    return work


def _post(client: Client, path: str, body: dict[str, object]) -> Callable[[], object]:
    def work() -> None:
        answer = client.post(path, body, content_type="application/json")
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.content!r}")

    return work


def _sweeping() -> dict[str, Callable[[], object]]:
    now, last = timezone.now(), Run.objects.latest("pk")
    project = Project.objects.get(pk=last.trace.project_id)
    return {
        "sweep: traces that have come to rest, none": lambda: routing.sweep(now=now - timedelta(days=1)),
        "sweep: notes of totals": tallies.fold,
        "retention: what would go": lambda: keeping.preview(project, days=20, now=now),
        "feedback looks for its run": lambda: joining.locate(
            workspace_id=project.workspace_id, run_uuids=[UUID(int=1), last.uuid], external_ids=[last.external_id]
        ),
    }
