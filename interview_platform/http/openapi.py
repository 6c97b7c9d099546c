"""The OpenAPI document: what views declare, in the envelope, with the errors that can occur."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.permissions import AllowAny

from interview_platform.http import openapi_parts as parts

JSON = "application/json"
BODILESS = ("204", "304")


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # registers itself
    """Names our authentication class in the document."""

    target_class = "accounts.http.BearerAuthentication"
    match_subclasses = True
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class EnvelopeSchema(AutoSchema):
    """
    Wraps what a view declares in the envelope.

    A view may say `prefers_wait = True` (it honors `Prefer: wait=N`) and `conditional = True` (its GET has an `ETag`).
    """

    def get_auth(self) -> list[dict[str, Any]]:
        """Return no security at all for public endpoints."""
        return [] if self._is_public() else super().get_auth()

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the operation; a public one says so, since no document-wide security applies."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None and self._is_public():
            operation["security"] = []
        return operation

    def _get_parameters(self) -> list[dict[str, Any]]:
        declared: list[dict[str, Any]] = super()._get_parameters()
        names = {parameter["name"] for parameter in declared}
        ours = [header for header in self._headers() if header["name"] not in names]
        for parameter in declared:
            if parameter["in"] == "query" and not parameter.get("required"):
                parameter["allowEmptyValue"] = True  # `read_query` takes it as left out
        return [*declared, *ours]

    def _headers(self) -> Iterator[dict[str, Any]]:
        if self.method == "POST":
            yield parts.REQUEST_ID_PARAMETER
        if self._is_idempotent():
            yield parts.IDEMPOTENCY_PARAMETER
        if getattr(self.view, "prefers_wait", False):
            yield parts.PREFER_PARAMETER
        if self._is_conditional():
            yield parts.IF_NONE_MATCH_PARAMETER

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        for status, response in responses.items():
            self._wrap(status, response)
        for status in self._possible_errors():
            responses.setdefault(status, self._error(status))
        if self._is_conditional():
            responses.setdefault("304", {"description": "The client has it already"})
        for status, response in responses.items():
            response.setdefault("headers", {}).update(self._response_headers(status))
        return dict(sorted(responses.items()))

    def _wrap(self, status: str, response: dict[str, Any]) -> None:
        """Put the envelope around the JSON of one declared response."""
        if status in BODILESS:
            return
        if not status.startswith("2"):
            response.update(self._error(status, response.get("description") or ""))
            return
        if "content" not in response:
            response["description"] = parts.DONE
            response["content"] = {JSON: {"schema": parts.NULL}}
        body = response["content"].get(JSON)
        if body is not None:
            body["schema"] = parts.success_envelope(body["schema"], meta=self._component("Meta"))
            parts.wrap_examples(body)

    def _possible_errors(self) -> Iterator[str]:
        yield from ("405", "406", "429", "500", "503")
        if not self._is_public():
            yield "401"
        if "{" in self.path:
            yield "404"
        if self._reads_body():
            yield from ("400", "411", "413", "415", "422")
        if any(parameter["in"] == "query" for parameter in self._get_parameters()):
            yield from ("400", "422")
        if self._is_idempotent():
            yield "409"

    def _reads_body(self) -> bool:
        return self._is_idempotent() or bool(super()._get_request_body())  # type: ignore[no-untyped-call]

    def _error(self, status: str, description: str = "") -> dict[str, Any]:
        schema = self._component("ErrorEnvelope")
        return {
            "description": description or parts.ERRORS.get(status, "Error"),
            "content": {JSON: {"schema": schema}},
        }

    def _response_headers(self, status: str) -> dict[str, Any]:
        headers = {"X-Request-ID": parts.REQUEST_ID_HEADER}
        headers.update(parts.HEADERS.get(status, {}))
        if self._is_conditional() and status in {"200", "304"}:
            headers["ETag"] = parts.ETAG_HEADER
        if self._is_rationed() and status.startswith(("2", "429")):
            headers.update(parts.RATE_LIMIT_HEADERS)
        if self._is_idempotent() and status.startswith("2"):
            headers["Idempotency-Replayed"] = parts.REPLAYED_HEADER
        return headers

    def _component(self, name: str) -> dict[str, Any]:
        """Return the reference to one of our own components, and of what it refers to."""
        for needed in ("Meta", "Pagination", "ErrorDetail", "ErrorEnvelope"):
            component = ResolvedComponent(  # type: ignore[no-untyped-call]
                name=needed,
                type=ResolvedComponent.SCHEMA,
                object=needed,
                schema=parts.COMPONENTS[needed],
            )
            self.registry.register_on_missing(component)
        return {"$ref": f"#/components/schemas/{name}"}

    def _is_public(self) -> bool:
        return any(isinstance(rule, AllowAny) for rule in self.view.get_permissions())

    def _is_idempotent(self) -> bool:
        return self.method == "POST" and getattr(self.view, "idempotent", False)

    def _is_rationed(self) -> bool:
        return self.method in {"POST", "PUT"} and bool(getattr(self.view, "rationed_by", ()))

    def _is_conditional(self) -> bool:
        return self.method == "GET" and getattr(self.view, "conditional", False)
