"""Middleware of the whole project."""

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLog(RequestMiddleware):
    """One log line a request, with an id that also goes to the tasks it starts.

    The line names the address's pattern instead of the address: paths hold one-time links, queries hold search text.
    """

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Such as "POST /v1/traces" or "GET /w/<slug:workspace>/traces/"; before routing just the method."""
        match = request.resolver_match
        return f"{request.method} /{match.route}" if match else str(request.method)
