"""What the SDKs ask first: which server this is, and what it can do. Answers everybody, even with a wrong key."""

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.langsmith.base import View

VERSION = "0.18.0"
"""Of the protocol, not of this product: from here on the SDKs use the resources of version 2 without a warning."""

BATCH = {
    "use_multipart_endpoint": True,
    "size_limit": 100,
    "size_limit_bytes": 20 * 1024 * 1024,
    "scale_up_qsize_trigger": 1000,
    "scale_up_nthreads_limit": 16,
    "scale_down_nempty_trigger": 4,
}
FLAGS = {
    "zstd_compression_enabled": True,
    "dataset_examples_multipart_enabled": True,
    "examples_multipart_enabled": False,
    "ch_query_enabled": True,
    "sdb_query_enabled": False,
}


class InfoView(View):
    """GET /info."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()  # the same few bytes for everybody, and every start of an SDK asks

    def get(self, _request: Request) -> Response:
        """The version and the switches that the SDKs read."""
        return Response(
            {
                "version": VERSION,
                "license_expiration_time": None,
                "batch_ingest_config": BATCH,
                "instance_flags": FLAGS,
            }
        )
