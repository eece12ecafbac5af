"""Datasets, their versions and their rows."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.api.choices import ChoiceField
from annotation.domain.datasets.content import LONGEST_SPLIT, RowContent
from annotation.domain.datasets.provenance import Origin
from annotation.domain.datasets.schemas import RowSchema

ANY = serializers.JSONField


class RowSchemaSerializer(serializers.Serializer[Any]):
    """A JSON Schema for inputs and for outputs; null asks nothing."""

    inputs = ANY(required=False, allow_null=True, default=None)
    outputs = ANY(required=False, allow_null=True, default=None)


class DatasetSerializer(serializers.Serializer[Any]):
    """A Dataset; `version` is the number of its newest version, 0 while it is empty."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    description = serializers.CharField()
    schema = ANY(allow_null=True)
    version = serializers.IntegerField()
    example_count = serializers.IntegerField()
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class DatasetChangeSerializer(serializers.Serializer[Any]):
    """What of a dataset can be set."""

    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=5_000, required=False, allow_blank=True)
    schema = RowSchemaSerializer(required=False, allow_null=True)
    is_archived = serializers.BooleanField(required=False)

    def row_schema(self, otherwise: RowSchema) -> RowSchema:
        """The schema that was given; null takes it away."""
        if "schema" not in self.validated_data:
            return otherwise
        given = self.validated_data["schema"] or {}
        return RowSchema(given.get("inputs"), given.get("outputs"))


class DatasetVersionSerializer(serializers.Serializer[Any]):
    """A DatasetVersion."""

    number = serializers.IntegerField()
    message = serializers.CharField()
    added_count = serializers.IntegerField()
    changed_count = serializers.IntegerField()
    removed_count = serializers.IntegerField()
    example_count = serializers.IntegerField()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class ProvenanceSerializer(serializers.Serializer[Any]):
    """Where a row came from, as it was known when the row was made."""

    origin = ChoiceField([origin.value for origin in Origin])
    trace_id = serializers.UUIDField(allow_null=True)
    run_id = serializers.UUIDField(allow_null=True)
    review_id = serializers.UUIDField(allow_null=True)
    reviewer = serializers.CharField(allow_null=True)
    is_corrected = serializers.BooleanField()
    accepted_by = serializers.CharField(allow_null=True)
    queue = serializers.CharField(allow_null=True)
    item = serializers.IntegerField(allow_null=True)
    rule = serializers.CharField(allow_null=True)
    rule_id = serializers.UUIDField(allow_null=True)
    rule_revision = serializers.IntegerField(allow_null=True)
    probability = serializers.FloatField(allow_null=True)


class ExampleSerializer(serializers.Serializer[Any]):
    """An ExportedRow: the same object as on a line of the export."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    inputs = ANY()
    outputs = ANY(allow_null=True)
    metadata = ANY()
    split = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
    provenance = ProvenanceSerializer()


class ContentSerializer(serializers.Serializer[Any]):
    """What a row holds."""

    inputs = ANY()
    outputs = ANY(required=False, allow_null=True, default=None)
    metadata = serializers.DictField(required=False, default=dict)
    split = serializers.CharField(
        max_length=LONGEST_SPLIT, required=False, allow_blank=True, allow_null=True, default=""
    )


class NewExamplesSerializer(serializers.Serializer[Any]):
    """Rows to add, all as one version; or one trace, or run of it, to take as a row."""

    examples = ContentSerializer(many=True, required=False, default=list)
    trace_id = serializers.UUIDField(required=False)
    run_id = serializers.UUIDField(required=False)
    message = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")

    def to_internal_value(self, data: Any) -> Any:
        """Takes a list of rows, or one row, as it is."""
        if isinstance(data, list):
            data = {"examples": data}
        elif isinstance(data, dict) and "inputs" in data and "examples" not in data:
            data = {"examples": [data], "message": data.get("message", "")}
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both ways."""
        if bool(attrs["examples"]) == ("trace_id" in attrs):
            raise serializers.ValidationError("Give either examples, or the trace_id of a trace to take.")
        return attrs

    def contents(self) -> list[RowContent]:
        """The rows as the domain takes them."""
        return [content_of(given) for given in self.validated_data["examples"]]


class ExampleChangeSerializer(serializers.Serializer[Any]):
    """What of a row is to be changed; `seen_version` guards what somebody else changed after that version."""

    inputs = ANY(required=False)
    outputs = ANY(required=False, allow_null=True)
    metadata = serializers.DictField(required=False)
    split = serializers.CharField(max_length=LONGEST_SPLIT, required=False, allow_blank=True, allow_null=True)
    seen_version = serializers.IntegerField(required=False)
    message = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


def content_of(given: dict[str, Any]) -> RowContent:
    """A row that was sent."""
    return RowContent(given["inputs"], given["outputs"], given["metadata"], given["split"] or "")
