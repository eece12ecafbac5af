"""Rules and their revisions."""

from decimal import Decimal

from factory import Sequence, SubFactory

from annotation.models import Decision, Rule, RuleRevision
from tests.factories.accounts import WorkspaceFactory
from tests.factories.base import Factory
from tests.factories.traces import TraceFactory


class RuleFactory(Factory[Rule]):
    class Meta:
        model = Rule

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda number: f"Rule {number}")


class RuleRevisionFactory(Factory[RuleRevision]):
    class Meta:
        model = RuleRevision

    rule = SubFactory(RuleFactory)
    number = 1
    sample_rate = Decimal(1)


class DecisionFactory(Factory[Decision]):
    class Meta:
        model = Decision

    revision = SubFactory(RuleRevisionFactory)
    trace = SubFactory(TraceFactory)
    is_matched = True
    is_sampled = True
    probability = Decimal(1)
    origin = Decision.Origin.LIVE
