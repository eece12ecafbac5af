"""The interface's description of itself."""

from drf_spectacular.views import SpectacularAPIView

from annotation.api import schema  # noqa: F401 -- registers how callers are known


class SchemaView(SpectacularAPIView):
    """OpenAPI 3 of everything below `/api/v1/`; open to everybody, as the source is."""

    authentication_classes = ()
    permission_classes = ()
