"""Judgements and failure modes."""

import uuid
from datetime import UTC, datetime

from factory import LazyAttribute, LazyFunction, Sequence, SubFactory

from annotation.models import FailureMode, Feedback, FeedbackConfig, FeedbackLink
from tests.factories.accounts import ProjectFactory, WorkspaceFactory
from tests.factories.base import Factory
from tests.factories.traces import TraceFactory


class FailureModeFactory(Factory[FailureMode]):
    class Meta:
        model = FailureMode

    project = SubFactory(ProjectFactory)
    name = Sequence(lambda number: f"Failure mode {number}")


class FeedbackFactory(Factory[Feedback]):
    """Feedback on `trace`, which is made when not given."""

    class Meta:
        model = Feedback
        exclude = ("trace",)

    trace = SubFactory(TraceFactory)
    workspace = LazyAttribute(lambda feedback: feedback.trace.workspace)
    project = LazyAttribute(lambda feedback: feedback.trace.project)
    target = Feedback.Target.TRACE
    trace_uuid = LazyAttribute(lambda feedback: feedback.trace.uuid)
    key = "thumbs"
    source = Feedback.Source.USER


class FeedbackConfigFactory(Factory[FeedbackConfig]):
    class Meta:
        model = FeedbackConfig

    workspace = SubFactory(WorkspaceFactory)
    key = Sequence(lambda number: f"key_{number}")
    kind = FeedbackConfig.Kind.NUMBER


class FeedbackLinkFactory(Factory[FeedbackLink]):
    class Meta:
        model = FeedbackLink

    workspace = SubFactory(WorkspaceFactory)
    run_uuid = LazyFunction(uuid.uuid4)
    key = "thumbs"
    client_id = LazyFunction(lambda: str(uuid.uuid4()))
    expires_at = datetime(2099, 1, 1, tzinfo=UTC)
