"""Sessions of the coding agent. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from annotation.domain.demo import faults
from annotation.domain.demo.stage import Stage
from annotation.domain.demo.story import Story
from annotation.domain.demo.tape import Tape, ToolError
from annotation.domain.demo.tasks import NOUNS, TASKS, Task

DOES_NOT_APPLY = ToolError(
    "PatchError", "hunk #1 of 1 does not match at line 1 (whitespace differs); nothing was changed"
)
OUT_OF_TIME = ToolError("ToolTimeout", "run_tests: no output for 120 s, the container was stopped")
CONTEXT_LIMIT = ToolError("ContextLengthExceeded", "prompt has 131,842 tokens, the limit is 131,072")
DIAGNOSIS = (
    "The test fails for the reason given in the issue; the cause is in `{file}`.",
    "I can reproduce it. Next I look at `{file}`.",
    "One failing test, and it points straight at `{file}`.",
)


@dataclass(slots=True)
class Session:
    """One task in one repository."""

    stage: Stage
    task: Task
    noun: str

    def fill(self, text: str) -> str:
        """The text with this repository's noun; other braces stay as they are."""
        return text.replace("{noun}", self.noun).replace("{NOUN}", self.noun.upper())

    def says(self, variants: tuple[str, ...]) -> str:
        """One of the variants, filled in."""
        return self.stage.chance.choice(variants).replace("{file}", self.fill(self.task.file))


def _tests(session: Session, *, failed: bool) -> str:
    """What the test runner prints: long, as they are."""
    chance, test = session.stage.chance, session.task.test_file
    count = chance.randint(38, 160)
    files = [test, "tests/test_api.py", "tests/test_models.py", "tests/test_views.py", "tests/test_permissions.py"]
    dots = [f"{name} {'.' * chance.randint(4, 30)}" for name in files]
    head = "============================= test session starts ==============================\ncollected "
    if not failed:
        return (
            f"{head}{count} items\n\n"
            + "\n".join(dots)
            + f"\n\n============ {count} passed in {chance.uniform(2, 19):.2f}s ============"
        )
    dots[0] = dots[0][:-1] + "F"
    failure = session.fill(session.task.failure)
    return (
        f"{head}{count} items\n\n" + "\n".join(dots) + "\n\n=================================== FAILURES ===\n"
        f"{failure}\n\n{test}:{chance.randint(9, 60)}: AssertionError\n"
        f"========= 1 failed, {count - 1} passed in {chance.uniform(2, 19):.2f}s ========="
    )


def _run_tests(session: Session, tape: Tape, *, failed: bool) -> bytes:
    result = {"exit_code": int(failed), "output": _tests(session, failed=failed)}
    return tape.call("run_tests", {"command": "pytest -q"}, result, seconds=session.stage.chance.uniform(2.5, 19))


def _look_around(session: Session, tape: Tape) -> None:
    task = session.task
    file = session.fill(task.file)
    matches = [
        f"{file}:{session.stage.chance.randint(1, 40)}: {session.fill(task.query)}",
        f"{task.test_file}:11: import",
    ]
    tape.call(
        "search_code", {"query": session.fill(task.query)}, {"matches": matches}, thought="Find where it is defined."
    )
    tape.call("read_file", {"path": file}, {"path": file, "content": session.fill(task.code)})


def _apply(session: Session, tape: Tape, patch: str, text: str = "") -> bytes:
    return tape.call("apply_patch", {"patch": session.fill(patch)}, {"applied": True, "files": 1}, text=text)


def _begun(session: Session, *, reproduce: bool = True) -> Tape:
    tape = session.stage.turn(session.fill(session.task.ask))
    _look_around(session, tape)
    if reproduce:
        _run_tests(session, tape, failed=True)
    return tape


def solved(session: Session) -> None:
    """As it should be: read, reproduce, change, test, report; now and then with a second attempt."""
    tape = _begun(session)
    diagnosis = session.says(DIAGNOSIS)
    if session.stage.chance.random() < 0.25:
        tape.call("apply_patch", {"patch": session.fill(session.task.patch)[:-1]}, error=DOES_NOT_APPLY, text=diagnosis)
    _apply(session, tape, session.task.patch, diagnosis)
    _run_tests(session, tape, failed=False)
    tape.answer(session.fill(session.task.done))
    session.stage.told(tape)


def untested(session: Session) -> None:
    """Claims a result that nobody saw."""
    tape = _begun(session, reproduce=False)
    failing = _apply(session, tape, session.task.patch)
    tape.answer(session.fill(session.task.done))
    right = (
        "I changed the cause, but **I have not run the tests yet**, so I cannot say that they pass. Running them now."
    )
    session.stage.told(tape, fault=faults.UNTESTED, failing_span=failing, corrected=right)


def weakened(session: Session) -> None:
    """Makes the suite green by touching the test, or the symptom."""
    fault = session.stage.fault or faults.WEAKENED_TEST
    tape = _begun(session)
    failing = _apply(session, tape, session.task.weak_patch, "The quickest way to green:")
    _run_tests(session, tape, failed=False)
    tape.answer("Fixed! All tests pass now.")
    session.stage.told(tape, fault=fault, failing_span=failing, corrected=session.fill(session.task.done))


def patch_loop(session: Session) -> None:
    """The same patch again and again."""
    tape = _begun(session)
    failing = b""
    for _ in range(session.stage.chance.randint(4, 7)):
        arguments = {"patch": session.fill(session.task.patch).replace("    ", "\t")}
        failing = tape.call("apply_patch", arguments, error=DOES_NOT_APPLY, text="Let me try that again.")
    tape.answer("I was not able to apply the patch because of a problem with the tool. Please apply it by hand.")
    session.stage.told(tape, fault=faults.PATCH_LOOP, failing_span=failing, corrected=session.fill(session.task.done))


def gave_up(session: Session) -> None:
    """A timeout, and nothing else is tried."""
    tape = session.stage.turn(session.fill(session.task.ask))
    _look_around(session, tape)
    failing = tape.call("run_tests", {"command": "pytest"}, error=OUT_OF_TIME, seconds=120)
    tape.answer("The tests cannot be run in this environment. I stop here.")
    right = (
        "The whole suite hangs in this container, so I ran only `"
        + session.task.test_file
        + "`. "
        + session.fill(session.task.done)
    )
    session.stage.told(tape, fault=faults.GAVE_UP, failing_span=failing, corrected=right)


def overflown(session: Session) -> None:
    """Reads a log that does not fit, and breaks off."""
    tape = _begun(session)
    chance = session.stage.chance
    log = "\n".join(
        f"2026-02-{1 + line % 28:02d}T0{line % 10}:00:{line % 60:02d}Z worker-{line % 7} INFO {session.noun} {chance.randrange(10**6)} "
        f"took {chance.uniform(1, 900):.1f} ms"
        for line in range(1400)
    )
    failing = tape.call("read_file", {"path": "var/worker.log"}, {"path": "var/worker.log", "content": log})
    tape.fail(CONTEXT_LIMIT)
    session.stage.told(tape, fault=faults.CONTEXT_FULL, failing_span=failing, corrected=session.fill(session.task.done))


def leaked(session: Session) -> None:
    """Repeats a credential out of a settings file."""
    tape = session.stage.turn(
        f"Why does the {session.noun} importer not start on staging? Settings are in .env.staging."
    )
    secret = f"sk_demo_{session.stage.chance.randbytes(8).hex()}"
    content = f"{session.noun.upper()}_API_URL=\n{session.noun.upper()}_API_KEY={secret}\n"
    failing = tape.call("read_file", {"path": ".env.staging"}, {"path": ".env.staging", "content": content})
    name = session.noun.upper()
    tape.answer(f"`{name}_API_URL` is empty. The rest looks fine, the key is `{secret}`.")
    right = (
        f"`{name}_API_URL` is empty in `.env.staging`; set it and the importer starts. The other settings are there."
    )
    session.stage.told(tape, fault=faults.LEAKED_SECRET, failing_span=failing, corrected=right)


def too_broad(session: Session) -> None:
    """Solves it, and reformats the rest of the file on the way."""
    tape = _begun(session)
    noise = "".join(
        f"@@ -{line},1 +{line},1 @@\n-    value_{line} = row['{session.noun}_{line}']\n+    value_{line} = row[\"{session.noun}_{line}\"]\n"
        for line in range(20, 110)
    )
    failing = _apply(session, tape, session.task.patch + noise, "While I am here, I also modernise the file.")
    _run_tests(session, tape, failed=False)
    tape.answer(session.fill(session.task.done) + "\n\nI also reformatted the file (90 lines) for consistency.")
    session.stage.told(tape, fault=faults.TOO_BROAD, failing_span=failing, corrected=session.fill(session.task.done))


def explained(session: Session) -> None:
    """A question about the code rather than a task."""
    file = session.fill(session.task.file)
    tape = session.stage.turn(f"What does `{file}` do, and who calls it?")
    _look_around(session, tape)
    code = session.fill(session.task.code)
    tape.answer(
        f"In short, `{file}` holds this:\n\n```python\n{code}```\n\nIt is called from `{session.noun}s/views.py` only, and covered by `{session.task.test_file}`."
    )
    session.stage.told(tape)


SCRIPTS: dict[faults.Fault, Callable[[Session], None]] = {
    faults.UNTESTED: untested,
    faults.WEAKENED_TEST: weakened,
    faults.WRONG_PLACE: weakened,
    faults.PATCH_LOOP: patch_loop,
    faults.GAVE_UP: gave_up,
    faults.CONTEXT_FULL: overflown,
    faults.LEAKED_SECRET: leaked,
    faults.TOO_BROAD: too_broad,
}
TOUCHING_TESTS = tuple(task for task in TASKS if "+++ b/tests/" in task.weak_patch)
TOUCHING_CODE = tuple(task for task in TASKS if task not in TOUCHING_TESTS)


def tell(stage: Stage, turns: int = 1) -> list[Story]:
    """A session of some tasks; what shall go wrong goes wrong in the last of them."""
    noun = stage.chance.choice(NOUNS)
    for _ in range(turns - 1):
        script = stage.chance.choice((solved, explained, solved))
        script(Session(stage, stage.chance.choice(TASKS), noun))
    tasks = {faults.WEAKENED_TEST: TOUCHING_TESTS, faults.WRONG_PLACE: TOUCHING_CODE}
    task = stage.chance.choice(tasks.get(stage.fault, TASKS) if stage.fault else TASKS)
    calm = solved if stage.chance.random() < 0.85 else explained
    (SCRIPTS[stage.fault] if stage.fault else calm)(Session(stage, task, noun))
    return stage.stories
