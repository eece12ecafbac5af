"""The wire samples under `tests/payloads`, one folder for each dialect: both encodings give what is written beside them.

After a deliberate change of the mapping, write the expectations anew with TRACEAPP_WRITE_EXPECTED=1 and read the diff.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from annotation.domain.ingest import dialects
from annotation.models import Trace
from tests.fixtures.people import People

FOLDER = Path(settings.BASE_DIR) / "tests" / "payloads"
MEDIA_TYPES = {".pb": "application/x-protobuf", ".json": "application/json"}


def test_every_dialect_has_samples() -> None:
    assert {folder.name for folder in FOLDER.iterdir()} == {dialect.NAME for dialect in dialects.DIALECTS}


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", MEDIA_TYPES)
@pytest.mark.parametrize("dialect", [dialect.NAME for dialect in dialects.DIALECTS])
def test_samples_give_what_is_expected(people: People, dialect: str, encoding: str) -> None:
    body = (FOLDER / dialect / f"trace{encoding}").read_bytes()
    client = Client(headers={"x-api-key": people.token("ingest")})
    assert client.post("/v1/traces", body, content_type=MEDIA_TYPES[encoding]).status_code == 200
    got: dict[str, Any] = people.api("read").get(f"/api/v1/traces/{Trace.objects.get().uuid}").json()
    assert got.pop("queues") == []  # of this installation, not of what was sent
    expected = FOLDER / dialect / "expected.json"
    if os.environ.get("TRACEAPP_WRITE_EXPECTED"):
        expected.write_text(json.dumps(got, indent=1, ensure_ascii=False) + "\n")
    assert got == json.loads(expected.read_text())
