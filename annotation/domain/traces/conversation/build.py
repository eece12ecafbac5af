"""From the steps of a trace to a conversation: everything said once, tools beside what asked for them; pure.

A model call carries the whole history along. Messages are counted by what they say, and shown when a call has more of
one than was shown before; so the system prompt and the history stand once, and an answer given twice stands twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from annotation.domain.masking import Mask
from annotation.domain.traces.conversation import pieces
from annotation.domain.traces.conversation.above import Above, above
from annotation.domain.traces.conversation.clip import clip, json_clip
from annotation.domain.traces.conversation.messages import (
    Message,
    Part,
    answers,
    fingerprint,
    messages_of,
    parts_of,
    speaks,
)
from annotation.domain.traces.conversation.turns import Conversation, SpokenRun, ToolUse, Turn, TurnKind
from annotation.domain.traces.tree import Step

_TOLD = (TurnKind.SYSTEM, TurnKind.USER)
"""What a model call is told from outside."""
LONGEST_SAID = 4_000
"""Characters of an answer by which it is known again: more than are shown of any text."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is known of a trace beside the steps at hand, when only some of them are read at a time.

    `said` are the messages that stood above, `used` the tools that have run since; `asked` and `answered` are the trace's own
    input and output.
    """

    said: Sequence[Message] = ()
    used: Sequence[str] = ()
    asked: str | None = None
    answered: str | None = None
    is_first: bool = True
    is_last: bool = True


def build(steps: Sequence[Step[SpokenRun]], frame: Frame | None = None, mask: Mask | None = None) -> Conversation:
    """The conversation that the steps amount to, in reading order; what is shown of it is masked, and nothing else read for it."""
    frame = frame or Frame()
    builder = _Builder(
        shown=Counter(fingerprint(message) for message in frame.said),
        mask=mask,
        above=above(frame.said, frame.used),
    )
    builder.read(steps)
    told, entered = _told_first(builder.turns, builder.entered)
    turns, shift = _with_question(told, steps, frame, mask)
    whole = _with_answer(turns, steps, frame, mask)
    reached = {run: min(at + shift, len(whole) - 1) for run, at in entered.items() if whole}
    return Conversation(tuple(whole), reached | _anchors(turns))


@dataclass(slots=True)
class _Builder:
    shown: Counter[int]
    above: Above
    mask: Mask | None = None
    turns: list[Turn] = field(default_factory=list)
    entered: dict[UUID, int] = field(default_factory=dict)
    by_call: dict[str, int] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)
    responses: set[str] = field(default_factory=set)
    failures: list[tuple[int, str]] = field(default_factory=list)

    def read(self, steps: Sequence[Step[SpokenRun]]) -> None:
        """Every step on the way down, and its error on the way up again."""
        silent = _outer_speakers(steps)
        open_steps: list[Step[SpokenRun]] = []
        for step in steps:
            while open_steps and open_steps[-1].last < step.number:
                self._leave(open_steps.pop())
            self._enter(step, is_heard=step.run.uuid not in silent)
            open_steps.append(step)
        while open_steps:
            self._leave(open_steps.pop())

    def _enter(self, step: Step[SpokenRun], *, is_heard: bool) -> None:
        run = step.run
        self.entered[run.uuid] = len(self.turns)
        if run.type == "tool":
            self._use(run)
        elif run.documents:
            self.turns.append(pieces.retrieved(run, self.mask))
        elif is_heard and speaks(run) and run.response_id not in self.responses:
            self._speak(run)

    def _speak(self, run: SpokenRun) -> None:
        if run.response_id:
            self.responses.add(run.response_id)
        messages, first, here = messages_of(run), len(self.turns), Counter[int]()
        own = len(messages) - 1 if answers(run, messages) else len(messages)
        carried = 0
        for index, message in enumerate(messages):
            said = fingerprint(message)
            here[said] += 1
            is_new = index >= own or here[said] > self.shown[said]
            carried += not is_new
            if is_new:
                self.shown[said] = max(self.shown[said] + (index >= own), here[said])
                self._tell(run, message, index)
        if carried and len(self.turns) > first:
            self.turns[first] = replace(self.turns[first], carried=carried)
        self._mark_earlier(first)

    def _mark_earlier(self, first: int) -> None:
        """What a call was told of answers and tools that no run of this trace gave: all up to the last of those."""
        told = list(range(first, len(self.turns)))
        own = [at for at in told if self.turns[at].kind is TurnKind.USER]
        last = own[-1] if own else first
        answers = [at for at in told if at < last and self.turns[at].kind in (TurnKind.ASSISTANT, TurnKind.TOOL)]
        for at in told:
            if answers and at <= answers[-1] and self.turns[at].kind is not TurnKind.SYSTEM:
                self.turns[at] = replace(self.turns[at], is_earlier=True, latency_ms=None)
                if at in self.waiting:
                    self.waiting.remove(at)  # it was answered long ago: no run of this trace is its run

    def _tell(self, run: SpokenRun, message: Message, index: int) -> None:
        told = pieces.said(run, message, index, self.mask)
        if told:
            self.turns.append(told)
        for identity, call in pieces.calls(run, message, index, self.mask):
            if identity:
                self.by_call[identity] = len(self.turns)
            self.waiting.append(len(self.turns))
            self.turns.append(call)
        for number, part in parts_of(message, "tool_result"):
            self._answer(run, part, f"messages.{index}.{number}")

    def _answer(self, run: SpokenRun, part: Part, place: str) -> None:
        """What a model was told that a tool said: beside its call, unless the tool itself has told already."""
        call = str(part.get("id") or "")
        at = self.by_call.get(call)
        if at is None and call in self.above.answered:
            return
        if at is None:
            alone = pieces.called(run, {"name": part.get("name") or self.above.waits.get(call)}, "", self.mask)
            told = replace(_tool(alone), **pieces.answered(run, part, place, self.mask))
            self.turns.append(replace(alone, tool=told))
            return
        turn = self.turns[at]
        if turn.tool and not turn.tool.has_result and turn.failure is None and turn.run == turn.asked_by:
            self.turns[at] = replace(turn, tool=replace(turn.tool, **pieces.answered(run, part, place, self.mask)))

    def _use(self, run: SpokenRun) -> None:
        """A tool run, at the call that it answers."""
        mine = pieces.used(run, self.mask)
        if mine.failure:
            self.failures.append((self._number(run), run.error_message or ""))
        at = self._call_of(mine)
        if at is None:
            self.above.use(pieces.tool_name(run))
            self.turns.append(mine)
            return
        self.waiting.remove(at)
        asked = self.turns[at]
        self.turns[at] = replace(mine, asked_by=asked.asked_by, carried=asked.carried)
        self.entered[run.uuid] = at

    def _call_of(self, turn: Turn) -> int | None:
        """The earliest open call of the same tool, with the same arguments if there is one."""
        named = [at for at in self.waiting if _tool(self.turns[at]).name == _tool(turn).name]
        same = [at for at in named if _tool(self.turns[at]).summary == _tool(turn).summary]
        return next(iter(same or named), None)

    def _number(self, run: SpokenRun) -> int:
        return self.entered[run.uuid]

    def _leave(self, step: Step[SpokenRun]) -> None:
        """The error of a run, where none below it has said the same."""
        run = step.run
        if run.status != "error" or run.type == "tool" or run.documents:
            return
        message = run.error_message or ""
        below = [words for at, words in self.failures if at >= self.entered[run.uuid]]
        if below and (not message or any(words in message or message in words for words in below)):
            return
        self.failures.append((len(self.turns), message))
        self.turns.append(pieces.failed(run, self.mask))


def _told_first(turns: list[Turn], entered: Mapping[UUID, int]) -> tuple[list[Turn], dict[UUID, int]]:
    """What the first model call was told, in front of steps that ran before it: the question stands above its search.

    Not in front of an answer that the call was given too, such as a greeting, but for the system prompt.
    """
    first = next((at for at, turn in enumerate(turns) if turn.kind in _TOLD), len(turns))
    speaker, greeted = (turns[first].run, _greeted(turns[: first + 1])) if first < len(turns) else (None, 0)

    def place_of(at: int) -> int:
        turn = turns[at]
        is_told = turn.run == speaker and turn.kind in _TOLD
        if greeted and is_told and turn.kind is TurnKind.SYSTEM:
            return 0
        return (1 if at < greeted else 2) if is_told or turn.is_earlier or at < greeted else 3

    order = sorted(range(len(turns)), key=place_of)
    place = {at: index for index, at in enumerate(order)} | {len(turns): len(turns)}
    return [turns[at] for at in order], {run: place[at] for run, at in entered.items()}


def _greeted(turns: Sequence[Turn]) -> int:
    """How many turns there are up to the last answer that the call of the last turn was given again."""
    answers = [at for at, turn in enumerate(turns) if turn.kind is TurnKind.ASSISTANT and not turn.is_earlier]
    return answers[-1] + 1 if answers and turns[-1].carried else 0


def _anchors(turns: Sequence[Turn]) -> dict[UUID, int]:
    """For every run that the turns are of the first that it said or asked for, or else was told."""
    backwards = list(enumerate(turns))[::-1]
    done = [(at, turn) for at, turn in backwards if turn.kind not in _TOLD and not turn.is_earlier]
    asked = {turn.asked_by: at for at, turn in done if turn.asked_by}
    return {turn.run: at for at, turn in backwards} | asked | {turn.run: at for at, turn in done}


def _tool(turn: Turn) -> ToolUse:
    assert turn.tool is not None  # noqa: S101 -- only ever asked of tool turns
    return turn.tool


def _outer_speakers(steps: Sequence[Step[SpokenRun]]) -> set[UUID]:
    """Runs that repeat what runs below them say: agents around model calls, wrappers around the call itself."""
    outer: set[UUID] = set()
    open_steps: list[Step[SpokenRun]] = []
    for step in steps:
        while open_steps and open_steps[-1].last < step.number:
            open_steps.pop()
        if speaks(step.run):
            outer.update(above.run.uuid for above in open_steps)
        open_steps.append(step)
    return outer


def _with_question(
    turns: list[Turn], steps: Sequence[Step[SpokenRun]], frame: Frame, mask: Mask | None
) -> tuple[list[Turn], int]:
    """The trace's own input in front, where no run has told what the user said."""
    told = any(turn.kind is TurnKind.USER for turn in turns)
    if not (frame.is_first and frame.asked and steps) or told:
        return turns, 0
    first = steps[0].run
    text = clip(frame.asked, "trace:input", mask=mask)
    return [pieces.turn(TurnKind.USER, first, speaker="user", text=text), *turns], 1


def _with_answer(turns: list[Turn], steps: Sequence[Step[SpokenRun]], frame: Frame, mask: Mask | None) -> list[Turn]:
    """The final answer set off: the last words equal to the trace's output, or else that output itself."""
    if not (frame.is_last and frame.answered and steps):
        return turns
    at = _last_saying(turns, mask.cut(frame.answered, LONGEST_SAID) if mask else frame.answered)
    if at is not None:
        return [*turns[:at], replace(turns[at], is_final=True), *turns[at + 1 :]]
    text = json_clip(frame.answered, "trace:output", mask=mask)
    return [*turns, pieces.turn(TurnKind.ASSISTANT, steps[0].run, speaker="assistant", text=text, is_final=True)]


def _last_saying(turns: Iterable[Turn], words: str) -> int | None:
    wanted = " ".join(words.split())
    found = None
    for at, turn in enumerate(turns):
        said = " ".join(turn.text.text.split())
        if (
            turn.kind is TurnKind.ASSISTANT
            and said
            and (wanted == said or (turn.text.is_cut and wanted.startswith(said)))
        ):
            found = at
    return found
