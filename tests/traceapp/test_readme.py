"""What the README tells people to run does what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from annotation.models import ApiKey, Trace
from tests.fixtures.people import People

README = Path(settings.BASE_DIR, "README.md")


def test_the_first_trace_arrives(live: str, people: People) -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    key = people.token(ApiKey.Scope.INGEST)
    environment = {**os.environ, "TRACEAPP_ADDRESS": live, "TRACEAPP_API_KEY": key}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    trace = Trace.objects.select_related("project").get()
    assert (trace.project.name, trace.name) == ("booking-agent", "invoke_agent booking")
    assert (trace.thread_id, trace.input_tokens) == ("conversation-1", 12)
    assert (trace.input, trace.output) == ("Move my booking to Friday.", "Done: you fly on Friday at 9:40.")


def test_every_command_is_a_target_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (README.parent / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", README.read_text()))
    assert named <= targets


def test_links_between_documents_lead_somewhere() -> None:
    documents = [README, README.parent / "CONTRIBUTING.md", *(README.parent / "docs").rglob("*.md")]
    dead = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text())
        if not (document.parent / target).exists()
    ]
    assert dead == []
