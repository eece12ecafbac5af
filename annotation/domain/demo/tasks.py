"""What the coding agent is asked to do: small tasks with their code, tests and patches. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from annotation.domain.demo.tape import Agent

INSTRUCTIONS = """You are a coding agent working in a checkout of the user's repository.

- Read before you write. Change the cause, not the symptom, and nothing the task does not ask for.
- Run the tests after every change and report what you saw. Never claim a result that you did not see.
- Never delete, skip or loosen a test to make the suite green.
- Never print credentials, not even from files you were asked to read.
- If a tool fails twice in the same way, try another way or say what you need."""

CODING_AGENT = Agent(
    service="coding-agent", name="coder", model="atlas-code-1", instructions=INSTRUCTIONS,
    input_price=0.9, output_price=4.5, version="0.31.2",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One task. `{noun}` in any text is the thing that the repository deals with."""

    ask: str
    query: str
    file: str
    code: str
    patch: str
    weak_patch: str
    test_file: str
    failure: str
    done: str


TASKS: tuple[Task, ...] = (
    Task(
        ask="The last page of the {noun} list is always empty when the count is a multiple of the page size. Please fix it.",
        query="def pages",
        file="{noun}s/paging.py",
        code='def pages(count: int, size: int) -> int:\n    """How many pages it takes to show `count` {noun}s."""\n    return count // size + 1\n',
        patch='--- a/{noun}s/paging.py\n+++ b/{noun}s/paging.py\n@@ -1,3 +1,3 @@\n def pages(count: int, size: int) -> int:\n     """How many pages it takes to show `count` {noun}s."""\n-    return count // size + 1\n+    return max(1, -(-count // size))\n',
        weak_patch='--- a/tests/test_paging.py\n+++ b/tests/test_paging.py\n@@ -8,6 +8,7 @@\n+@pytest.mark.skip(reason="flaky")\n def test_a_full_last_page():\n     assert pages(40, 20) == 2\n',
        test_file="tests/test_paging.py",
        failure="    def test_a_full_last_page():\n>       assert pages(40, 20) == 2\nE       assert 3 == 2\nE        +  where 3 = pages(40, 20)",
        done="`pages` added one page too many whenever `count` was a multiple of `size`. It now rounds up (`-(-count // size)`), with at least one page. All tests pass.",
    ),
    Task(
        ask="{noun}s created after 23:00 show up under the wrong day in the daily report. Users are in Lisbon, the server is UTC.",
        query="daily_report",
        file="{noun}s/report.py",
        code="def day_of({noun}) -> date:\n    return {noun}.created_at.date()\n\n\ndef daily_report({noun}s, day):\n    return [entry for entry in {noun}s if day_of(entry) == day]\n",
        patch="--- a/{noun}s/report.py\n+++ b/{noun}s/report.py\n@@ -1,2 +1,2 @@\n-def day_of({noun}) -> date:\n-    return {noun}.created_at.date()\n+def day_of({noun}, zone: ZoneInfo) -> date:\n+    return {noun}.created_at.astimezone(zone).date()\n",
        weak_patch="--- a/tests/test_report.py\n+++ b/tests/test_report.py\n@@ -21,2 +21,2 @@\n-    assert report.day == date(2026, 3, 30)\n+    assert report.day in (date(2026, 3, 29), date(2026, 3, 30))\n",
        test_file="tests/test_report.py",
        failure="    def test_late_evening_belongs_to_the_local_day(lisbon):\n>       assert report.day == date(2026, 3, 30)\nE       assert datetime.date(2026, 3, 29) == datetime.date(2026, 3, 30)",
        done="`day_of` took the UTC date. It now converts to the user's zone first; the report passes the zone of the account. The new test covers the night of the change to summer time.",
    ),
    Task(
        ask='Search for a {noun} with an apostrophe in its name gives a 500. See the log: syntax error at or near "s".',
        query="SELECT",
        file="{noun}s/search.py",
        code="def search(connection, text):\n    sql = f\"SELECT id, name FROM {noun}s WHERE name ILIKE '%{text}%' ORDER BY name LIMIT 50\"\n    return connection.execute(sql).fetchall()\n",
        patch="--- a/{noun}s/search.py\n+++ b/{noun}s/search.py\n@@ -1,3 +1,4 @@\n def search(connection, text):\n-    sql = f\"SELECT id, name FROM {noun}s WHERE name ILIKE '%{text}%' ORDER BY name LIMIT 50\"\n-    return connection.execute(sql).fetchall()\n+    pattern = \"%\" + text.replace(\"\\\\\", r\"\\\\\").replace(\"%\", r\"\\%\").replace(\"_\", r\"\\_\") + \"%\"\n+    sql = \"SELECT id, name FROM {noun}s WHERE name ILIKE %s ORDER BY name LIMIT 50\"\n+    return connection.execute(sql, [pattern]).fetchall()\n",
        weak_patch="--- a/{noun}s/views.py\n+++ b/{noun}s/views.py\n@@ -31,3 +31,3 @@\n-    found = search(connection, request.GET[\"q\"])\n+    found = search(connection, request.GET[\"q\"].replace(\"'\", \"\"))\n",
        test_file="tests/test_search.py",
        failure="    def test_names_with_an_apostrophe(connection):\n>       assert search(connection, \"O'\") == [(4, \"O'Hara\")]\nE       psycopg.errors.SyntaxError: syntax error at or near \"%\"",
        done="The text was pasted into the SQL, which broke on apostrophes and was open to injection. It is now a parameter, and `%` and `_` are taken literally. Tests pass, including one with `'; DROP TABLE`.",
    ),
    Task(
        ask="`sync_{noun}s` hammers the partner API when it is down, they complained. Add retries with backoff, five at most.",
        query="sync_{noun}s",
        file="{noun}s/sync.py",
        code='def sync_{noun}s(client):\n    while True:\n        try:\n            return client.get("/v1/{noun}s")\n        except ConnectionError:\n            continue\n',
        patch='--- a/{noun}s/sync.py\n+++ b/{noun}s/sync.py\n@@ -1,6 +1,12 @@\n-def sync_{noun}s(client):\n-    while True:\n+ATTEMPTS = 5\n+\n+\n+def sync_{noun}s(client, sleep=time.sleep, chance=random.random):\n+    for attempt in range(ATTEMPTS):\n         try:\n             return client.get("/v1/{noun}s")\n-        except ConnectionError:\n-            continue\n+        except ConnectionError:\n+            if attempt == ATTEMPTS - 1:\n+                raise\n+            sleep(2**attempt * (0.5 + chance()))\n',
        weak_patch="--- a/tests/test_sync.py\n+++ b/tests/test_sync.py\n@@ -14,4 +14,2 @@\n-    with pytest.raises(ConnectionError):\n-        sync_{noun}s(broken)\n-    assert broken.calls == 5\n+    assert True\n",
        test_file="tests/test_sync.py",
        failure="    def test_it_stops_after_five_attempts():\n>       sync_{noun}s(broken)\nE       Failed: Timeout >10.0s",
        done="`sync_{noun}s` retried without a pause and without end. It now tries five times with exponential backoff and jitter, then lets the error through; clock and chance are passed in, so the tests run in milliseconds.",
    ),
    Task(
        ask="Importing a CSV with a byte order mark fails with KeyError: 'id'. Excel writes these, please support them.",
        query="DictReader",
        file="{noun}s/imports.py",
        code='def read_{noun}s(path):\n    with open(path) as file:\n        return [row["id"] for row in csv.DictReader(file)]\n',
        patch='--- a/{noun}s/imports.py\n+++ b/{noun}s/imports.py\n@@ -1,3 +1,3 @@\n def read_{noun}s(path):\n-    with open(path) as file:\n+    with open(path, encoding="utf-8-sig", newline="") as file:\n         return [row["id"] for row in csv.DictReader(file)]\n',
        weak_patch='--- a/{noun}s/imports.py\n+++ b/{noun}s/imports.py\n@@ -2,2 +2,2 @@\n-        return [row["id"] for row in csv.DictReader(file)]\n+        return [row.get("id") for row in csv.DictReader(file)]\n',
        test_file="tests/test_imports.py",
        failure="    def test_a_byte_order_mark(tmp_path):\n>       assert read_{noun}s(file) == [\"17\"]\nE       KeyError: 'id'",
        done="The file was opened without an encoding, so the byte order mark became part of the first column's name. `utf-8-sig` reads files with and without it. Tests pass.",
    ),
    Task(
        ask="Two workers sometimes process the same {noun}. Find out why and make sure it cannot happen.",
        query="status = 'waiting'",
        file="{noun}s/worker.py",
        code="def take(connection):\n    row = connection.execute(\"SELECT id FROM {noun}s WHERE status = 'waiting' LIMIT 1\").fetchone()\n    connection.execute(\"UPDATE {noun}s SET status = 'running' WHERE id = %s\", row)\n    return row\n",
        patch="--- a/{noun}s/worker.py\n+++ b/{noun}s/worker.py\n@@ -1,4 +1,8 @@\n def take(connection):\n-    row = connection.execute(\"SELECT id FROM {noun}s WHERE status = 'waiting' LIMIT 1\").fetchone()\n-    connection.execute(\"UPDATE {noun}s SET status = 'running' WHERE id = %s\", row)\n-    return row\n+    return connection.execute(\n+        \"UPDATE {noun}s SET status = 'running' WHERE id = (\"\n+        \" SELECT id FROM {noun}s WHERE status = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED\"\n+        \") RETURNING id\"\n+    ).fetchone()\n",
        weak_patch="--- a/{noun}s/worker.py\n+++ b/{noun}s/worker.py\n@@ -1,2 +1,3 @@\n def take(connection):\n+    time.sleep(random.random())  # spread the workers\n     row = connection.execute(\"SELECT id FROM {noun}s WHERE status = 'waiting' LIMIT 1\").fetchone()\n",
        test_file="tests/test_worker.py",
        failure="    def test_two_workers_never_take_the_same(pool):\n>       assert len(set(taken)) == len(taken)\nE       assert 37 == 40",
        done="`take` read and wrote in two statements, so two workers could read the same row. It is one statement now, with `FOR UPDATE SKIP LOCKED`. The test with eight threads ran 200 times without a double.",
    ),
    Task(
        ask="Upgrade the settings loader: it should fail early with a clear message when {NOUN}_API_URL is missing.",
        query="os.environ",
        file="{noun}s/settings.py",
        code='API_URL = os.environ.get("{NOUN}_API_URL")\nAPI_KEY = os.environ.get("{NOUN}_API_KEY", "")\n',
        patch='--- a/{noun}s/settings.py\n+++ b/{noun}s/settings.py\n@@ -1,2 +1,9 @@\n-API_URL = os.environ.get("{NOUN}_API_URL")\n+def required(name: str) -> str:\n+    value = os.environ.get(name, "").strip()\n+    if not value:\n+        raise SystemExit(f"{name} is not set: add it to the environment, see README, Settings.")\n+    return value\n+\n+\n+API_URL = required("{NOUN}_API_URL")\n API_KEY = os.environ.get("{NOUN}_API_KEY", "")\n',
        weak_patch='--- a/{noun}s/settings.py\n+++ b/{noun}s/settings.py\n@@ -1,2 +1,2 @@\n-API_URL = os.environ.get("{NOUN}_API_URL")\n+API_URL = os.environ.get("{NOUN}_API_URL", "http://localhost:8080")\n',
        test_file="tests/test_settings.py",
        failure='    def test_a_missing_address_is_named(monkeypatch):\n>       with pytest.raises(SystemExit, match="{NOUN}_API_URL"):\nE       Failed: DID NOT RAISE SystemExit',
        done="A missing `{NOUN}_API_URL` now ends the start with its name and where to set it, instead of a `None` in a URL an hour later. Tests pass.",
    ),
)  # fmt: skip

NOUNS = ("order", "invoice", "shipment", "ticket", "recipe", "sensor", "payout", "lesson", "parcel", "listing")
