"""Request bodies that come in chunks, without a length.

OpenTelemetry's JavaScript exporters send `Transfer-Encoding: chunked`. WSGI servers decode that, but Django reads no more
than CONTENT_LENGTH bytes, so such a body would arrive empty: answered as a success, lost for ever.
"""

import tempfile
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

READ_THEMSELVES = ("/v1/traces", "/v1/logs", "/v1/claude_code")
"""At these addresses the body is read as it comes, bounded, and refused in the sender's own encoding."""

_IN_MEMORY = 1024 * 1024
_PIECE = 64 * 1024


class ChunkedBodies:
    """A WSGI application around another: spools a body without a length, bounded, and then states its length."""

    def __init__(self, application: "WSGIApplication", limit: int) -> None:
        """`limit` is the longest body taken, in bytes; a longer one is answered with 413."""
        self.application = application
        self.limit = limit

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass the request on, with its body spooled when it came in chunks."""
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if not is_chunked or environ.get("PATH_INFO", "").endswith(READ_THEMSELVES):
            return self.application(environ, start_response)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            try:
                length = _spool(environ["wsgi.input"], body, self.limit)
            except OSError:
                return _unfinished(start_response)
            if length > self.limit:
                return _too_large(start_response, self.limit)
            body.seek(0)
            environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(length)}
            del environ["HTTP_TRANSFER_ENCODING"]
            return self.application(environ, start_response)


def _spool(source: "InputStream", target: IO[bytes], limit: int) -> int:
    length = 0
    while length <= limit and (piece := source.read(_PIECE)):
        target.write(piece)
        length += len(piece)
    return length


def _unfinished(start_response: "StartResponse") -> Iterable[bytes]:
    """The sender is too slow, or gone; SDKs send it again after this status."""
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close"), ("Retry-After", "1")]
    start_response("408 Request Timeout", headers)
    return [b"The body did not arrive in time, or ended before its end. Send it again.\n"]


def _too_large(start_response: "StartResponse", limit: int) -> Iterable[bytes]:
    start_response("413 Content Too Large", [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")])
    return [f"The body is longer than {limit} bytes. Send smaller batches.\n".encode()]
