"""Lists come from the replica, whoever has just changed something reads from the primary, and a replica that is away is no
trouble. The replica of these tests is a second connection to the same database that can only read.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections
from django.db.utils import InternalError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.domain import replica
from annotation.domain.traces import matching
from annotation.models import Project, Trace
from annotation.web.replica import WROTE
from tests.factories import TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/w/acme/traces/"


@pytest.fixture
def second(transactional_db: None) -> Iterator[dict[str, Any]]:
    """The settings of the replica, which a test may break."""
    described = copy.deepcopy(connections["default"].settings_dict)
    described["OPTIONS"] = {**described["OPTIONS"], "options": "-c default_transaction_read_only=on"}
    described["CONN_MAX_AGE"] = None
    connections.databases["replica"] = settings.DATABASES["replica"] = described
    replica._Health.rests_until = replica._Health.checked_at = 0.0
    connections["replica"].connect()  # Django's tests would not let it connect by itself
    yield described
    connections["replica"].close()
    del connections["replica"], connections.databases["replica"]
    settings.DATABASES.pop("replica", None)


def listed(client: Client) -> bool:
    return "the trip" in client.get(LIST).content.decode()


def asked(alias: str, client: Client, address: str = LIST) -> int:
    """How many statements a page sends to one of the two."""
    connection = connections[alias]
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len([query for query in queries if "annotation_trace" in query["sql"]])


def test_lists_come_from_the_replica_and_acts_from_the_primary(people: People, second: dict[str, Any]) -> None:
    TraceFactory(project=people.project, name="the trip", input="the trip")
    viewer = people.client(people.viewer)
    assert listed(viewer)
    assert asked("replica", viewer) > 0
    assert asked("default", viewer) == 0
    trace = Trace.objects.get()
    assert asked("replica", viewer, f"{LIST}{trace.uuid}/") == 0  # what people act on is never behind


def test_who_has_just_changed_something_reads_it_from_the_primary(people: People, second: dict[str, Any]) -> None:
    editor = people.client(people.editor)
    answer = editor.post(f"{LIST}views/", {"name": "Mine", "filter": "status = error"})
    assert answer.cookies[WROTE]["max-age"] == settings.REPLICA_MAX_LAG_SECONDS
    assert asked("replica", editor) == 0
    del editor.cookies[WROTE]  # as the browser does in time
    assert asked("replica", editor) > 0


def test_a_replica_that_is_away_is_left_alone_for_a_while(people: People, second: dict[str, Any]) -> None:
    TraceFactory(project=people.project, name="the trip", input="the trip")
    viewer = people.client(people.viewer)
    assert listed(viewer)
    assert connections["replica"].connection
    connections["replica"].connection.close()  # as when the server has gone
    assert replica.is_usable()  # it was well a moment ago: the page itself finds out
    assert listed(viewer)
    assert not replica.is_usable()
    assert asked("default", viewer) > 0


def test_a_replica_far_behind_is_left_alone(second: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert replica.is_usable()
    replica._Health.checked_at = 0.0
    monkeypatch.setattr(settings, "REPLICA_MAX_LAG_SECONDS", -1)
    assert not replica.is_usable()


def test_nothing_is_written_to_the_replica(people: People, second: dict[str, Any]) -> None:
    with replica.reading():
        project = Project.objects.get(pk=people.project.pk)
        assert project._state.db == "replica"
        project.description = "changed"
        project.save()
        Project.objects.filter(pk=project.pk).update(name="renamed")
    assert Project.objects.values_list("name", "description").get(pk=project.pk) == ("renamed", "changed")
    with pytest.raises(InternalError, match="read-only"), connections["replica"].cursor() as cursor:
        cursor.execute("UPDATE annotation_project SET name = 'x'")


def test_a_filter_is_bounded_on_the_replica_too(people: People, second: dict[str, Any]) -> None:
    with replica.reading(), pytest.raises(matching.FilterTooSlow), matching.bounded(milliseconds=50):
        list(Project.objects.raw("SELECT id, pg_sleep(5) FROM annotation_project"))


def test_a_program_keeps_no_cookie_which_would_make_a_browser_of_it(people: People, second: dict[str, Any]) -> None:
    program = people.api()
    given = program.post("/api/v1/feedback", {"key": "note", "score": 1, "trace_id": str(uuid4())}, "application/json")
    assert (given.status_code, given.cookies) == (201, {})
    assert not hasattr(program.get("/api/v1/me").wsgi_request, "session")
