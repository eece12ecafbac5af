"""Who calls: the SDKs of this protocol name themselves."""

from django.http import HttpRequest

_NAMES = ("langsmith", "asynclangsmith")


def names_itself(request: HttpRequest) -> bool:
    """Whether the caller is one of the SDKs: `langsmith-py/0.15.1`, `AsyncLangsmith/Python 0.15.1`, `langsmith-js/0.12.0`.

    Not a program that only mentions it, behind a name of its own.
    """
    return request.headers.get("User-Agent", "").lower().startswith(_NAMES)
