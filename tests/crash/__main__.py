"""Run the crash matrix: `python -m tests.crash [--seconds 8] [--long] [--seed 1] [scenario …]`."""

import argparse
import sys
import threading
import time
from itertools import count
from random import Random

from tests.crash.installation import Installation, installation
from tests.crash.scenarios import LONG_SECONDS, SCENARIOS, Blow

SENDERS = 6
_AFTERWARDS_SECONDS = 1.0
_LATE_SECONDS = 60.0
_HEAD = ("scenario", "seconds", "acknowledged", "found", "doubled", "wrong aggregates", "sent again", "unfit answers")


def main() -> int:
    """0 if every scenario ended well, else 1."""
    asked = _asked()
    unknown = set(asked.scenarios) - set(SCENARIOS)
    if unknown:
        sys.exit(f"There is no scenario {', '.join(unknown)}; there are: {', '.join(SCENARIOS)}")
    chosen = asked.scenarios or list(SCENARIOS)
    chance = Random(asked.seed)
    with installation(keep=asked.keep) as made:
        rows: list[tuple[str, ...]] = [_HEAD]
        are_right = True
        for number, name in enumerate(chosen):
            if name == "full disk" and not made.servers.has_own_disk:
                print("full disk: skipped, because this user may not mount a small disk", flush=True)
                continue
            seconds = LONG_SECONDS.get(name, asked.seconds) if asked.long else asked.seconds
            row, is_right = _run(made, number, name, seconds, chance)
            rows.append(row)
            are_right &= is_right
    print(_table(rows))
    return 0 if are_right else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=sys.modules["tests.crash"].__doc__)
    parser.add_argument("scenarios", nargs="*", help=f"default: all of {', '.join(SCENARIOS)}")
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each scenario lasts")
    parser.add_argument("--long", action="store_true", help="a minute without PostgreSQL, ten without Redis")
    parser.add_argument("--keep", action="store_true", help="keep the logs and the data")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    return parser.parse_args()


def _run(made: Installation, number: int, name: str, seconds: float, chance: Random) -> tuple[tuple[str, ...], bool]:
    from tests.crash.recount import recount  # noqa: PLC0415 -- Django's settings exist only now
    from tests.crash.reviewers import Reviewer  # noqa: PLC0415 -- likewise
    from tests.crash.senders import Ledger, Load, Sender  # noqa: PLC0415 -- likewise
    from tests.crash.world import world  # noqa: PLC0415 -- likewise

    here = world()
    load, ledger, over, numbers = Load(number, here.token), Ledger(), threading.Event(), count()
    people = [Reviewer(made.address, token, str(here.queue.uuid), ledger, over) for token in here.reviewers]
    clients: list[Sender | Reviewer] = [
        *(Sender(made.address, load, numbers, ledger, over) for _ in range(SENDERS)),
        *people,
    ]
    began = time.monotonic()
    for client in clients:
        client.start()
    SCENARIOS[name](Blow(made, seconds, chance))
    time.sleep(_AFTERWARDS_SECONDS)
    over.set()
    late = time.monotonic() + _LATE_SECONDS
    for client in clients:
        client.line.deadline = late
        client.join()
        client.line.hang_up()  # or a web server that ends waits for what else may come by it
    counted = recount(load, ledger, here.queue)
    unfit = ledger.unfit()
    wrong = sum(counted.problems.values())
    row = (
        name,
        f"{time.monotonic() - began:.0f}",
        counted.acknowledged,
        counted.found,
        counted.doubled,
        wrong,
        ledger.again(),
    )
    problems = {**counted.problems, **unfit}
    shown = tuple(map(str, (*row, sum(unfit.values()))))
    print(*shown, problems or "", sep="  ", flush=True)
    return shown, counted.is_right and not unfit


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        " | ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


if __name__ == "__main__":
    sys.exit(main())
