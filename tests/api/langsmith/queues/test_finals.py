"""Final answers where reviewers differ, one question of the rubric at a time."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation.domain.queues import rubric_versions
from annotation.domain.queues.conditions import Condition, Steps
from annotation.domain.queues.rubric import Question, QuestionKind
from annotation.models import AuditEvent, Dataset, Example, Feedback, Item, Queue, Review, Run
from tests.api.langsmith.conftest import Sdk
from tests.api.langsmith.queues.differing import ADMIN, REVIEWER, RUBRIC, address, listed, put, reviewed
from tests.api.langsmith.queues.making import filled
from tests.factories.traces import RunFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def test_the_last_final_answer_settles_the_item_as_our_page_does(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    first = sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    assert (first["key"], first["state"], first["has_final"], first["final"]["score"]) == (
        "grade",
        "disagreed",
        True,
        0.5,
    )
    assert Item.objects.get().adjudicated_at is None
    assert not Feedback.objects.filter(score=0.5).exists()
    [item] = listed(sdk, queue)
    assert (item["has_unresolved_keys"], item["key_agreements"]["grade"]["answer"]["score"]) == (True, 0.5)
    assert sdk.ok("PUT", address(queue, "tone"), {"value": "Kind"})["answer"]["value"] == "Kind"
    settled = Item.objects.get()
    assert (settled.adjudicated_by, settled.state) == (people.admin, "done")
    written = Review.every.get(is_adjudication=True)
    assert (written.is_authoritative, written.answers) == (True, ADMIN | {"grade": 0.5, "tone": "Kind"})
    assert Review.objects.count() == 2
    assert set(Feedback.objects.filter(review=written).values_list("key", flat=True)) == set(ADMIN)
    assert [one["has_unresolved_keys"] for one in listed(sdk, queue)] == [False]
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.75})  # it may be changed
    assert Review.every.get(is_adjudication=True).answers["grade"] == 0.75


def test_a_final_answer_that_is_taken_back_opens_the_item_again_and_leaves_the_others(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    sdk.ok("PUT", address(queue, "tone"), {"value": "Kind"})
    for _ in range(2):
        assert sdk("DELETE", address(queue, "grade")).status_code == 204
    assert Item.objects.get().adjudicated_at is None
    assert not Feedback.objects.filter(review__is_adjudication=True).exists()
    [item] = listed(sdk, queue)
    assert [item["key_agreements"][key]["has_final"] for key in ("grade", "tone")] == [False, True]
    assert sdk("DELETE", address(queue, "same")).status_code == 204
    sdk.ok("PUT", address(queue, "grade"), {"score": 0})
    assert Item.objects.get().adjudicated_by == people.admin
    assert list(AuditEvent.objects.filter(action__startswith="item.").values_list("action", flat=True).order_by("id")) == [
        "item.adjudicated", "item.reopened", "item.adjudicated",
    ]  # fmt: skip


def test_a_word_from_our_page_is_final_for_all_and_what_it_left_behind_is_not(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    editor, item = people.client(people.editor), Item.objects.get()
    word = {"answer": {"answers": REVIEWER | {"grade": 1}}}
    assert editor.put(f"/api/v1/items/{item.uuid}/adjudication", word, "application/json").status_code == 200
    [told] = listed(sdk, queue)
    assert (told["has_unresolved_keys"], told["key_agreements"]["grade"]["answer"]["score"]) == (False, 1)
    assert editor.delete(f"/api/v1/items/{item.uuid}/adjudication").status_code == 204
    [told] = listed(sdk, queue)
    assert [told["key_agreements"][key]["has_final"] for key in ("grade", "tone")] == [False, False]


@pytest.mark.parametrize(
    ("key", "sent", "status", "why"),
    [
        ("nothing", {"score": 1}, 404, "no item nothing"),
        ("same", {"score": 1}, 409, "do not differ on same"),
        ("why", {"value": "x"}, 409, "do not differ on why"),
        ("grade", {"score": 2}, 422, "from 0 to 1"),
        ("grade", {"score": "2"}, 422, "score has to be a number"),
        ("grade", {"value": "x"}, 422, "needs an answer"),
        ("tone", {"value": "Cold"}, 422, "takes one of"),
        ("tone", {"values": "Cold"}, 422, "values has to be an array"),
    ],
)
def test_what_is_no_final_answer_changes_nothing(
    people: People, sdk: Sdk, key: str, sent: dict[str, Any], status: int, why: str
) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    answer = sdk("PUT", address(queue, key), sent)
    assert (answer.status_code, why in answer.json()["detail"]) == (status, True)
    assert Review.every.count() == 2


def test_an_item_that_is_still_reviewed_has_no_final_answers(people: People, sdk: Sdk) -> None:
    queue, _ = filled(people, sdk, 1, rubric_items=RUBRIC, num_reviewers_per_item=2)
    assert sdk("PUT", address(queue, "grade"), {"score": 1}).status_code == 409
    [item] = listed(sdk, queue, status="needs_my_review")
    assert (item["agreement_state"], item["key_agreements"]) == ("none", None)


def word_of(people: People, **answer: Any) -> Review:
    """The only item's answer as an editor wrote it on our page."""
    put(people, people.editor, Item.objects.get(), "adjudication", {"answer": answer})
    return Review.every.get(is_adjudication=True)


def said_of(review: Review) -> dict[str, Any]:
    """What its feedback says, by key."""
    return dict(Feedback.objects.filter(review=review, score__isnull=False).values_list("key", "score"))


def test_a_word_of_the_majority_is_what_a_final_answer_changes(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER, ADMIN | {"why": "So it is."}, decides="extra")
    item = Item.objects.get()
    assert (item.adjudicated_at is not None, item.adjudicated_by) == (True, None)
    [told] = listed(sdk, queue)
    assert (told["has_unresolved_keys"], told["key_agreements"]["tone"]["has_final"]) == (False, False)
    assert sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})["has_final"] is True
    written = Review.every.get(is_adjudication=True)
    assert (written.is_authoritative, written.answers) == (True, ADMIN | {"grade": 0.5})
    assert Item.objects.get().adjudicated_by == people.admin


def test_a_question_that_an_editor_left_blank_stays_so_until_it_is_decided_on(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER | {"same": 0})
    word = {"grade": 1, "tone": "Kind", "why": "Both."}
    word_of(people, answers=word)
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    written = Review.every.get(is_adjudication=True)
    assert (written.is_authoritative, written.submission_count) == (True, 2)
    assert (written.answers, said_of(written)["grade"]) == (word | {"grade": 0.5}, 0.5)
    assert [one["has_unresolved_keys"] for one in listed(sdk, queue)] == [False]
    sdk.ok("PUT", address(queue, "same"), {"score": 0})
    written = Review.every.get(is_adjudication=True)
    assert written.answers == word | {"grade": 0.5, "same": 0}
    assert {"grade": 0.5, "same": 0}.items() <= said_of(written).items()


PARTS = ("labels", "layer", "first_failing_run_uuid", "correction", "correction_state", "note", "steps")


@pytest.mark.parametrize("is_cleared", [False, True])
def test_a_final_answer_leaves_the_other_parts_of_a_word_as_they_are(
    people: People, sdk: Sdk, *, is_cleared: bool
) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    Queue.objects.update(target_dataset=Dataset.objects.create(workspace=people.workspace, name="Refunds"))
    tool = str(Run.objects.get(type="tool").uuid)
    word = word_of(
        people, answers=REVIEWER | {"why": "Both."}, labels=["Rude"], layer="model", first_failing_run=tool,
        note="Look again", correction="No.", steps=[{"run": tool, "thumb": "down", "note": "Here"}],
    )  # fmt: skip
    kept = [getattr(word, name) for name in PARTS]
    assert all(kept)
    if is_cleared:
        assert sdk("DELETE", address(queue, "grade")).status_code == 204
        assert Item.objects.get().adjudicated_at is None
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    word.refresh_from_db()
    assert word.answers == REVIEWER | {"why": "Both.", "grade": 0.5}
    assert [getattr(word, name) for name in PARTS] == kept
    assert sorted(Feedback.objects.filter(review=word).values_list("key", flat=True)) == sorted(
        [*ADMIN, "label", "layer", "first_failing_step", "note", "note", "correction", "step_thumb"]
    )
    assert Example.objects.count() == 1
    Dataset.objects.update(archived_at=timezone.now())
    refused = sdk("PUT", address(queue, "tone"), {"value": "Rude"})
    assert (refused.status_code, "archived" in refused.json()["detail"]) == (409, True)
    assert Review.every.get(is_adjudication=True).answers["tone"] == "Kind"


def test_a_reviewers_correction_that_was_accepted_stays_one_row(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    item = Item.objects.get()
    Queue.objects.update(target_dataset=Dataset.objects.create(workspace=people.workspace, name="Refunds"))
    put(people, people.reviewer, item, "review", {"answers": REVIEWER, "correction": "No.", "note": "Policy"})
    chosen = Review.objects.get(reviewer=people.reviewer)
    put(people, people.editor, item, "adjudication", {"review": str(chosen.uuid)})
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    written, chosen = Review.every.get(is_adjudication=True), Review.objects.get(pk=chosen.pk)
    assert (written.answers, written.note, written.correction) == (REVIEWER | {"grade": 0.5}, "Policy", None)
    assert (chosen.correction, chosen.correction_state, Example.objects.count()) == ("No.", "accepted", 1)


def about_steps(people: People, queue: str, *words: str) -> list[Run]:
    """Ask of each tool call whether it was right: what the two reviewers say of the first; of the second both say yes."""
    found, item = Queue.objects.get(uuid=queue), Item.objects.get()
    right = Question(key="call", kind=QuestionKind.THUMBS, label="Was the call right?", of=Steps(type="tool"))
    asked = rubric_versions.questions_of(found).model_copy(update={"step_questions": (right,)})
    rubric_versions.publish(queue=found, asked=asked, by=people.admin)
    first = Run.objects.get(type="tool")
    second = RunFactory.create(trace=first.trace, parent_uuid=first.parent_uuid, name="step 1", type="tool")
    for person, given, word in zip((people.admin, people.reviewer), (ADMIN, REVIEWER), words, strict=True):
        steps = [{"run": str(run.uuid), "answers": {"call": said}} for run, said in ((first, word), (second, "up"))]
        put(people, person, item, "review", {"answers": given, "steps": steps})
    return [first, second]


def test_steps_on_which_reviewers_agree_are_in_the_one_answer(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    first, second = about_steps(people, queue, "down", "down")
    for key, sent in (("grade", {"score": 0.5}), ("tone", {"value": "Kind"})):
        sdk.ok("PUT", address(queue, key), sent)
    read = people.client(people.editor).get(f"/api/v1/items/{Item.objects.get().uuid}/adjudication").json()
    assert read["step_answers"] == {"call": {str(first.uuid): "down", str(second.uuid): "up"}}
    written = Feedback.objects.filter(review__is_adjudication=True, key="call")
    assert dict(written.values_list("run_uuid", "score")) == {first.uuid: 0, second.uuid: 1}


def test_while_steps_are_in_dispute_nothing_is_decided_but_where_they_can_be(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    first, second = about_steps(people, queue, "down", "up")
    for key, sent in (("grade", {"score": 0.5}), ("tone", {"value": "Kind"})):
        refused = sdk("PUT", address(queue, key), sent)
        assert refused.status_code == 409
        assert "differ on single steps: “Was the call right?”. Write its answer on" in refused.json()["detail"]
    assert (Review.every.count(), Item.objects.get().adjudicated_at) == (2, None)
    steps = [{"run": str(run.uuid), "answers": {"call": "up"}} for run in (first, second)]
    kept = word_of(people, answers=ADMIN, steps=steps).steps
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    assert sdk("DELETE", address(queue, "tone")).status_code == 204
    sdk.ok("PUT", address(queue, "tone"), {"value": "Kind"})
    word = Review.every.get(is_adjudication=True)
    assert (word.is_authoritative, word.answers) == (True, ADMIN | {"grade": 0.5, "tone": "Kind"})
    assert word.steps == kept


def test_what_was_said_is_read_once_to_decide_and_once_to_tell(people: People, sdk: Sdk) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER)
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    with CaptureQueriesContext(connection) as context:
        sdk.ok("PUT", address(queue, "tone"), {"value": "Kind"})
    in_order = 'ORDER BY "annotation_review"."submitted_at"'
    assert len([one for one in context.captured_queries if in_order in str(one["sql"])]) == 2


def test_where_the_majority_decides_its_word_settles_an_item_whose_final_answer_is_taken_back(
    people: People, sdk: Sdk
) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER, ADMIN, decides="extra")
    word = word_of(people, answers=REVIEWER)
    assert sdk("DELETE", address(queue, "grade")).status_code == 204
    item, settling = Item.objects.get(), Review.every.get(is_authoritative=True)
    assert (item.adjudicated_at is not None, item.adjudicated_by, settling.reviewer) == (True, None, people.admin)
    word.refresh_from_db()
    assert (word.answers, word.submission_count) == (REVIEWER, 1)
    [told] = listed(sdk, queue)
    assert {key: (one["has_final"], one["answer"]["score"]) for key, one in told["key_agreements"].items()} == {
        "grade": (False, 0.25), "tone": (False, None), "same": (False, 1),
    }  # fmt: skip


def test_a_question_that_is_not_asked_after_an_earlier_answer_is_neither_open_nor_decided_on(
    people: People, sdk: Sdk
) -> None:
    queue = reviewed(people, sdk, ADMIN, REVIEWER | {"same": 0})
    found = Queue.objects.get()
    asked = rubric_versions.questions_of(found)
    only_rude = Condition(question="tone", any_of=("Rude",))
    questions = [
        one.model_copy(update={"visible_if": only_rude} if one.key == "same" else {}) for one in asked.questions
    ]
    rubric_versions.publish(queue=found, asked=asked.model_copy(update={"questions": tuple(questions)}), by=None)
    sdk.ok("PUT", address(queue, "tone"), {"value": "Kind"})
    refused = sdk("PUT", address(queue, "same"), {"score": 1})
    assert (refused.status_code, "only after another answer to “tone”" in refused.json()["detail"]) == (409, True)
    sdk.ok("PUT", address(queue, "grade"), {"score": 0.5})
    written = Review.every.get(is_adjudication=True)
    assert (written.is_authoritative, "same" in written.answers) == (True, False)
    sdk.ok("PUT", address(queue, "tone"), {"value": "Rude"})
    sdk.ok("PUT", address(queue, "same"), {"score": 1})
    assert Review.every.get(is_adjudication=True).answers == ADMIN | {"grade": 0.5}
