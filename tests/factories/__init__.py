"""Objects for tests: the least that the schema wants, everything else said by the test."""

from tests.factories.accounts import (
    ApiKeyFactory,
    InvitationFactory,
    MembershipFactory,
    ProjectFactory,
    SavedViewFactory,
    SetupLinkFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.factories.datasets import DatasetFactory, DatasetVersionFactory, ExampleFactory
from tests.factories.feedback import FailureModeFactory, FeedbackConfigFactory, FeedbackFactory, FeedbackLinkFactory
from tests.factories.keeping import DeletedTraceFactory, LogRecordFactory, ModelPriceFactory
from tests.factories.notices import (
    CompletionFactory,
    DeliveryFactory,
    MailFactory,
    MailWishFactory,
    NoticeFactory,
    NoticeMailFactory,
    WebhookFactory,
)
from tests.factories.queues import (
    AssignmentFactory,
    DraftFactory,
    ItemFactory,
    MaskedValueFactory,
    QueueFactory,
    ReservationFactory,
    RubricVersionFactory,
    SkipFactory,
)
from tests.factories.reviews import ProbeFactory, ReviewFactory, ReviewRevisionFactory
from tests.factories.rules import DecisionFactory, RuleFactory, RuleRevisionFactory
from tests.factories.taxonomy import CarriedUseFactory, TaxonomyChangeFactory
from tests.factories.traces import AttachmentFactory, RunFactory, RunShareFactory, TraceFactory, TraceTallyFactory
from tests.factories.work import AuditEventFactory, JobFactory, JobPayloadFactory

__all__ = [
    "ApiKeyFactory",
    "AssignmentFactory",
    "AttachmentFactory",
    "AuditEventFactory",
    "CarriedUseFactory",
    "CompletionFactory",
    "DatasetFactory",
    "DatasetVersionFactory",
    "DecisionFactory",
    "DeletedTraceFactory",
    "DeliveryFactory",
    "DraftFactory",
    "ExampleFactory",
    "FailureModeFactory",
    "FeedbackConfigFactory",
    "FeedbackFactory",
    "FeedbackLinkFactory",
    "InvitationFactory",
    "ItemFactory",
    "JobFactory",
    "JobPayloadFactory",
    "LogRecordFactory",
    "MailFactory",
    "MailWishFactory",
    "MaskedValueFactory",
    "MembershipFactory",
    "ModelPriceFactory",
    "NoticeFactory",
    "NoticeMailFactory",
    "ProbeFactory",
    "ProjectFactory",
    "QueueFactory",
    "ReservationFactory",
    "ReviewFactory",
    "ReviewRevisionFactory",
    "RubricVersionFactory",
    "RuleFactory",
    "RuleRevisionFactory",
    "RunFactory",
    "RunShareFactory",
    "SavedViewFactory",
    "SetupLinkFactory",
    "SkipFactory",
    "TaxonomyChangeFactory",
    "TraceFactory",
    "TraceTallyFactory",
    "UserFactory",
    "WebhookFactory",
    "WorkspaceFactory",
]
