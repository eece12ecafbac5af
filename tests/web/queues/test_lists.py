"""My work, and the other queues."""

from __future__ import annotations

import re
from typing import Any

import pytest

from annotation.domain.queues import lifecycle, rubric
from annotation.domain.queues.settings import QueueSettings
from annotation.models import Queue
from tests.fixtures.people import People
from tests.web.queues.conftest import Desk

pytestmark = pytest.mark.django_db


def words(html: bytes) -> str:
    """What stands on the page, without tags, one space between words."""
    text = re.sub(r"<(script|style)\b.*?</\1>|</?bdi>", "", html.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def make(people: People, name: str, **settings: Any) -> Queue:
    wanted = QueueSettings(name=name, **settings)
    return lifecycle.create(workspace=people.workspace, settings=wanted, rubric=rubric.default(), by=people.admin)


def test_reviewers_see_their_work_and_nothing_else(people: People, desk: Desk) -> None:
    make(people, "Secret", is_open_to_all=False, reviewers=(people.editor,))
    page = people.client(people.reviewer).get("/w/acme/queues/").content
    assert "Refunds active 1 of 3 2 Start reviewing ↵" in words(page)
    assert f'href="{desk.page}review/"' in page.decode()
    assert "Secret" not in words(page)
    assert "New queue" not in words(page)


def test_editors_see_what_waits_for_them_and_queues_of_others(people: People, desk: Desk) -> None:
    make(people, "Secret", is_open_to_all=False, reviewers=(people.reviewer,))
    page = words(people.client(people.editor).get("/w/acme/queues/").content)
    assert "My work" in page
    assert "Refunds into Answers active 1 of 3 2 – 1 waiting Start reviewing ↵" in page
    assert "Other queues" in page
    assert "Secret active no items yet – – –" in page


def test_archived_queues_have_a_list_of_their_own(people: People, desk: Desk) -> None:
    lifecycle.set_status(queue=desk.queue, status="archived", by=people.admin)
    client = people.client(people.admin)
    assert "No queue yet" in words(client.get("/w/acme/queues/").content)
    assert "Refunds" in words(client.get("/w/acme/queues/?archived=1").content)


def test_without_queues_a_reviewer_is_told_what_to_wait_for(people: People) -> None:
    assert "No queue is open to you" in words(people.client(people.reviewer).get("/w/acme/queues/").content)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements_for_one_row_and_three(
    people: People, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make(people, f"Queue {number}")
    client = people.client(people.editor)
    with django_assert_num_queries(6):
        assert words(client.get("/w/acme/queues/").content).count("no items yet") == count
