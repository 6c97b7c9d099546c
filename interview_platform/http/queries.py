"""What stands behind the question mark."""

from rest_framework.request import Request


def read_query(request: Request) -> dict[str, str]:
    """Return the parameters; one that is left blank, as a form of HTML sends it, is one that was left out."""
    return {name: value for name, value in request.query_params.dict().items() if value}
