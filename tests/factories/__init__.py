"""Objects for tests: the least that the schema wants, everything else said by the test."""

from tests.factories.accounts import MembershipFactory, ProjectFactory, UserFactory, WorkspaceFactory
from tests.factories.datasets import DatasetFactory, DatasetVersionFactory, ExampleFactory
from tests.factories.feedback import FailureModeFactory, FeedbackFactory
from tests.factories.queues import ItemFactory, QueueFactory
from tests.factories.rules import RuleFactory, RuleRevisionFactory
from tests.factories.traces import RunFactory, TraceFactory

__all__ = [
    "DatasetFactory",
    "DatasetVersionFactory",
    "ExampleFactory",
    "FailureModeFactory",
    "FeedbackFactory",
    "ItemFactory",
    "MembershipFactory",
    "ProjectFactory",
    "QueueFactory",
    "RuleFactory",
    "RuleRevisionFactory",
    "RunFactory",
    "TraceFactory",
    "UserFactory",
    "WorkspaceFactory",
]
