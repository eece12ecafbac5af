"""What went wrong in tools like this one, each with the tests that it does not go wrong here.

TESTS is the list: numbers as in the team's notes on bugs of others; each test is named after what must not happen. Those that are
not found here stand beside what they are about.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from annotation.domain.agreement import cohen
from annotation.domain.queues import items, queries, refusals, shown, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.shown import Shown
from annotation.domain.reviews import drafts, opening, submit
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.rules import routing
from annotation.domain.traces.whole import feedback_of
from annotation.models import Decision, Draft, Feedback, Item, Project, Queue, Review
from tests.domain.reviews.conftest import BAD, NOON, Bench, bench, make_bench
from tests.domain.rules.conftest import MakeRule, MakeTrace, admin, make_rule, make_trace, now, project, queue
from tests.factories.accounts import ProjectFactory
from tests.factories.queues import QueueFactory
from tests.factories.traces import TraceFactory

__all__ = ["admin", "bench", "make_bench", "make_rule", "make_trace", "now", "project", "queue"]

pytestmark = pytest.mark.django_db
HERE = "domain.queues.test_what_must_not_happen."
GOOD: dict[str, Any] = {"answers": {"thumbs": "up"}}

TESTS: dict[int, tuple[str, ...]] = {
    1: (  # two press Next together and get one item
        "domain.queues.test_assignment.test_fifty_at_once_never_share_a_seat_and_leave_none_empty",
        "domain.queues.test_assignment.test_the_last_item_does_not_go_to_two",
    ),
    2: (  # the heartbeat is refused because the holder's own review completed the item
        "domain.queues.test_assignment.test_a_heartbeat_is_not_refused_because_the_own_review_completed_the_item",
    ),
    3: (  # locks: re-taken by the page that sent an item back, never asked for, told as a mistake in the form, on every queue
        "domain.reviews.test_adjudicate.test_an_item_that_is_sent_back_is_not_held_by_who_sent_it",
        "web.review.test_refused.test_the_page_does_not_open_an_item_that_somebody_else_has",
        "api.test_queues.test_an_item_that_somebody_has_is_not_given_to_another",
        "domain.queues.test_assignment.test_an_item_is_not_closed_to_the_second_reviewer_nor_open_to_a_third",
    ),
    4: (HERE + "test_the_second_reviewer_does_not_overwrite_the_first",),
    5: (
        HERE + "test_a_review_in_one_queue_does_not_count_in_another",
        HERE + "test_what_was_said_in_one_queue_is_not_lost_to_the_trace_and_other_queues",
    ),
    6: (  # how many reviews an item takes is enforced in the browser only
        HERE + "test_no_more_reviews_than_wanted_are_taken_whoever_sends_them",
        "domain.reviews.test_submit.test_a_late_submission_without_a_seat_keeps_the_draft",
        "api.test_claiming_at_once.test_every_seat_is_filled_once_by_another_person",
    ),
    7: (HERE + "test_items_that_a_program_adds_are_not_counted_but_invisible",),
    8: ("domain.queues.test_sharing.test_skipping_one_and_then_the_next_does_not_bring_the_first_right_back",),
    9: (
        "domain.reviews.test_adjudicate.test_an_edited_review_does_not_leave_a_stale_word_on_its_item",
        "domain.reviews.test_adjudicate.test_a_review_that_is_taken_back_does_not_leave_a_stale_word_on_its_item",
    ),
    10: (
        HERE + "test_kappa_is_not_computed_from_answers_that_were_pooled",
        "domain.reviews.quality.test_figures.test_answers_that_never_vary_are_not_called_perfect",
        "domain.reviews.quality.test_figures.test_numbers_far_apart_disagree_more_than_close_ones",
        "domain.agreement.test_published.test_a_published_figure_comes_out",
    ),
    11: (
        HERE + "test_a_review_whose_feedback_cannot_be_stored_is_not_said_to_be_stored",
        HERE + "test_a_pair_is_not_called_known_because_its_halves_are_known_from_others",
        "domain.reviews.test_correct.test_a_row_that_the_dataset_does_not_take_waits_for_an_editor",
    ),
    12: (
        "architecture.test_roles.test_every_address_answers_as_the_table_says",
    ),  # a permission check is silently skipped
    13: (
        HERE + "test_no_list_of_items_sorts_out_doubles_or_counts_what_it_does_not_show",
        "models.test_indexes.test_lists_of_feedback_and_items_are_not_sorted",
    ),
    14: (
        "web.review.test_walk.test_next_and_previous_do_not_leave_the_list_that_was_chosen",
        "web.review.test_walk.test_a_submission_goes_on_in_the_list_and_ends_with_it",
        "web.traces.test_detail.test_next_and_previous_stay_within_the_filter",
    ),
    15: (  # rules: fire before the judgement exists, flood a queue, let test traffic in
        "domain.rules.test_routing.test_a_rule_does_not_miss_a_judgement_that_comes_after_it_nor_act_twice",
        HERE + "test_a_rule_does_not_flood_its_queue",
        HERE + "test_traffic_of_another_project_does_not_enter_by_a_rule_for_one",
    ),
    16: (
        "domain.reviews.test_export.test_nothing_in_a_cell_is_run_as_a_formula",
        "web.review.test_anybody_in_a_browser.test_a_hostile_trace_is_shown_inert",
        "web.test_hostile.test_hostile_content_is_inert_wherever_it_is_shown",
    ),
    17: (
        "web.review.test_pages.test_words_on_a_thread_are_not_missing_where_the_thread_is_reviewed",
        "domain.reviews.test_steps.test_a_step_that_was_bad_is_said_of_its_run_and_leaves_the_trace_good",
    ),
    18: (
        "web.review.test_pages.test_a_trace_without_words_of_its_own_is_not_shown_empty",
        "domain.traces.conversation.test_build.test_agents_without_messages_fall_back_to_the_traces_own_words",
    ),
}


@pytest.mark.parametrize("number", range(1, 19))
def test_each_of_them_has_its_tests(number: int) -> None:
    for name in TESTS[number]:
        module, _, test = name.rpartition(".")
        assert callable(getattr(import_module(f"tests.{module}"), test)), name


def test_the_second_reviewer_does_not_overwrite_the_first(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2)
    bench.submit(bench.one, **BAD, note="first")
    bench.submit(bench.other, **GOOD, note="second")
    said = Review.objects.order_by("id").values_list("reviewer", "answers__thumbs", "note", "submission_count")
    assert list(said) == [(bench.one.pk, "down", "first", 1), (bench.other.pk, "up", "second", 1)]
    thumbs = Feedback.objects.filter(key="thumbs").order_by("id").values_list("author", "score")
    assert list(thumbs) == [(bench.one.pk, 0.0), (bench.other.pk, 1.0)]


def second_queue(bench: Bench) -> Item:
    """The same trace in another queue of the workspace, which shows reviewers what others said."""
    queue = QueueFactory(workspace=bench.queue.workspace, blindness={"peers": False})
    (item,) = items.add(queue=queue, subjects=[subjects.of_trace(bench.trace.uuid)], reason=Reason()).added
    return item


def test_a_review_in_one_queue_does_not_count_in_another(bench: Bench) -> None:
    elsewhere = second_queue(bench)
    bench.submit(bench.one, **BAD)
    elsewhere.refresh_from_db()
    assert (elsewhere.state, elsewhere.review_count) == ("open", 0)
    everything = Queue.objects.filter(workspace=bench.queue.workspace)
    cards = queries.cards(everything, person=bench.one, reviewable=everything)
    assert {card.queue.pk: (card.counts.done, card.counts.left) for card in cards} == {
        bench.queue.pk: (1, 0),
        elsewhere.queue_id: (0, 1),
    }
    submit.submit(item=elsewhere, by=bench.one, answers=ReviewInput(**GOOD), now=NOON)
    assert Review.objects.count() == 2
    assert Item.objects.get(pk=bench.item.pk).review_count == 1


def test_what_was_said_in_one_queue_is_not_lost_to_the_trace_and_other_queues(bench: Bench) -> None:
    elsewhere = second_queue(bench)
    bench.submit(bench.one, **BAD)
    on_trace = feedback_of(bench.trace, feedback=Feedback.objects.all())
    assert [(one.key, one.score) for one in on_trace] == [("thumbs", 0.0)]
    assert opening.feedback_shown([bench.trace], bench.other, elsewhere) == list(on_trace)


def test_no_more_reviews_than_wanted_are_taken_whoever_sends_them(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2)
    bench.submit(bench.one, **BAD)
    bench.submit(bench.other, **BAD)
    with pytest.raises(refusals.ItemNotOpenError, match="has all the reviews it needs"):
        bench.submit(bench.editor, **GOOD)
    assert (Review.objects.count(), Item.objects.get().review_count) == (2, 2)
    kept = drafts.load(item=bench.item, by=bench.editor)
    assert kept is not None
    assert kept.content.answers == {"thumbs": "up"}


def test_items_that_a_program_adds_are_not_counted_but_invisible(bench: Bench) -> None:
    bench.submit(bench.one, **BAD)
    (card,) = queries.cards(Queue.objects.all(), person=bench.other, reviewable=Queue.objects.all())
    assert (card.counts.percent, card.counts.left) == (100, 0)
    later = TraceFactory(project=bench.trace.project)
    (added,) = items.add(queue=bench.queue, subjects=[subjects.of_trace(later.uuid)], reason=Reason()).added
    (card,) = queries.cards(Queue.objects.all(), person=bench.other, reviewable=Queue.objects.all())
    assert (card.counts.percent, card.counts.left, card.counts.total) == (50, 1, 2)
    assert list(shown.shown(Item.objects.all(), Shown.MINE, bench.other)) == [added]
    assert bench.claim(bench.other) == added


def test_kappa_is_not_computed_from_answers_that_were_pooled() -> None:
    """Cohen's own marginals are 0.5 and 0.6: expected 0.5; pooled ones, as in Scott's pi, would expect 0.505."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen(pairs).value == pytest.approx((0.7 - 0.5) / 0.5)
    assert cohen(pairs).value != pytest.approx((0.7 - 0.505) / 0.495, abs=1e-3)
    assert cohen([("y", "y")] * 9).value is None


def test_a_review_whose_feedback_cannot_be_stored_is_not_said_to_be_stored(bench: Bench) -> None:
    bench.claim(bench.one)
    drafts.save(item=bench.item, by=bench.one, content=ReviewInput(note="typed"), now=NOON)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE annotation_feedback ADD CONSTRAINT takes_nothing CHECK (false) NOT VALID")
    with pytest.raises(IntegrityError, match="takes_nothing"):
        bench.submit(bench.one, **BAD)
    assert (Review.objects.count(), Item.objects.get().review_count, Item.objects.get().state) == (0, 0, "open")
    assert Draft.objects.get().content["note"] == "typed"


def test_a_pair_is_not_called_known_because_its_halves_are_known_from_others() -> None:
    queue, project = QueueFactory(), ProjectFactory()
    a, b, c, d = (TraceFactory(project=project).uuid for _ in range(4))
    items.add(queue=queue, subjects=[subjects.of_pair(a, b), subjects.of_pair(c, d)], reason=Reason())
    crossed = items.add(queue=queue, subjects=[subjects.of_pair(a, d), subjects.of_pair(c, b)], reason=Reason())
    assert (crossed.added_count, crossed.present_count) == (2, 0)
    again = items.add(queue=queue, subjects=[subjects.of_pair(d, a), subjects.of_trace(a)], reason=Reason())
    assert (again.added_count, again.present_count) == (1, 1)


def test_no_list_of_items_sorts_out_doubles_or_counts_what_it_does_not_show(
    bench: Bench, django_assert_max_num_queries: Any
) -> None:
    for which in Shown:
        rows: QuerySet[Item] = shown.shown(Item.objects.filter(queue=bench.queue), which, bench.one)
        with django_assert_max_num_queries(8) as asked:
            list(queries.with_people(rows.order_by(*shown.ORDER)[:51], NOON))
        for statement in asked.captured_queries:
            assert "DISTINCT" not in statement["sql"]
            counted = re.findall(r'COUNT\(.*?FROM "(\w+)"', statement["sql"])
            assert len(counted) == statement["sql"].upper().count("COUNT(")
            assert set(counted) <= {"annotation_assignment", "annotation_reservation"}, "only who has seats of one item"


def test_a_rule_does_not_flood_its_queue(
    make_rule: MakeRule, make_trace: MakeTrace, queue: Queue, now: datetime
) -> None:
    Queue.objects.update(most_items=3)
    make_rule("status is error")
    for _ in range(5):
        make_trace(status="error")
    routing.sweep(now=now)
    assert Item.objects.count() == 3
    assert Decision.objects.filter(is_sampled=True).count() == 5, "the log tells what did not fit"


def test_traffic_of_another_project_does_not_enter_by_a_rule_for_one(
    make_rule: MakeRule, make_trace: MakeTrace, project: Project, now: datetime
) -> None:
    staging = ProjectFactory(workspace=project.workspace, name="staging")
    make_rule(f'project is "{project.name}" and status is error')
    live, _test = make_trace(status="error"), make_trace(status="error", project=staging)
    routing.sweep(now=now)
    assert list(Item.objects.values_list("trace_uuid", flat=True)) == [live.uuid]
