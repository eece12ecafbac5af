"""A key gets another meaning: verdicts follow."""

import pytest

from annotation.domain.feedback import configs, rederiving
from annotation.domain.feedback.configs import Meaning
from annotation.domain.work import jobs
from annotation.models import FeedbackConfig, Job, Trace
from tests.factories.feedback import FeedbackFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def verdicts() -> list[str | None]:
    return list(Trace.objects.order_by("id").values_list("verdict", flat=True))


def work_off() -> None:
    for job in Job.objects.filter(status=Job.Status.WAITING):
        jobs.drive(job_id=job.pk, kinds={rederiving.KIND: rederiving.prepare})


def test_every_change_of_a_meaning_reaches_the_traces(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rederiving, "BATCH", 2)
    for score in (1.0, 2.0, 3.0, 4.0, 5.0):
        FeedbackFactory.create(trace__project=people.project, key="stars", score=score)
    config = configs.create(
        workspace=people.workspace,
        key="stars",
        kind="number",
        meaning=Meaning(good_from=3, bad_below=3),
        by=people.admin,
    )
    work_off()
    assert verdicts() == ["bad", "bad", "good", "good", "good"]
    config.refresh_from_db()
    configs.change(config=config, meaning=Meaning(good_from=5, bad_below=5), by=people.admin)
    work_off()
    assert verdicts() == ["bad", "bad", "bad", "bad", "good"]
    configs.delete(config=FeedbackConfig.objects.get(), by=people.admin)
    work_off()
    assert verdicts() == [None] * 5
    assert [job.done_count for job in Job.objects.all()] == [5, 5, 5]


def test_a_key_under_which_nothing_was_said_makes_no_job(people: People) -> None:
    configs.create(
        workspace=people.workspace, key="stars", kind="number", meaning=Meaning(good_from=3), by=people.admin
    )
    assert Job.objects.count() == 0
