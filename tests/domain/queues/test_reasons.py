"""Reasons in words."""

from annotation.domain.queues import reasons
from annotation.domain.queues.reasons import Origin, Reason, SeenFeedback


def test_summary_of_a_rule_names_chance_cause_and_what_was_known() -> None:
    reason = Reason(
        origin=Origin.RULE,
        rule="Refund language",
        revision=4,
        probability=0.1,
        why=("error in tool refund",),
        seen=(
            SeenFeedback(source="judge", key="policy", score=0.91),
            SeenFeedback(source="user", key="thumbs", score=0.0),
        ),
    )
    assert reason.summary == (
        "Rule “Refund language” v4 · sampled 1 in 10 · error in tool refund · judge policy said 0.91, user thumbed down"
    )


def test_summary_of_other_origins() -> None:
    assert Reason(by="Editor").summary == "Added by Editor"
    assert Reason(origin=Origin.API, by="Editor").summary == "Added through the API by Editor"
    assert Reason().summary == "Added by hand"
    assert Reason(origin=Origin.RULE, rule="All", probability=1.0).summary == "Rule “All”"
    assert Reason(origin=Origin.RULE, rule="Some", probability=0.375).summary == "Rule “Some” · sampled 0.375"


def test_reads_what_it_wrote_and_passes_over_unknown_fields() -> None:
    reason = Reason(
        origin=Origin.RULE, rule="All", revision=2, seen=(SeenFeedback(source="user", key="stars", value="4"),)
    )
    assert reasons.read({**reason.document(), "later": 1}) == reason
    assert reasons.read({}) == Reason()
