"""Labelling while the taxonomy changes under one's hands."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from annotation.domain.feedback import failure_modes
from annotation.domain.feedback.taxonomy import changes, undoing
from annotation.models import FailureMode, Feedback, Project, TaxonomyChange
from tests.factories import FeedbackFactory, ProjectFactory, TraceFactory, UserFactory

PEOPLE, EACH = 4, 12


def in_threads(*work: Callable[[], None]) -> None:
    def closing(one: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                one()
            except Exception as problem:  # noqa: BLE001 -- told below
                failures.append(problem)
            finally:
                connection.close()

        return run

    failures: list[Exception] = []
    threads = [threading.Thread(target=closing(one)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def label(project: Project, name: str) -> None:
    with transaction.atomic():
        mode = failure_modes.coin(project=project, name=name, by=None)
        trace = TraceFactory(project=project)
        FeedbackFactory(trace=trace, key="label", value=mode.name, failure_mode=mode, source="reviewer")


@pytest.mark.django_db(transaction=True)
def test_labelling_while_modes_are_merged_renamed_and_brought_back_loses_nothing() -> None:
    project, editor = ProjectFactory(), UserFactory()
    one, other = (failure_modes.coin(project=project, name=name, by=None) for name in ("One", "Other"))

    def people() -> None:
        for number in range(EACH):
            label(project, "one" if number % 2 else "OTHER")

    def shuffle() -> None:
        for number in range(4):
            change = changes.merge(mode=one, into=other, by=editor)
            changes.rename(mode=other, name=f"Name {number}", definition="", by=editor)
            if number < 3:
                for done in (latest(other), change):
                    undoing.undo(change=done, by=editor, now=project.created_at)

    in_threads(shuffle, *[people] * PEOPLE)
    assert Feedback.objects.filter(key="label").count() == PEOPLE * EACH
    live = FailureMode.objects.get(merged_into=None)
    assert live.feedback.count() == PEOPLE * EACH
    assert set(Feedback.objects.values_list("value", flat=True)) == {live.name} == {"Name 3"}


def latest(mode: FailureMode) -> TaxonomyChange:
    return TaxonomyChange.objects.filter(mode=mode).latest("pk")
