"""The made-up world: the same every time, of the size and mixture that was promised, and of the past."""

from collections import Counter
from datetime import UTC, datetime

from annotation.domain.demo import faults, world
from annotation.domain.ingest import mapping

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
STORIES = world.stories(NOW)


def test_it_is_as_large_as_promised() -> None:
    threads = {story.thread for story in STORIES if story.thread}
    assert (400 <= len(STORIES) <= 404, len(threads)) == (True, world.BOOKING_THREADS + world.CODING_THREADS)


def test_it_is_the_same_every_time() -> None:
    assert world.stories(NOW) == STORIES


def test_every_fault_happens_and_most_traces_are_fine() -> None:
    counted = Counter(story.fault for story in STORIES)
    assert set(counted) == {None, *faults.BOOKING_FAULTS, *faults.CODING_FAULTS}
    assert 0.6 < counted[None] / len(STORIES) < 0.85


def test_what_went_wrong_has_a_right_answer_and_its_step() -> None:
    wrong = [story for story in STORIES if story.fault]
    assert [story.question for story in wrong if not story.corrected] == []
    for story in wrong:
        assert story.failing_span is None or story.failing_span in {span.span_id for span in story.spans}


def test_it_speaks_eight_languages() -> None:
    assert {story.language for story in STORIES} == {"en", "de", "fr", "es", "ar", "he", "ja", "zh"}


def test_it_lies_in_the_past() -> None:
    ends = [span.end_ns for story in STORIES for span in story.spans]
    assert max(ends) < NOW.timestamp() * 1e9
    assert min(ends) > (NOW.timestamp() - 23 * 86_400) * 1e9


def test_ingestion_reads_it_whole() -> None:
    runs = [run for story in STORIES for run in mapping.to_runs(story.spans, received_ns=0)]
    assert {run.type for run in runs} == {"agent", "llm", "tool", "retriever"}
    assert len({run.id for run in runs}) == len(runs)
    roots = [run for run in runs if run.parent_id is None]
    assert len(roots) == len(STORIES)
    assert all(root.input_text and root.metadata["release"] and root.tags for root in roots)
    assert max(len(root.output_text or "") for root in roots) > 9_000
