"""What can be wrong with a whole export request, in words for its sender."""


class MalformedPayloadError(Exception):
    """The body is not an export request in the encoding that it claims; sending it again cannot help."""


class WrongSignalError(MalformedPayloadError):
    """The body holds another signal than its address takes; all of them have the same outer shape."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(f"this body holds {found}, not {wanted}: {_ADVICE[found]}")


_ADVICE = {
    "spans": "send them to /v1/traces",
    "logs": "send them to /v1/logs",
    "metrics": "metrics are not kept here. Set OTEL_METRICS_EXPORTER=none, or send them elsewhere",
}


class TooManyError(Exception):
    """The request holds more spans or log records than one may."""

    def __init__(self, count: int, most: int, members: str) -> None:
        super().__init__(f"the request holds {count} {members}, more than {most}: send smaller batches")
