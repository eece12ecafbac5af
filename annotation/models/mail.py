"""What people want to be told of by mail, and what they were told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotation.models.account import User, Workspace
from annotation.models.base import PublicModel, one_of
from annotation.models.notice import HEARD, Notice
from annotation.models.queue import Queue


class MailWish(models.Model):
    """What a person wants mails about, of no queue that is muted; without a row, only warnings.

    The daily digest comes at `digest_hour` o'clock in `time_zone` (an IANA name); `digest_on` is the day of the last one there.
    `is_warned`: as an admin, of webhooks that turn themselves off.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="mail_wish")
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    has_digest = models.BooleanField(default=False)
    digest_hour = models.PositiveSmallIntegerField(default=9)
    time_zone = models.CharField(max_length=64, default="UTC")
    digest_on = models.DateField(null=True, blank=True)
    is_warned = models.BooleanField(default=True)
    muted_queues = models.ManyToManyField(Queue, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kinds__contained_by=[kind.value for kind in HEARD]), name="mail_wish_kinds_known"
            ),
            models.CheckConstraint(condition=models.Q(digest_hour__lte=23), name="mail_wish_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"mails of {self.user_id}"


class MailState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    DROPPED = "dropped", "Nothing to say any more"
    FAILED = "failed", "Given up"


class Mail(PublicModel):
    """One message for one person: about notices of one workspace, or (`day`) the digest of a day where they are.

    Sent at `due_at` and again until the mail server took it, each time under `uuid` as its Message-ID; what it says is put
    together when it leaves. `problem` is why the last attempt came to nothing.
    """

    State = MailState

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mails", db_index=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    day = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    attempt_count = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="mail_one_digest_a_day"),
            models.CheckConstraint(
                condition=models.Q(workspace__isnull=True, day__isnull=False)
                | models.Q(workspace__isnull=False, day__isnull=True),
                name="mail_of_a_workspace_or_a_day",
            ),
            one_of("state", MailState, "mail_state_known"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="mail_due"),
            models.Index(fields=["user", "-id"], condition=~models.Q(problem=""), name="mail_in_trouble"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} to {self.user_id}"


class NoticeMail(models.Model):
    """One notice for one person, once; put into a mail from `due_at` on, with what else waits for them by then."""

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, null=True, blank=True, related_name="notice_mails")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "notice"], name="notice_mail_once_per_person")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(mail__isnull=True), name="notice_mail_due")]

    def __str__(self) -> str:
        return f"{self.notice_id} for {self.user_id}"
