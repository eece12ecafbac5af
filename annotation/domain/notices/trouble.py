"""Mails that do not arrive: what is the matter, in words for people, and where an admin sees it."""

from __future__ import annotations

import smtplib
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.jobs import JobName, enqueue
from annotation.models import Mail, Membership, User, Workspace

_OF_ONE_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
"""The server answers, and takes this mail not."""

_MOST_TEXT = 500


def is_of_server(problem: Exception) -> bool:
    """Whether other mails would fare no better: the server is away, or does not let us in."""
    return isinstance(problem, OSError) and not isinstance(problem, _OF_ONE_MAIL)  # smtplib's are OSErrors


def said(problem: Exception) -> str:
    """What the mail server said, or why there was no answer."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return _answered(*next(iter(problem.recipients.values())))
    if isinstance(problem, smtplib.SMTPResponseException):
        return _answered(problem.smtp_code, problem.smtp_error)
    if isinstance(problem, TimeoutError):
        return "The mail server did not answer in time."
    if isinstance(problem, OSError):
        return f"The mail server cannot be reached: {problem.strerror or problem}"[:_MOST_TEXT]
    return f"It could not be written ({type(problem).__name__}); the worker's log says more."


def of_workspace(workspace: Workspace) -> QuerySet[Mail]:
    """Mails about the workspace, and digests of its members, whose last attempt came to nothing; the newest first."""
    members = Membership.objects.filter(workspace=workspace).values("user")
    about = Q(workspace=workspace) | Q(workspace=None, user__in=members)
    return _in_trouble().filter(about).select_related("user").order_by("-id")


def of_person(user: User) -> Mail | None:
    """The last mail to the person that was tried, if it did not arrive; one with nothing to say was none."""
    arrived = Mail.objects.filter(user=user, state=Mail.State.SENT, attempted_at__gt=OuterRef("attempted_at"))
    return _in_trouble().filter(~Exists(arrived), user=user).order_by("-attempted_at").first()


def last_sent(workspace: Workspace) -> datetime | None:
    """When a mail about the workspace was last sent."""
    sent = Mail.objects.filter(workspace=workspace, state=Mail.State.SENT).order_by("-id")
    return sent.values_list("attempted_at", flat=True).first()


def is_set_up() -> bool:
    """Whether mails leave the installation; otherwise they appear in the worker's log."""
    return not settings.EMAIL_BACKEND.endswith(".console.EmailBackend")


def try_again(*, workspace: Workspace, now: datetime) -> int:
    """Send at once what is in trouble, with as many attempts as at first; how many mails."""
    some = Mail.objects.filter(pk__in=of_workspace(workspace).values("pk"))
    count = some.update(state=Mail.State.WAITING, due_at=now, attempt_count=0)
    enqueue(JobName.MAIL_NOTICES)
    return count


def _in_trouble() -> QuerySet[Mail]:
    return Mail.objects.exclude(problem="")


def _answered(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"The mail server answered {code} {' '.join(words.split())}".replace("\0", "")[:_MOST_TEXT]
