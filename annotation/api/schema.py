"""What the OpenAPI description says beyond the views themselves: how callers are known, and how errors look."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from annotation.api import auth

ERRORS = {
    "400": "What was sent cannot be used",
    "401": "No API key, or one that opens nothing",
    "403": "The key or role does not allow it",
    "404": "Not there, or not to be seen",
    "409": "Not in the present state of things",
    "429": "Too many requests; see Retry-After",
    "503": "The database is away, and nothing was stored; see Retry-After",
}

ERROR_SCHEMA = {
    "type": "object",
    "description": "Every error has this shape.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs."},
                "message": {"type": "string", "description": "What happened, for people."},
                "fields": {"type": "object", "additionalProperties": True, "description": "What is wrong, by field."},
                "hint": {"type": "string", "description": "What to do about it."},
                "position": {"type": "integer", "description": "Of a filter: its first wrong character, from zero."},
            },
        }
    },
}


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself when defined
    """A program's key."""

    target_class = "annotation.api.auth.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, _auto_schema: object) -> dict[str, Any]:
        """The scheme as OpenAPI writes it."""
        words = "Or the same key as `Authorization: Bearer`."
        return {"type": "apiKey", "in": "header", "name": auth.KEY_HEADER, "description": words}


class MemberScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    """The session of the pages."""

    target_class = "annotation.api.auth.MemberAuthentication"
    name = "session"

    def get_security_definition(self, _auto_schema: object) -> dict[str, Any]:
        """The scheme as OpenAPI writes it."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def add_errors(result: dict[str, Any], **_kwargs: object) -> dict[str, Any]:
    """Give every operation the one error shape; a hook of drf-spectacular."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR_SCHEMA
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            for status, words in ERRORS.items():
                operation["responses"].setdefault(status, {"description": words, "content": content})
    return result
