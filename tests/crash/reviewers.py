"""People at their screens: they claim, type and submit through the REST interface, and do it again until it is taken."""

import json
import threading
import time
from typing import Any

from tests.crash.senders import Ledger, Line, Parcel

NOTHING_LEFT = 409
_PAUSE_SECONDS = 0.1
CORRECTED_EACH = 2


class Reviewer(threading.Thread):
    """Works through a queue, item by item; what of it is acknowledged goes into the ledger by the item's number."""

    def __init__(self, address: str, token: str, queue: str, ledger: Ledger, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.line = Line(address, ledger)
        self._headers = {"x-api-key": token, "content-type": "application/json"}
        self._queue, self._over = queue, over

    def run(self) -> None:
        """Begin nothing new once it is over."""
        claim = Parcel(
            (), f"/api/v1/queues/{self._queue}/claim", b"{}", self._headers, expected=frozenset({NOTHING_LEFT})
        )
        while not self._over.is_set():
            answer = self.line.bring(claim)
            if answer is not None:
                self._review(json.loads(answer)["item"])
            else:
                time.sleep(_PAUSE_SECONDS)

    def _review(self, item: dict[str, Any]) -> None:
        number, address = item["number"], f"/api/v1/items/{item['id']}"
        given = {"answers": {"thumbs": "down"}, "labels": [f"Failure {number % 3}"], "note": f"Looked at {number}"}
        things = [f"review:{number}"]
        self._put(f"{address}/draft", {"note": f"Looking at {number}"})
        if number % CORRECTED_EACH == 0:
            given["correction"] = f"Better {number}"
            things.append(f"row:{number}")
        self._put(f"{address}/review", given, *things)

    def _put(self, address: str, given: dict[str, Any], *things: str) -> None:
        self.line.bring(Parcel(things, address, json.dumps(given).encode(), self._headers, method="PUT"))
