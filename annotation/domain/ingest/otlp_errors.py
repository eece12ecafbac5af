"""What can be wrong with a whole export request, in words for its sender."""


class MalformedPayloadError(Exception):
    """The body is not an export request in the encoding that it claims; sending it again cannot help."""


class WrongSignalError(MalformedPayloadError):
    """The body holds logs or metrics, which have the same outer shape as traces but go to another address."""

    def __init__(self, signal: str) -> None:
        super().__init__(
            f"this body holds {signal}, not spans: only traces are accepted here. "
            f"Set OTEL_{signal.upper()}_EXPORTER=none, or send {signal} elsewhere"
        )
