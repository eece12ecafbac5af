"""Pages by key."""

from datetime import UTC, datetime, timedelta

import pytest

from annotation.domain.paging import BadCursorError, page
from annotation.models import Trace
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
ORDER = ("-started_at", "-id")


def _traces(people: People, count: int) -> list[int]:
    start = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
    rows = [
        Trace(
            workspace=people.workspace, project=people.project, uuid=f"{number:032x}",
            started_at=start + timedelta(seconds=number // 3),
        )
        for number in range(count)
    ]  # fmt: skip
    Trace.objects.bulk_create(rows)
    return list(Trace.objects.order_by(*ORDER).values_list("pk", flat=True))


def test_the_pages_together_are_the_list_though_times_are_equal(people: People) -> None:
    expected = _traces(people, 11)
    seen, cursor = [], None
    for size in (4, 4, 4):
        found = page(Trace.objects.all(), order=ORDER, size=size, cursor=cursor)
        seen += [row.pk for row in found.rows]
        cursor = found.next_cursor
    assert seen == expected
    assert cursor is None


def test_a_page_that_ends_exactly_has_no_next(people: People) -> None:
    _traces(people, 4)
    assert page(Trace.objects.all(), order=ORDER, size=4).next_cursor is None


@pytest.mark.parametrize("cursor", ["x", "####", "W10", "WyJhIiwgImIiXQ", "W251bGwsbnVsbF0", "bnVsbA", "é"])
def test_a_cursor_of_elsewhere_is_refused(db: None, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        page(Trace.objects.all(), order=ORDER, size=4, cursor=cursor)
