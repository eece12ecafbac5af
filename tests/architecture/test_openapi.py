"""The committed description of the REST interface is the one that the code gives; `make check` validates it."""

from pathlib import Path

import yaml
from django.conf import settings
from django.test import Client

FILE = Path(settings.BASE_DIR, "docs", "api", "openapi.yaml")


def test_the_interface_serves_it_in_the_form_asked_for_each_time(client: Client) -> None:
    described = yaml.load(FILE.read_text(), yaml.CSafeLoader)
    for _ in range(2):
        plain, machine = client.get("/api/v1/schema"), client.get("/api/v1/schema?format=json")
        assert plain["content-type"] == "application/vnd.oai.openapi; charset=utf-8"
        assert plain["content-disposition"] == 'inline; filename="traceapp.yaml"'
        assert plain.content.decode() == FILE.read_text()
        assert machine["content-type"] == "application/vnd.oai.openapi+json; charset=utf-8"
        assert machine.json() == described
