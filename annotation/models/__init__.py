"""The schema: fields, named constraints, indexes and QuerySets; no behaviour."""

from annotation.models.account import ApiKey, Invitation, Membership, Project, SetupLink, User, Workspace
from annotation.models.attachment import Attachment
from annotation.models.audit import AuditEvent
from annotation.models.dataset import Dataset, DatasetVersion, Example
from annotation.models.deletion import DeletedTrace
from annotation.models.feedback import FailureMode, Feedback, FeedbackConfig, FeedbackLink
from annotation.models.job import Job, JobPayload
from annotation.models.log import LogRecord
from annotation.models.mail import Mail, MailWish, NoticeMail
from annotation.models.masking import MaskedValue
from annotation.models.notice import Completion, Delivery, Notice, Webhook
from annotation.models.price import ModelPrice
from annotation.models.probe import Probe
from annotation.models.queue import Assignment, Item, Queue, Reservation, RubricVersion, Skip
from annotation.models.review import Draft, Review, ReviewRevision
from annotation.models.rule import Decision, Rule, RuleRevision
from annotation.models.taxonomy import CarriedUse, TaxonomyChange
from annotation.models.trace import Run, RunShare, RunStatus, Trace, TraceTally, Verdict
from annotation.models.view import SavedView

__all__ = [
    "ApiKey",
    "Assignment",
    "Attachment",
    "AuditEvent",
    "CarriedUse",
    "Completion",
    "Dataset",
    "DatasetVersion",
    "Decision",
    "DeletedTrace",
    "Delivery",
    "Draft",
    "Example",
    "FailureMode",
    "Feedback",
    "FeedbackConfig",
    "FeedbackLink",
    "Invitation",
    "Item",
    "Job",
    "JobPayload",
    "LogRecord",
    "Mail",
    "MailWish",
    "MaskedValue",
    "Membership",
    "ModelPrice",
    "Notice",
    "NoticeMail",
    "Probe",
    "Project",
    "Queue",
    "Reservation",
    "Review",
    "ReviewRevision",
    "RubricVersion",
    "Rule",
    "RuleRevision",
    "Run",
    "RunShare",
    "RunStatus",
    "SavedView",
    "SetupLink",
    "Skip",
    "TaxonomyChange",
    "Trace",
    "TraceTally",
    "User",
    "Verdict",
    "Webhook",
    "Workspace",
]
