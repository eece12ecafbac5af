"""The taxonomy in the settings: searched, renamed, merged, split, grouped and brought back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from annotation.domain.feedback import inline
from annotation.domain.feedback.inline import Subject
from annotation.models import FailureMode, Feedback, TaxonomyChange
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People

BASE = "/w/acme/settings/failure-modes/"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def editor(people: People) -> Client:
    return people.client(people.editor)


@pytest.fixture
def modes(people: People) -> tuple[FailureMode, FailureMode]:
    """Rude, given once, and Wrong date, given twice, one of them on a slow trace."""
    for name, latency in (("Rude", 10), ("Wrong date", 10), ("Wrong date", 9000)):
        trace = TraceFactory(project=people.project, input=f"when? {latency}", latency_ms=latency)
        inline.label(subject=Subject(trace), name=name, by=people.editor, now=NOON)
    return FailureMode.objects.get(name="Rude"), FailureMode.objects.get(name="Wrong date")


def test_a_better_name_and_a_heading(editor: Client, modes: tuple[FailureMode, FailureMode]) -> None:
    _, mode = modes
    path = f"{BASE}{mode.uuid}/"
    taken = editor.post(path, {"name": "rude", "definition": ""})
    assert taken.status_code == 422
    assert "choose another name" in taken.content.decode()
    given = {"name": " Wrong  day ", "definition": "Another day than asked.", "group": "Dates"}
    assert editor.post(path, given).status_code == 302
    mode.refresh_from_db()
    assert (mode.name, mode.definition, mode.group) == ("Wrong day", "Another day than asked.", "Dates")
    page = editor.get(BASE).content.decode()
    assert "Another day than asked." in page
    assert '<th scope="rowgroup" colspan="5">Dates</th>' in page
    assert "Rude" not in editor.get(BASE, {"q": "another DAY"}).content.decode().split("Latest changes")[0]


def test_uses_open_their_traces_and_are_searched_by_the_filter_language(
    editor: Client, modes: tuple[FailureMode, FailureMode]
) -> None:
    _, mode = modes
    page = editor.get(f"{BASE}{mode.uuid}/").content.decode()
    assert all(f"/w/acme/traces/{use.trace_uuid}/" in page for use in mode.feedback.all())
    slow = editor.get(f"{BASE}{mode.uuid}/", {"filter": "latency > 2s"}).content.decode()
    assert ("when? 9000" in slow, "when? 10" in slow) == (True, False)
    assert "There is no field" in editor.get(f"{BASE}{mode.uuid}/", {"filter": "latencey > 2s"}).content.decode()


def test_merged_and_undone_from_the_page(editor: Client, modes: tuple[FailureMode, FailureMode]) -> None:
    rude, mode = modes
    editor.post(f"{BASE}{rude.uuid}/merge/", {"into": mode.uuid})
    page = editor.get(BASE).content.decode()
    assert "Merged “Rude” into “Wrong date”, with 1 use" in page
    assert "“Rude” comes back, with what it had (1)." in page
    assert (rude.feedback.count(), mode.feedback.count()) == (0, 3)
    assert "This one has become" in editor.get(f"{BASE}{rude.uuid}/").content.decode()
    undone = editor.post(f"{BASE}changes/{TaxonomyChange.objects.get().uuid}/undo/")
    assert undone["Location"] == f"{BASE}?project=booking"
    assert (rude.feedback.count(), mode.feedback.count()) == (1, 2)
    twice = editor.post(f"{BASE}changes/{TaxonomyChange.objects.get().uuid}/undo/", follow=True)
    assert "This change has been undone already." in twice.content.decode()


def test_what_the_search_finds_is_split_off(editor: Client, modes: tuple[FailureMode, FailureMode]) -> None:
    _, mode = modes
    editor.post(f"{BASE}{mode.uuid}/split/", {"which": "all", "filter": "latency > 2s", "name": "Slow and wrong"})
    assert FailureMode.objects.get(name="Slow and wrong").feedback.count() == 1
    left = mode.feedback.get()
    refused = editor.post(f"{BASE}{mode.uuid}/split/", {"use": "x", "name": "Rude"}, follow=True)
    assert "choose another name" in refused.content.decode()
    none = editor.post(f"{BASE}{mode.uuid}/split/", {"name": "Nothing"}, follow=True)
    assert "choose at least one" in none.content.decode()
    assert not FailureMode.objects.filter(name="Nothing").exists()
    editor.post(f"{BASE}{mode.uuid}/split/", {"use": left.uuid, "name": "The rest"})
    assert mode.feedback.count() == 0


def test_marked_ones_are_grouped(editor: Client, modes: tuple[FailureMode, FailureMode]) -> None:
    editor.post(f"{BASE}group/", {"mode": [mode.uuid for mode in modes], "group": "Answers"})
    assert set(FailureMode.objects.values_list("group", flat=True)) == {"Answers"}
    empty = editor.post(f"{BASE}group/", {"group": "Answers"}, follow=True)
    assert "Mark at least one failure mode" in empty.content.decode()


def test_hostile_names_and_evidence_are_shown_inert(people: People, editor: Client) -> None:
    evil = "<script>alert(1)</script>"
    trace = TraceFactory(project=people.project, input=evil)
    inline.label(subject=Subject(trace), name=evil, by=people.editor, now=NOON)
    mode = FailureMode.objects.get()
    for path in (BASE, f"{BASE}{mode.uuid}/"):
        assert evil not in editor.get(path).content.decode()
    assert Feedback.objects.get().failure_mode == mode
