"""Jobs whose work kills the worker, again and again."""

import pytest

from annotation.domain.work import jobs
from annotation.models import Job
from tests.factories import JobFactory

pytestmark = pytest.mark.django_db


class KilledError(BaseException):
    """Ends a drive as a kill does: nothing of the step is kept, nothing else is noted."""


def deadly(_job: Job) -> bool:
    raise KilledError


def steady(job: Job) -> bool:
    job.done_count += 1
    return job.done_count == 2


def drive(job: Job, step: jobs.Step) -> Job:
    jobs.drive(job_id=job.pk, kinds={job.kind: lambda _job: step})
    return Job.objects.get()


def test_work_that_kills_five_workers_in_a_row_is_given_up_on() -> None:
    job = JobFactory()
    for _ in range(5):
        with pytest.raises(KilledError):
            drive(job, deadly)
        assert Job.objects.get().status == "waiting"
    given_up = drive(job, deadly)
    assert (given_up.status, given_up.failure) == (
        "failed",
        "GivenUpError: its next step was begun 5 times and never finished",
    )


def test_a_step_that_is_finished_forgets_the_failures_before_it() -> None:
    job = JobFactory()
    for _ in range(5):
        with pytest.raises(KilledError):
            drive(job, deadly)
    Job.objects.update(fruitless_count=4)
    done = drive(job, steady)
    assert (done.status, done.done_count, done.fruitless_count) == ("done", 2, 0)
