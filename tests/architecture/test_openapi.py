"""The committed description of the REST interface is the one that the code gives."""

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

FILE = Path(settings.BASE_DIR, "docs", "api", "openapi.yaml")


def test_the_openapi_file_is_up_to_date() -> None:
    said = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=said)
    assert FILE.read_text() == said.getvalue(), "run: make schema (manage.py spectacular --file docs/api/openapi.yaml)"
