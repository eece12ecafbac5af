"""The optional schema of a dataset's rows: JSON Schema (2020-12) for inputs and for outputs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema
from jsonschema.exceptions import SchemaError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from annotation.domain.datasets.content import RowContent
from annotation.domain.datasets.problems import InvalidRowError, InvalidSchemaError

PARTS = ("inputs", "outputs")
# An empty registry without a retriever: a `$ref` to another host is an error, never a request.
_NOTHING_FETCHED: Registry[Any] = Registry()


@dataclass(frozen=True, slots=True)
class RowSchema:
    """A JSON Schema for each part of a row; None asks nothing of it. Rows without outputs are held for inputs only."""

    inputs: Mapping[str, Any] | bool | None = None
    outputs: Mapping[str, Any] | bool | None = None

    def document(self) -> dict[str, Any] | None:
        """The JSON that a dataset keeps."""
        parts = {part: getattr(self, part) for part in PARTS if getattr(self, part) is not None}
        return parts or None

    def problems(self, content: RowContent) -> dict[str, str]:
        """What of a row does not fit, by part."""
        found = {"inputs": _problem(self.inputs, content.inputs)}
        if content.outputs is not None:
            found["outputs"] = _problem(self.outputs, content.outputs)
        return {part: problem for part, problem in found.items() if problem}

    def hold(self, content: RowContent) -> None:
        """Raise InvalidRowError unless the row fits."""
        if problems := self.problems(content):
            raise InvalidRowError(problems)


def read(document: Mapping[str, Any] | None) -> RowSchema:
    """The schema kept on a dataset."""
    return RowSchema(**{part: document.get(part) for part in PARTS}) if document else RowSchema()


def checked(schema: RowSchema) -> RowSchema:
    """The schema, if it is one. Raises InvalidSchemaError."""
    for part in PARTS:
        if (asked := getattr(schema, part)) is not None:
            _check(part, asked)
    return schema


def _check(part: str, asked: Any) -> None:
    if not isinstance(asked, Mapping | bool):
        raise InvalidSchemaError(part, "it has to be an object, or true or false.")
    try:
        jsonschema.Draft202012Validator.check_schema(asked)
    except SchemaError as problem:
        raise InvalidSchemaError(part, problem.message) from problem


Asked = Mapping[str, Any] | bool | None


def _problem(asked: Asked, value: Any) -> str:
    if asked is None:
        return ""
    validator = jsonschema.Draft202012Validator(asked, registry=_NOTHING_FETCHED)
    try:
        error = best_match(validator.iter_errors(value))
    except Unresolvable as problem:
        return f"The dataset's schema refers to {problem.ref}, which is not part of it."
    except RecursionError:
        return "The dataset's schema refers to itself without end."
    return f"{error.json_path.removeprefix('$.')}: {error.message}" if error else ""
