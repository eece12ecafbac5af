"""How little the judges of a trace could tell: what a queue may give out first.

Each judge's word is a number from 0 (bad) to 1 (good): a score within its key's bounds, or good, bad and unsure (one half). For
each key the words are averaged, and `1 - |2 * average - 1|` is 0 where all are sure of the same and 1 where they say one half or
contradict each other. A trace counts with its least certain key; one without a judge counts 0. Pure but for the two lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from statistics import fmean
from uuid import UUID

from annotation.domain.feedback import meanings, verdict
from annotation.domain.feedback.meanings import KeyConfig
from annotation.domain.feedback.verdict import Word
from annotation.models import Feedback

_SAYS = {verdict.GOOD: 1.0, verdict.UNSURE: 0.5, verdict.BAD: 0.0}


def of_traces(workspace_id: int, traces: Collection[UUID]) -> dict[UUID, float]:
    """The uncertainty of the workspace's traces that a judge has said something about."""
    rows = Feedback.objects.filter(
        workspace_id=workspace_id, trace_uuid__in=traces, source=Feedback.Source.JUDGE, error=None
    ).values_list("trace_uuid", "uuid", "key", "source", "is_adjudicated", "score", "value", "created_at")
    said: dict[UUID, list[Word]] = defaultdict(list)
    for trace, uuid, key, source, is_adjudicated, score, value, created_at in rows:
        if trace:
            said[trace].append(Word(uuid, key, source, is_adjudicated, score, value, created_at))
    configs = {config.key: config for config in meanings.configs_of(workspace_id)} if said else {}
    return {trace: of_words(words, configs) for trace, words in said.items()}


def of_words(words: Iterable[Word], configs: Mapping[str, KeyConfig]) -> float:
    """From 0 (certain) to 1."""
    known = meanings.of(configs.values())
    numbers: dict[str, list[float]] = defaultdict(list)
    for word in words:
        number = _number(word, configs.get(word.key), known)
        if number is not None:
            numbers[word.key].append(number)
    return max((1 - abs(2 * fmean(said) - 1) for said in numbers.values()), default=0.0)


def _number(word: Word, config: KeyConfig | None, known: Mapping[str, verdict.Meaning]) -> float | None:
    if word.score is not None:
        low = config.minimum if config and config.minimum is not None else 0.0
        high = config.maximum if config and config.maximum is not None else 1.0
        return min(max((word.score - low) / (high - low), 0.0), 1.0) if high > low else None
    opinion = verdict.says(word, known.get(word.key))
    return _SAYS[opinion] if opinion else None
