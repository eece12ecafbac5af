"""Addresses of the score calls of other SDKs, which are not below a base of their own."""

from django.urls import URLPattern, URLResolver, path

from annotation.api.ingest import scores

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/public/scores", scores.langfuse_scores, name="langfuse-scores"),
    path("api/public/ingestion", scores.langfuse_batch, name="langfuse-batch"),
    path("api/public/projects", scores.langfuse_projects, name="langfuse-projects"),
    *(
        path(f"v1/{kind}_annotations", scores.phoenix_annotations, {"kind": kind}, name=f"phoenix-{kind}-annotations")
        for kind in ("span", "document", "trace", "session")
    ),
    path("v1/span_notes", scores.phoenix_note, name="phoenix-note"),
]
