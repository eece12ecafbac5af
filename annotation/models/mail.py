"""What people want to be told of by mail, and what they were told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotation.models.account import User
from annotation.models.notice import HEARD, Notice


class MailWish(models.Model):
    """What a person wants mails about; without a row, about nothing.

    The daily digest comes at `digest_hour` o'clock in `time_zone` (an IANA name); `digest_on` is the day of the last one there.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="mail_wish")
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    has_digest = models.BooleanField(default=False)
    digest_hour = models.PositiveSmallIntegerField(default=9)
    time_zone = models.CharField(max_length=64, default="UTC")
    digest_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kinds__contained_by=[kind.value for kind in HEARD]), name="mail_wish_kinds_known"
            ),
            models.CheckConstraint(condition=models.Q(digest_hour__lte=23), name="mail_wish_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"mails of {self.user_id}"


class NoticeMail(models.Model):
    """One notice for one person, once; mailed from `due_at` on, together with what else waits for them by then."""

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    attempt_count = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "notice"], name="notice_mail_once_per_person")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(taken_at__isnull=True), name="notice_mail_due")]

    def __str__(self) -> str:
        return f"{self.notice_id} for {self.user_id}"
