"""Query parameters of a request."""

from rest_framework.request import Request


def read_query(request: Request) -> dict[str, str]:
    """Return the parameters without the blank ones, which an HTML form sends for what was left out."""
    return {name: value for name, value in request.query_params.dict().items() if value}
