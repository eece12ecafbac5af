"""The taxonomy: all earlier uses are carried along, and undoing puts everything back."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from annotation.domain.feedback import failure_modes
from annotation.domain.feedback.taxonomy import carrying, changes, driving, undoing
from annotation.domain.feedback.taxonomy.refusals import CarryingError, NameTakenError, TaxonomyError
from annotation.domain.work import jobs
from annotation.models import AuditEvent, Draft, FailureMode, Feedback, Job, Review, TaxonomyChange
from annotation.tasks import KINDS
from tests.domain.feedback.taxonomy.conftest import NOON, Coded


def merged(coded: Coded, source: str, target: str) -> TaxonomyChange:
    return changes.merge(mode=coded.mode(source), into=coded.mode(target), by=coded.editor)


def test_a_merge_carries_feedback_reviews_and_drafts_along(coded: Coded) -> None:
    assert coded.uses() == {"Wrong policy": 3, "Tone": 2, "Policy old": 2}
    change = merged(coded, "Policy old", "Wrong policy")
    assert change.use_count == 2
    assert coded.uses() == {"Wrong policy": 5, "Tone": 2}
    assert set(Feedback.objects.filter(key="label").values_list("value", flat=True)) == {"Wrong policy", "Tone"}
    review = Review.objects.get(item=coded.items[1], reviewer=coded.one)
    wrong = str(coded.mode("Wrong policy").uuid)
    assert review.labels == [{"failure_mode": wrong, "name": "Wrong policy", "evidence": [{"text": "as of 2019"}]}]
    draft = Draft.objects.get()
    assert draft.content == {
        "labels": ["Wrong policy", "Tone"], "evidence": [{"label": "Wrong policy", "text": "hm"}], "note": "so",
    }  # fmt: skip
    assert AuditEvent.objects.filter(action="failure_mode.merged").get().detail == {
        "from": "Policy old", "to": "Wrong policy",
    }  # fmt: skip


def test_a_merged_or_former_name_typed_again_gives_what_it_became(coded: Coded) -> None:
    merged(coded, "Policy old", "Wrong policy")
    changes.rename(mode=coded.mode("Wrong policy"), name="Policy misread", definition="", by=coded.editor)
    merged(coded, "Policy misread", "Tone")
    for name in ("policy old", "WRONG policy", "Policy  misread"):
        assert failure_modes.coin(project=coded.project, name=name, by=None).name == "Tone"
    assert coded.uses() == {"Tone": 7}


def test_the_passage_of_a_label_that_was_merged_meanwhile_is_kept(coded: Coded) -> None:
    merged(coded, "Policy old", "Wrong policy")
    review = coded.review(2, coded.other, "Policy old", "Wrong policy", quote="an open page says the old name")
    assert [(one["name"], one["evidence"]) for one in review.labels] == [
        ("Wrong policy", [{"text": "an open page says the old name"}])
    ]


def test_undoing_a_merge_leaves_what_was_said_since(coded: Coded) -> None:
    change = merged(coded, "Policy old", "Wrong policy")
    edited = coded.review(1, coded.one, "Wrong policy", "Tone")
    coded.review(2, coded.one, "Policy old")
    undoing.undo(change=change, by=coded.editor, now=NOON)
    assert coded.uses() == {"Wrong policy": 5, "Tone": 3, "Policy old": 1}
    edited.refresh_from_db()
    assert [label["name"] for label in edited.labels] == ["Wrong policy", "Tone"]


def test_a_rename_reaches_every_use_and_leaves_the_old_name_as_a_way(coded: Coded) -> None:
    before = coded.everything()
    change = changes.rename(mode=coded.mode("Tone"), name="Rude", definition="Not kind.", by=coded.editor)
    assert change is not None
    assert coded.uses() == {"Wrong policy": 3, "Rude": 2, "Policy old": 2}
    assert Draft.objects.get().content["labels"] == ["policy OLD", "Rude"]
    assert Feedback.objects.filter(key="label", value="Rude").count() == 2
    undoing.undo(change=change, by=coded.editor, now=NOON)
    assert coded.everything() == before
    assert not FailureMode.objects.filter(name="Rude").exists()


def test_a_split_moves_the_chosen_uses_and_undoing_it_brings_later_ones_back_too(coded: Coded) -> None:
    chosen = Feedback.objects.get(failure_mode__name="Tone", review__item=coded.items[0])
    change = changes.split(mode=coded.mode("Tone"), uses=[chosen.uuid], name="Sarcasm", by=coded.editor)
    assert coded.uses() == {"Wrong policy": 3, "Tone": 1, "Policy old": 2, "Sarcasm": 1}
    assert [label["name"] for label in Review.objects.order_by("pk")[0].labels] == ["Wrong policy", "Sarcasm"]
    coded.review(2, coded.other, "Sarcasm")
    undoing.undo(change=change, by=coded.editor, now=NOON)
    assert coded.uses() == {"Wrong policy": 3, "Tone": 3, "Policy old": 2}
    again = changes.split(mode=coded.mode("Tone"), uses=[chosen.uuid], name="sarcasm", by=coded.editor)
    assert (again.use_count, coded.uses()["sarcasm"]) == (1, 1)


def test_groups_are_headings_that_can_be_taken_back(coded: Coded) -> None:
    modes = list(FailureMode.objects.filter(name__in=["Wrong policy", "Policy old"]))
    (change,) = changes.group(modes=modes, name="Policies", by=coded.editor)
    changes.group(modes=[coded.mode("Policy old")], name="Old", by=coded.editor)
    undoing.undo(change=change, by=coded.editor, now=NOON)
    assert dict(FailureMode.objects.values_list("name", "group")) == {
        "Wrong policy": "",
        "Tone": "",
        "Policy old": "Old",
    }
    assert changes.group(modes=[coded.mode("Tone")], name="", by=coded.editor) == []


def test_refusals_say_what_to_do_and_change_nothing(coded: Coded) -> None:
    tone, before = coded.mode("Tone"), coded.everything()
    with pytest.raises(NameTakenError, match="choose another name"):
        changes.rename(mode=tone, name="wrong POLICY", definition="", by=coded.editor)
    with pytest.raises(TaxonomyError, match="another failure mode of the same project"):
        changes.merge(mode=tone, into=tone, by=coded.editor)
    with pytest.raises(TaxonomyError, match="choose at least one"):
        changes.split(mode=tone, uses=[], name="New", by=coded.editor)
    assert coded.everything() == before
    first, _ = merged(coded, "Policy old", "Wrong policy"), merged(coded, "Wrong policy", "Tone")
    with pytest.raises(TaxonomyError, match="“Wrong policy” was merged later: undo that first"):
        undoing.undo(change=first, by=coded.editor, now=NOON)
    with pytest.raises(TaxonomyError, match="has become “Tone”: change that one"):
        merged(coded, "Policy old", "Tone")


def test_many_uses_are_carried_by_a_job_in_batches(coded: Coded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving, "AT_ONCE", 0)
    monkeypatch.setattr(carrying, "BATCH", 1)
    before = coded.everything()
    change = merged(coded, "Policy old", "Wrong policy")
    job = Job.objects.get()
    assert (job.title, job.total_count) == ("Merge “Policy old” into “Wrong policy”", 2)
    with pytest.raises(CarryingError, match="still being carried over"):
        undoing.undo(change=change, by=coded.editor, now=NOON)
    jobs.drive(job_id=job.pk, kinds=KINDS)
    job.refresh_from_db()
    assert (job.status, job.done_count) == ("done", 2)
    assert coded.uses() == {"Wrong policy": 5, "Tone": 2}
    undoing.undo(change=change, by=coded.editor, now=NOON)
    jobs.drive(job_id=Job.objects.latest("pk").pk, kinds=KINDS)
    assert coded.everything() == before


ACTS = st.lists(
    st.tuples(st.sampled_from(["rename", "merge", "split", "group"]), st.integers(0, 5), st.integers(0, 5)),
    min_size=1,
    max_size=5,
)


@given(acts=ACTS)
@example(acts=[("merge", 0, 1), ("split", 0, 0)])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_change_loses_a_use_and_undoing_all_restores_exactly(coded: Coded, acts: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():  # each case begins with the same taxonomy
        before, made = coded.everything(), []
        for number, act in enumerate(acts):
            made.extend(acted(coded, number, *act))
            assert sum(coded.uses().values()) == 7
            for review in Review.objects.all():
                assert said(review) == written(review)
        for change in reversed(made):
            undoing.undo(change=change, by=coded.editor, now=NOON)
        assert coded.everything() == before
        transaction.set_rollback(True)


def acted(coded: Coded, number: int, act: str, one: int, other: int) -> list[TaxonomyChange]:
    """One change of the taxonomy, where it is possible."""
    modes = list(FailureMode.objects.filter(merged_into=None).order_by("pk"))
    mode, into = modes[one % len(modes)], modes[other % len(modes)]
    if act == "group":
        return changes.group(modes=[mode, into], name=f"Group {other % 2}", by=coded.editor)
    change = None
    if act == "rename" and not FailureMode.objects.filter(name=f"Name {other}").exists():
        change = changes.rename(mode=mode, name=f"Name {other}", definition=str(number), by=coded.editor)
    elif act == "merge" and mode != into:
        change = changes.merge(mode=mode, into=into, by=coded.editor)
    elif act == "split" and mode.feedback.exists():
        uses = list(mode.feedback.order_by("pk").values_list("uuid", flat=True))[: other + 1]
        change = changes.split(mode=mode, uses=uses, name=f"Part {number}", by=coded.editor)
    return [change] if change else []


def said(review: Review) -> list[tuple[str | None, str]]:
    """The labels that a review gave, by its feedback."""
    labels = review.feedback.filter(key="label").values_list("failure_mode__name", "value")
    return sorted((name, str(value)) for name, value in labels)


def written(review: Review) -> list[tuple[str, str]]:
    """The labels that a review gave, by what it keeps itself."""
    labels = [*review.labels, *(label for step in review.steps for label in step.get("labels", ()))]
    return sorted((label["name"], label["name"]) for label in labels)
