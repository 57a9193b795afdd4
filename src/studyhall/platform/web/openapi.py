"""The API description as a product: every operation has an example, its refusals, its access and a stable id."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

DESCRIPTION = """\
One API for planning, learning, practising and studying together.

* Answers come as `{"success": true, "message": …, "data": …}`; refusals as `{"success": false, …, "error_code": …}`.
* Send the access token as `Authorization: Bearer …`. Times are UTC; local dates and times are the person's own.
* `x-access` says what an operation demands: `public`, `optional` (shows more with a token), `user`, `premium` (a plan
  that includes it, else 403 `ENTITLEMENT_REQUIRED`; see `/billing/plans`), `ops token`, or a role's right.
* A POST may carry an `Idempotency-Key`: a retry then answers what the first request answered.
* Reads carry an `ETag`; send it back as `If-None-Match` and an unchanged answer costs nothing.
"""

_BY_FORMAT: dict[str, Any] = {
    "uuid": "01936f3e-7b1a-7c3d-9e2f-5a4b6c7d8e9f",
    "date-time": "2026-10-05T09:30:00Z",
    "date": "2026-10-05",
    "time-local": "09:30:00",
    "duration": "PT1H30M",
    "email": "ada@example.org",
    "uri": "https://studyhall.example.org/",
    "password": "Correct-Horse-7",
    "binary": "",
}
_BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}
_DEEPEST = 8


def describe(app: FastAPI, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the app, deterministic, with an example for every body."""
    document = get_openapi(
        title="Studyhall",
        version=version,
        summary="Plan, learn, practise and study together.",
        description=DESCRIPTION,
        routes=[route for route in app.routes if isinstance(route, APIRoute)],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "password": {
            "type": "oauth2",
            "flows": {
                "password": {"tokenUrl": "/api/v1/auth/token", "refreshUrl": "/api/v1/auth/refresh", "scopes": {}}
            },
        },
        "ops": {"type": "http", "scheme": "bearer", "description": "STUDYHALL_OPS_TOKEN"},
    }
    _name_local_times(document)
    schemas = components.get("schemas", {})
    for path in document["paths"].values():
        for operation in path.values():
            _add_examples(operation, schemas)
    return document


def _name_local_times(part: Any) -> None:
    """Times of day have no zone here, and the format `time` (RFC 3339) demands one."""
    if isinstance(part, dict):
        if part.get("format") == "time":
            part["format"] = "time-local"
        for inner in part.values():
            _name_local_times(inner)
    elif isinstance(part, list):
        for inner in part:
            _name_local_times(inner)


def _add_examples(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    bodies = [operation.get("requestBody", {})]
    bodies += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for body in bodies:
        for media in body.get("content", {}).values():
            if "example" not in media and "examples" not in media and "schema" in media:
                media["example"] = example_of(media["schema"], schemas)


def example_of(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """A small value that the schema accepts: its own example, its default, or one made from its type."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, depth)
    for several in ("examples", "enum"):
        if schema.get(several):
            return schema[several][0]
    for single in ("const", "default"):
        if schema.get(single) not in (None, ""):
            return schema[single]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return example_of(schema[union][0], schemas, depth)
    return _by_type(schema, schemas, depth)


def _by_type(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {}) if depth < _DEEPEST else {}
        return {name: example_of(one, schemas, depth + 1) for name, one in properties.items()}
    if kind == "array":
        few = max(1, schema.get("minItems", 1)) if depth < _DEEPEST else 0
        return [example_of(schema.get("items", {}), schemas, depth + 1) for _ in range(few)]
    if kind in ("integer", "number"):
        return schema.get("minimum", _BY_TYPE[kind])
    if kind == "string" and "format" in schema:
        return _BY_FORMAT.get(schema["format"], "text")
    if kind == "string":
        return ("text" * (schema.get("minLength", 0) // 4 + 1))[: schema.get("maxLength", 1000)]
    return _BY_TYPE.get(str(kind))
