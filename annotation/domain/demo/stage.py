"""Where a conversation is told: the clock, the guest, the language, and the turns so far. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from annotation.domain.demo.faults import Fault
from annotation.domain.demo.phrases import Pack
from annotation.domain.demo.story import Story
from annotation.domain.demo.tape import SECOND_NS, Agent, Message, Tape


@dataclass(slots=True)
class Stage:
    """A conversation being told, turn by turn; `fault` is what shall go wrong in it, if anything."""

    agent: Agent
    chance: Random
    clock_ns: int
    pack: Pack | None = None
    fault: Fault | None = None
    thread: str | None = None
    user: str | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    history: list[Message] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)

    def turn(self, question: str) -> Tape:
        """The next turn: the person asks, some time after the last answer."""
        tape = Tape(
            agent=self.agent, chance=self.chance, start_ns=self.clock_ns, history=self.history, thread=self.thread,
            user=self.user, tags=self.tags, metadata=self.metadata,
        )  # fmt: skip
        tape.ask(question)
        return tape

    def told(
        self, tape: Tape, *, fault: Fault | None = None, corrected: str = "", failing_span: bytes | None = None
    ) -> None:
        """Keep the finished turn; the person thinks for a while."""
        language = self.pack.language if self.pack else "en"
        story = Story(
            spans=tape.spans, service=self.agent.service, question=tape.question, fault=fault, corrected=corrected,
            failing_span=failing_span, thread=self.thread, user=self.user, language=language,
        )  # fmt: skip
        self.stories = [replace(earlier, is_last=False) for earlier in self.stories] + [story]
        self.clock_ns = tape.clock_ns + int(self.chance.uniform(8, 140) * SECOND_NS)
