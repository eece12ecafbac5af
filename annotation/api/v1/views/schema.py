"""The interface's description of itself."""

from functools import cache

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from annotation.api import schema  # noqa: F401 -- registers how callers are known


class SchemaView(SpectacularAPIView):
    """OpenAPI 3 of everything below `/api/v1/`; open to everybody, as the source is."""

    authentication_classes = ()
    permission_classes = ()

    def _get_schema_response(self, request: Request) -> HttpResponse:
        media_type = request.accepted_renderer.media_type
        name = self._get_filename(request, None)  # type: ignore[no-untyped-call] # of the library
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return HttpResponse(_described(media_type), content_type=f"{media_type}; charset=utf-8", headers=headers)


@cache  # it takes a second of work, says the same to everybody, and changes with the program alone
def _described(media_type: str | None) -> str | bytes:
    renderer = next(kind for kind in SchemaView.renderer_classes if kind.media_type == media_type)
    described = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call] # of the library
    return renderer().render(described, renderer_context={})
