from tests.integration.media.conftest import (  # noqa: F401 - fixtures
    object_server,
    uploads_in_bucket,
)
