"""Reasons in words."""

from uuid import uuid4

from annotation.domain.queues import reasons
from annotation.domain.queues.reasons import Origin, Reason, SeenFeedback
from annotation.templatetags import filter_words


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


def test_a_filter_stands_apart_and_what_was_kept_before_reads_the_same() -> None:
    kept = {"origin": "rule", "rule": "All", "revision": 2, "why": ["verdict is bad and latency > 2s"]}
    reason = reasons.read(kept)
    assert reason == reasons.read(reason.document())
    assert (reason.filter, reason.why) == ("verdict is bad and latency > 2s", ())
    assert (reason.brief, reason.summary) == ("Rule “All” v2", "Rule “All” v2 · verdict is bad and latency > 2s")
    pointing = reason.model_copy(update={"run": uuid4()})
    assert reasons.read(pointing.document()).without((), rules=False).run == pointing.run
    hidden = pointing.without((), rules=True)
    assert (hidden.filter, hidden.run) == ("", None), "a rule that looked at hidden feedback tells nothing"
    nameless = pointing.without((), rules=False, model=True)
    assert (nameless.rule, nameless.filter, nameless.run) == ("name hidden", "", pointing.run)
    assert reasons.read({"why": ["seen twice"]}).why == ("seen twice",)


def test_of_a_long_filter_three_parts_show_and_the_whole_is_behind_a_click() -> None:
    long = f"output matches /{'x' * 60}/"
    told = filter_words.filter_chips(f"verdict is bad and {long} and tag is a and tag is b")
    assert told["shown"] == ["verdict is bad", f"output matches /{'x' * 31}…", "tag is a"]
    assert (told["more"], told["is_cut"]) == (1, True)
    assert filter_words.filter_chips("verdict is bad")["is_cut"] is False
    assert filter_words.filter_chips("no such (")["shown"] == ["no such ("]
    assert filter_words.filter_chips("")["shown"] == []
