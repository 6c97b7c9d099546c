"""What a client says that it accepts, where files are served beside JSON."""

from collections.abc import Container
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class FileAccept(DefaultContentNegotiation):
    """Takes whatever a player or a viewer says that it accepts where a file is asked for; an error of it is JSON."""

    def asks_for_file(self, request: Request) -> bool:
        """Tell whether it is a file that is asked for: here every GET, a POST is answered in JSON."""
        return request.method in {"GET", "HEAD"}

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer for a file, which shows errors; negotiate everything else."""
        if self.asks_for_file(request):
            first: BaseRenderer = renderers[0]
            return first, str(first.media_type)
        chosen: tuple[BaseRenderer, str] = super().select_renderer(
            request, renderers, format_suffix
        )
        return chosen


class KindAccept(FileAccept):
    """The same where `?format=` says whether it is a file."""

    kinds: Container[str] = ()

    def asks_for_file(self, request: Request) -> bool:
        """Tell whether the query names the kind of a file."""
        return request.query_params.get("format") in self.kinds
