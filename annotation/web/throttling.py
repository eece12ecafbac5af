"""Pages for which nobody has to sign in may be asked for so many times a minute from one address."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotation.domain import throttle

_FORM_COST = 20
"""A form that takes a password or a secret, or sends a mail, is sent by people, not programs."""


def throttled(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 429 with Retry-After to an address that asks too often; forms that it sends count by themselves."""

    @wraps(page)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_form = request.method == "POST"
        if throttle.passes_without_key(
            request.META, what="form" if is_form else "any", cost=_FORM_COST if is_form else 1
        ):
            return page(request, *args, **kwargs)
        answer = render(request, "429.html", status=429)
        answer["Retry-After"] = str(math.ceil(throttle.wait()))
        return answer

    return counted
