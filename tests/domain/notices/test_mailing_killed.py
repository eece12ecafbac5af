"""A worker that is killed while it sends loses no mail."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from annotation.domain.digests import composing as digest
from annotation.domain.notices import mailing, wishes
from annotation.domain.notices.wishes import Wish
from annotation.models import Mail
from tests.factories import ItemFactory, QueueFactory
from tests.fixtures.mailing import MailServer
from tests.fixtures.people import People
from tests.fixtures.processes import environment

PROGRAM = """
import django; django.setup()
from annotation.domain.digests import composing, writing
from annotation.domain.notices import mailing
from django.utils import timezone
writing.write_due(now=timezone.now())
mailing.send_due(digest=composing.letter)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_between_sending_and_noting_it_sends_again_under_the_same_id(
    people: People, mail_server: MailServer, broker: object
) -> None:
    ItemFactory(queue=QueueFactory(workspace=people.workspace, name="Refunds"))
    wishes.change(user=people.reviewer, wish=Wish(has_digest=True, digest_hour=0))
    mail_server.hangs = True
    sent_by = environment() | {"EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}"}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=settings.BASE_DIR, env=sent_by) as worker:
        until = time.monotonic() + 60
        while not mail_server.got and time.monotonic() < until and worker.poll() is None:
            time.sleep(0.02)
        worker.kill()
    assert len(mail_server.got) == 1
    mail_server.hangs = False

    _send()
    assert len(mail_server.got) == 1, "somebody may still be at it"
    with time_machine.travel(timezone.now() + mailing.LEASE + timedelta(seconds=1)):
        _send()
        _send()
    mail = Mail.objects.get()
    assert [got["Message-ID"] for got in mail_server.got] == [f"<{mail.uuid}@localhost>"] * 2
    assert mail_server.got[0]["Subject"] == "1 item to review"
    assert (mail.state, mail.attempt_count) == (Mail.State.SENT, 2)


def _send() -> None:
    cache.clear()  # the turn of whoever was killed ends by itself
    mailing.send_due(digest=digest.letter)
