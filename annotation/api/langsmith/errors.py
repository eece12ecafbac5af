"""Refusals of this protocol, each with the status that makes the SDKs do the right thing."""

from rest_framework.exceptions import APIException


class Refusal(APIException):
    """A refusal with its status: `raise Refusal(409, "There is a project with this name.")`.

    The SDKs try 408, 425, 429 and 5xx again, after `retry_after` seconds, and nothing else.
    """

    def __init__(self, status: int, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status_code = status
        self.wait = retry_after


class Invalid(Refusal):
    """422: what was sent can never be taken."""

    def __init__(self, detail: str) -> None:
        super().__init__(422, detail)
