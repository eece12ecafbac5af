"""What the import contracts of pyproject.toml, which `make check` looks at, cannot show."""

import re
from pathlib import Path

from celery import current_app
from django.conf import settings

from annotation.jobs import JobName

PRODUCT = Path(settings.BASE_DIR, "annotation")


def test_nobody_reaches_a_model_by_its_name_around_the_contracts() -> None:
    hidden = re.compile(r"get_model\(|import_module\(|import_string\(|__import__\(")
    found = [
        str(file.relative_to(PRODUCT))
        for file in PRODUCT.rglob("*.py")
        if "migrations" not in file.parts and hidden.search(file.read_text())
    ]
    assert found == []


def test_every_job_name_has_a_task_and_every_task_a_name() -> None:
    current_app.loader.import_default_modules()
    tasks = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert tasks == {name.value for name in JobName}


def test_what_rings_by_the_clock_is_a_job() -> None:
    rung = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert rung <= {name.value for name in JobName}
