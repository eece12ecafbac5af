"""What happened that somebody asked to be told of, and the programs outside that are told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now

from annotation.models.account import User, Workspace
from annotation.models.base import PublicModel, one_of
from annotation.models.queue import Queue


class NoticeKind(models.TextChoices):
    ASSIGNED = "item.assigned", "Items are given to somebody"
    DISAGREEMENT = "item.disagreement", "Reviews of an item differ"
    DONE = "queue.done", "A queue is done"
    TEST = "webhook.test", "A test"
    WEBHOOK_OFF = "webhook.off", "A webhook was turned off"


HEARD = [NoticeKind.ASSIGNED, NoticeKind.DISAGREEMENT, NoticeKind.DONE]
"""What one can ask to be told of."""


class Notice(PublicModel):
    """Something that happened, written in the transaction of its cause, if anybody listens; `uuid` names it to receivers.

    `person` is whom it concerns; `detail` holds ids, names and counts as `domain.notices.recording` writes them.
    """

    Kind = NoticeKind

    HEARD = HEARD

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    detail = models.JSONField(default=dict)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [one_of("kind", NoticeKind, "notice_kind_known")]
        indexes = [models.Index(fields=["happened_at"], name="notice_by_age")]

    def __str__(self) -> str:
        return self.kind


class Webhook(PublicModel):
    """An address outside that is told of what happens, signed with `secret`.

    `failing_since` is when its first failure after its last success was, `failure_count` how many there were since;
    until `rests_until` nothing is sent to it. `off_reason` says why it was turned off, if nobody did it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=2000)
    kinds = ArrayField(models.CharField(max_length=20))
    is_for_all_queues = models.BooleanField(default=True)
    queues = models.ManyToManyField(Queue, blank=True, related_name="+")
    secret = models.CharField(max_length=80)
    is_on = models.BooleanField(default=True)
    off_reason = models.TextField(blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failure_count = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="webhook_name_once"),
            models.CheckConstraint(
                condition=models.Q(kinds__len__gt=0) & models.Q(kinds__contained_by=[kind.value for kind in HEARD]),
                name="webhook_kinds_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"


class Delivery(PublicModel):
    """One notice for one webhook: sent at `due_at` and again until it was taken; what came of the last attempt is kept.

    `status` is that of HTTP (null: no answer came), `answer` the first part of the answer or what went wrong.
    """

    State = DeliveryState

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    attempt_count = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "notice"], name="delivery_once_per_webhook"),
            one_of("state", DeliveryState, "delivery_state_known"),
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="delivery_list"),
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} to {self.webhook_id}"


class Completion(models.Model):
    """That all items of a queue were settled, the newest of them `newest_item`; told once, and again after new items."""

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, primary_key=True, related_name="completion")
    newest_item = models.BigIntegerField()
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue_id} up to {self.newest_item}"
