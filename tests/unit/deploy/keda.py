"""
The few rules of KEDA's objects that ours must keep.

The schemas of the packages know Kubernetes only; this is our own reading of KEDA's documents (2.12 and later), of the fields that
we use and no others, so that a misspelt one is found.
"""

from typing import Any, Final

_TEXT: Final = {"type": "string", "minLength": 1}
_NUMBER: Final = {"type": "string", "pattern": r"^\d+$"}  # KEDA's metadata are texts


def _exactly(properties: dict[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


_METADATA: Final = _exactly(
    {"name": _TEXT, "namespace": _TEXT, "labels": {"type": "object"}},
    optional=("namespace", "labels"),
)
_REFERENCE: Final = _exactly({"name": _TEXT})
_POSTGRES: Final = _exactly(
    {
        "type": {"const": "postgresql"},
        "metadata": _exactly({"query": _TEXT, "targetQueryValue": _NUMBER}),
        "authenticationRef": _REFERENCE,
    }
)
_REDIS: Final = _exactly(
    {
        "type": {"const": "redis"},
        "metadata": _exactly(
            {
                "listName": _TEXT,
                "listLength": _NUMBER,
                "databaseIndex": _NUMBER,
                "enableTLS": {"enum": ["true", "false"]},
            }
        ),
        "authenticationRef": _REFERENCE,
    }
)
_SCALED: Final = _exactly(
    {
        "scaleTargetRef": _REFERENCE,
        "minReplicaCount": {"type": "integer", "minimum": 1},
        "maxReplicaCount": {"type": "integer", "minimum": 1},
        "pollingInterval": {"type": "integer", "minimum": 1},
        "cooldownPeriod": {"type": "integer", "minimum": 1},
        "advanced": {"type": "object"},
        "triggers": {"type": "array", "minItems": 1, "items": {"oneOf": [_POSTGRES, _REDIS]}},
    },
    optional=("advanced",),
)
_AUTHENTICATION: Final = _exactly(
    {
        "secretTargetRef": {
            "type": "array",
            "minItems": 1,
            "items": _exactly({"parameter": _TEXT, "name": _TEXT, "key": _TEXT}),
        }
    }
)
SCHEMAS: Final = {
    kind: _exactly(
        {
            "apiVersion": {"const": "keda.sh/v1alpha1"},
            "kind": {"const": kind},
            "metadata": _METADATA,
            "spec": spec,
        }
    )
    for kind, spec in {"ScaledObject": _SCALED, "TriggerAuthentication": _AUTHENTICATION}.items()
}
