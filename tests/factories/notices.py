"""What happened, and who is told."""

from datetime import UTC, datetime

from factory import Sequence, SubFactory

from annotation.models import Completion, Delivery, Mail, MailWish, Notice, NoticeMail, Webhook
from tests.factories.accounts import UserFactory, WorkspaceFactory
from tests.factories.base import Factory
from tests.factories.queues import QueueFactory

NOW = datetime(2026, 3, 2, tzinfo=UTC)


class NoticeFactory(Factory[Notice]):
    class Meta:
        model = Notice

    workspace = SubFactory(WorkspaceFactory)
    kind = Notice.Kind.DONE
    happened_at = NOW


class WebhookFactory(Factory[Webhook]):
    class Meta:
        model = Webhook

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda number: f"Webhook {number}")
    url = "https://hooks.example.com/"
    kinds = [Notice.Kind.DONE]


class DeliveryFactory(Factory[Delivery]):
    class Meta:
        model = Delivery

    webhook = SubFactory(WebhookFactory)
    notice = SubFactory(NoticeFactory)
    due_at = NOW


class CompletionFactory(Factory[Completion]):
    class Meta:
        model = Completion

    queue = SubFactory(QueueFactory)
    newest_item = 1
    noted_at = NOW


class MailWishFactory(Factory[MailWish]):
    class Meta:
        model = MailWish

    user = SubFactory(UserFactory)


class MailFactory(Factory[Mail]):
    """The digest of a day."""

    class Meta:
        model = Mail

    user = SubFactory(UserFactory)
    day = NOW.date()
    due_at = NOW


class NoticeMailFactory(Factory[NoticeMail]):
    class Meta:
        model = NoticeMail

    notice = SubFactory(NoticeFactory)
    user = SubFactory(UserFactory)
    due_at = NOW
