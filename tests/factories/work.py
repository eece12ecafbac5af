"""Long work, and the audit log."""

from factory import SubFactory

from annotation.models import AuditEvent, Job, JobPayload
from tests.factories.accounts import WorkspaceFactory
from tests.factories.base import Factory


class JobFactory(Factory[Job]):
    class Meta:
        model = Job

    workspace = SubFactory(WorkspaceFactory)
    kind = "test"
    title = "A job"


class JobPayloadFactory(Factory[JobPayload]):
    class Meta:
        model = JobPayload

    job = SubFactory(JobFactory)
    content = b"{}"


class AuditEventFactory(Factory[AuditEvent]):
    class Meta:
        model = AuditEvent

    actor = "editor@example.org"
    action = "dataset.created"
