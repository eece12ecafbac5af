"""Rules and their revisions."""

from decimal import Decimal

from factory import Sequence, SubFactory

from annotation.models import Rule, RuleRevision
from tests.factories.accounts import WorkspaceFactory
from tests.factories.base import Factory


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
