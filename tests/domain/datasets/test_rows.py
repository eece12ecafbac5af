"""Rows: every change a version, once per review, nothing lost."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from annotation.domain.datasets import problems, rows, sources
from annotation.domain.datasets.content import RowContent
from annotation.models import Dataset, DatasetVersion, Decision, Example, Review, RubricVersion, User
from tests.factories import (
    DatasetFactory,
    ItemFactory,
    QueueFactory,
    RuleFactory,
    RuleRevisionFactory,
    RunFactory,
    TraceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def editor() -> User:
    return UserFactory(name="Editor 1")


@pytest.fixture
def dataset() -> Dataset:
    return DatasetFactory(name="Refunds")


@pytest.fixture
def review(dataset: Dataset) -> Review:
    trace = TraceFactory(project__workspace=dataset.workspace)
    revision = RuleRevisionFactory(rule=RuleFactory(workspace=dataset.workspace, name="Errors"), number=3)
    decision = Decision.objects.create(
        revision=revision, trace=trace, is_matched=True, is_sampled=True, probability=Decimal("0.25"), origin="live"
    )
    queue = QueueFactory(workspace=dataset.workspace, name="Failures")
    item = ItemFactory(queue=queue, trace=trace, number=7, decision=decision, probability=Decimal("0.25"))
    rubric = RubricVersion.objects.create(queue=queue, number=1)
    reviewer = UserFactory(name="Reviewer 1")
    return Review.objects.create(item=item, reviewer=reviewer, rubric=rubric, correction="At ten.")


def content(answer: object = "At nine.", question: object = "When?") -> RowContent:
    return RowContent({"question": question}, {"answer": answer})


def versions_of(dataset: Dataset) -> list[tuple[int, str, int, int, int, int]]:
    return list(
        DatasetVersion.objects.filter(dataset=dataset)
        .order_by("number")
        .values_list("number", "message", "added_count", "changed_count", "removed_count", "example_count")
    )


def test_rows_are_added_together_as_one_version(dataset: Dataset, editor: User) -> None:
    made = rows.add(dataset=dataset, rows=[content("a"), content("b")], by=editor, now=NOW, message="First rows")

    assert [(row.number, row.outputs) for row in made] == [(1, {"answer": "a"}), (2, {"answer": "b"})]
    assert versions_of(dataset) == [(1, "First rows", 2, 0, 0, 2)]
    assert (dataset.version, dataset.example_count) == (1, 2)


def test_a_row_keeps_its_id_and_place_when_edited(dataset: Dataset, editor: User) -> None:
    (row,) = rows.add(dataset=dataset, rows=[content("a")], by=editor, now=NOW)

    after = rows.edit(dataset=dataset, uuid=row.uuid, content=content("b"), by=editor, now=NOW, seen_version=1)

    assert (after.uuid, after.number, after.valid_from, after.valid_to) == (row.uuid, 1, 2, None)
    before = Example.objects.get(pk=row.pk)
    assert (before.valid_to, before.outputs) == (2, {"answer": "a"})


def test_an_edit_that_changes_nothing_makes_no_version(dataset: Dataset, editor: User) -> None:
    (row,) = rows.add(dataset=dataset, rows=[content("a")], by=editor, now=NOW)

    rows.edit(dataset=dataset, uuid=row.uuid, content=content("a"), by=editor, now=NOW)

    assert dataset.version == 1


def test_an_edit_of_what_changed_meanwhile_is_refused(dataset: Dataset, editor: User) -> None:
    (row,) = rows.add(dataset=dataset, rows=[content("a")], by=editor, now=NOW)
    rows.edit(dataset=dataset, uuid=row.uuid, content=content("b"), by=editor, now=NOW)

    with pytest.raises(problems.ChangedMeanwhileError):
        rows.edit(dataset=dataset, uuid=row.uuid, content=content("c"), by=editor, now=NOW, seen_version=1)


def test_a_removed_row_comes_back_as_it_was(dataset: Dataset, editor: User) -> None:
    first, _second = rows.add(dataset=dataset, rows=[content("a"), content("b")], by=editor, now=NOW)

    assert rows.remove(dataset=dataset, uuids=[first.uuid], by=editor, now=NOW) == 1
    assert dataset.example_count == 1
    back = rows.restore(dataset=dataset, uuid=first.uuid, by=editor, now=NOW)

    assert (back.uuid, back.number, back.outputs, back.valid_from) == (first.uuid, 1, {"answer": "a"}, 3)
    assert (dataset.version, dataset.example_count) == (3, 2)


def test_removing_what_is_gone_changes_nothing(dataset: Dataset, editor: User) -> None:
    (row,) = rows.add(dataset=dataset, rows=[content("a")], by=editor, now=NOW)
    rows.remove(dataset=dataset, uuids=[row.uuid], by=editor, now=NOW)

    assert rows.remove(dataset=dataset, uuids=[row.uuid], by=editor, now=NOW) == 0
    assert dataset.version == 2


def test_splits_are_assigned_to_many_rows_at_once(dataset: Dataset, editor: User) -> None:
    made = rows.add(dataset=dataset, rows=[content("a"), content("b"), content("c")], by=editor, now=NOW)

    changed = rows.assign_split(
        dataset=dataset, uuids=[row.uuid for row in made[:2]], split=" test ", by=editor, now=NOW
    )

    assert changed == 2
    now = Example.objects.filter(dataset=dataset, valid_to=None).order_by("number")
    assert [row.split for row in now] == ["test", "test", ""]


def test_a_row_from_a_review_says_where_it_came_from(dataset: Dataset, review: Review, editor: User) -> None:
    row = rows.add_from_review(
        dataset=dataset, review=review, inputs={"q": 1}, outputs={"a": "At ten."}, by=editor, now=NOW
    )

    assert review.item.decision
    revision = review.item.decision.revision
    assert (row.source_trace_uuid, row.source_review, row.source_rule_revision) == (
        review.item.trace_uuid, review, revision,
    )  # fmt: skip
    assert row.provenance == {
        "origin": "review",
        "trace_id": str(review.item.trace_uuid),
        "review_id": str(review.uuid),
        "reviewer": "Reviewer 1",
        "is_corrected": True,
        "accepted_by": "Editor 1",
        "queue": "Failures",
        "item": 7,
        "rule": "Errors",
        "rule_id": str(revision.rule.uuid),
        "rule_revision": 3,
        "probability": 0.25,
    }


def test_a_review_is_a_row_once(dataset: Dataset, review: Review, editor: User) -> None:
    row = rows.add_from_review(dataset=dataset, review=review, inputs=1, outputs="x", by=editor, now=NOW)
    rows.add_from_review(dataset=dataset, review=review, inputs=1, outputs="x", by=editor, now=NOW)
    again = rows.add_from_review(dataset=dataset, review=review, inputs=1, outputs="y", by=editor, now=NOW)

    assert again.uuid == row.uuid
    assert versions_of(dataset) == [
        (1, "Accepted: item 7 of Failures", 1, 0, 0, 1),
        (2, "Accepted: item 7 of Failures", 0, 1, 0, 1),
    ]


def test_an_accepted_review_brings_its_removed_row_back(dataset: Dataset, review: Review, editor: User) -> None:
    row = rows.add_from_review(dataset=dataset, review=review, inputs=1, outputs="x", by=editor, now=NOW)
    rows.remove(dataset=dataset, uuids=[row.uuid], by=editor, now=NOW)

    back = rows.add_from_review(dataset=dataset, review=review, inputs=1, outputs="y", by=editor, now=NOW)

    assert (back.uuid, back.outputs, dataset.example_count) == (row.uuid, "y", 1)


def test_a_run_of_a_trace_becomes_a_row(dataset: Dataset, editor: User) -> None:
    run = RunFactory(trace__project__workspace=dataset.workspace, inputs={"city": "Ghent"}, outputs=None)
    run.output_text = "three rooms"

    row = rows.add_from_trace(dataset=dataset, trace=run.trace, run=run, by=editor, now=timezone.now())

    assert (row.inputs, row.outputs) == ({"city": "Ghent"}, {"output": "three rooms"})
    assert (row.source_trace_uuid, row.source_run_uuid) == (run.trace.uuid, run.uuid)


def test_a_trace_without_root_gives_its_texts(dataset: Dataset, editor: User) -> None:
    trace = TraceFactory(project__workspace=dataset.workspace, input="Hello", output=None)

    row = rows.add_from_trace(dataset=dataset, trace=trace, by=editor, now=NOW)

    assert (row.inputs, row.outputs) == ({"input": "Hello"}, None)


def test_a_transcript_gives_the_conversation_before_its_last_answer(dataset: Dataset) -> None:
    trace = TraceFactory(project__workspace=dataset.workspace)
    said = (("Hi!", "Hello."), ("Cancel it.", None), ("Done.", "Cancelled."))
    calls = [
        RunFactory(
            trace=trace, type="llm", start_nano=at * 10, inputs={"asked": asked}, outputs=answer, output_text=answer
        )
        for at, (asked, answer) in enumerate(said)
    ]
    tool = RunFactory(trace=trace, type="tool", start_nano=15, inputs={}, outputs={"ok": True})
    trace.root_run_uuid = calls[0].uuid

    whole, before = sources.content_of_trace(trace), sources.content_of_trace(trace, until=tool)

    assert (whole.inputs, whole.outputs) == ({"asked": "Done."}, "Cancelled.")
    assert before.inputs == {"asked": "Cancel it."}


@pytest.mark.parametrize(
    ("root_type", "speaker"), [("chain", "whole"), ("agent", "whole"), ("other", "whole"), ("tool", "late")]
)
def test_a_root_speaks_for_its_trace_though_a_model_call_hangs_beside_it(
    dataset: Dataset, root_type: str, speaker: str
) -> None:
    trace = TraceFactory(project__workspace=dataset.workspace)
    said = {
        kind: RunFactory(trace=trace, type=kind, start_nano=at, inputs={"of": name}, outputs=name, output_text=name)
        for at, (kind, name) in enumerate([(root_type, "whole"), ("llm", "late")])
    }
    trace.root_run_uuid = said[root_type].uuid

    assert sources.content_of_trace(trace) == RowContent({"of": speaker}, speaker)
    assert sources.content_of_trace(trace, until=said["llm"]).inputs == {"of": "whole"}


def test_an_archived_dataset_is_not_changed(editor: User) -> None:
    dataset = DatasetFactory(archived_at=NOW)

    with pytest.raises(problems.ArchivedDatasetError):
        rows.add(dataset=dataset, rows=[content()], by=editor, now=NOW)

    assert not Example.objects.exists()


@pytest.mark.parametrize("value", ["a\0b", float("nan"), "\ud800", {"a\0": 1}])
def test_what_postgresql_cannot_hold_is_refused_by_name(dataset: Dataset, editor: User, value: object) -> None:
    with pytest.raises(problems.InvalidRowError) as refusal:
        rows.add(dataset=dataset, rows=[content(), RowContent({"q": 1}, value)], by=editor, now=NOW)

    assert list(refusal.value.problems) == ["outputs"]
    assert not Example.objects.exists()


def test_rows_are_held_against_the_schema(editor: User) -> None:
    schema = {"outputs": {"type": "object", "properties": {"answer": {"type": "string"}}}}
    dataset = DatasetFactory(schema=schema)

    with pytest.raises(problems.InvalidRowError) as refusal:
        rows.add(dataset=dataset, rows=[content(answer=3)], by=editor, now=NOW)

    assert refusal.value.problems == {"outputs": "answer: 3 is not of type 'string'"}
