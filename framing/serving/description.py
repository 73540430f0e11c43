"""What the server offers: its OpenAPI document, and a page that shows it without scripts."""

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from framing.serving.backend import PredictRequest, WebhookRequest
from framing.serving.scoring import ScoreRequest, ScoreResponse

if TYPE_CHECKING:
    from pydantic import BaseModel

_REF = "#/components/schemas/{model}"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre { overflow: auto; padding: 0.8rem; border: 1px solid #8886; border-radius: 4px; font-size: 14px; }
h2 { border-top: 1px solid #8886; padding-top: 1rem; font-size: 1.1rem; } code { font-size: 0.95em; }
table { border-collapse: collapse; } td { padding: 0.1rem 1rem 0.1rem 0; vertical-align: top; }
"""
_FAULT = {
    "type": "object",
    "required": ["error", "hint"],
    "properties": {"error": {"type": "string"}, "hint": {"type": "string"}},
}
_REFUSALS = {
    "400": "no JSON",
    "401": "no valid token",
    "408": "the body came too slowly",
    "413": "too much in one request",
    "415": "not declared as application/json",
    "422": "JSON that is not as expected",
    "503": "busy, or it took too long; try again",
}


def document(version: str) -> dict[str, Any]:
    """Describe the server as OpenAPI 3.1.

    Parameters
    ----------
    version : str
        Of the package.
    """
    models: list[tuple[type[BaseModel], Any]] = [
        (ScoreRequest, "validation"),
        (PredictRequest, "validation"),
        (WebhookRequest, "validation"),
        (ScoreResponse, "serialization"),
    ]
    schemas = models_json_schema(models, ref_template=_REF)[1]["$defs"]
    return {
        "openapi": "3.1.0",
        "info": {"title": "framing serve", "version": version},
        "security": [{"bearer": []}, {"basic": []}],
        "paths": _paths(),
        "components": {
            "schemas": schemas | {"Fault": _FAULT},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _paths() -> dict[str, Any]:
    return {
        "/v1/score": {
            "post": _operation("Score texts or articles.", "ScoreRequest", "ScoreResponse"),
        },
        "/health": {"get": _operation("Whether the server is up; needs no token.") | {"security": []}},
        "/setup": {"post": _operation("Label Studio connects; answers the model's version.", "any")},
        "/predict": {"post": _operation("Label Studio asks for suggestions.", "PredictRequest")},
        "/webhook": {"post": _operation("Label Studio tells of an event.", "WebhookRequest")},
        "/versions": {"get": _operation("Label Studio asks which models there are.")},
    }


def _operation(summary: str, request: str = "", response: str = "") -> dict[str, Any]:
    answer = {"$ref": _REF.format(model=response)} if response else {"type": "object"}
    described: dict[str, Any] = {
        "summary": summary,
        "responses": {"200": {"description": "done", "content": _json(answer)}},
    }
    if request:
        asked = {"type": "object"} if request == "any" else {"$ref": _REF.format(model=request)}
        described["requestBody"] = {"required": True, "content": _json(asked)}
        fault = _json({"$ref": _REF.format(model="Fault")})
        described["responses"] |= {
            code: {"description": told, "content": fault} for code, told in _REFUSALS.items()
        }
    return described


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def page(described: Mapping[str, Any], model: str, address: str) -> str:
    """Show the OpenAPI document to people; everything is in the page, nothing is fetched.

    Parameters
    ----------
    described : mapping
        See `document`.
    model : str
        ``name@hash`` of the model that is served now.
    address : str
        The server's.
    """
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>framing serve</title>"
        f'<meta name=viewport content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>framing serve {html.escape(described['info']['version'])}</h1>"
        f"<p>Model <code>{html.escape(model)}</code>. Machine-readable: "
        '<a href="openapi.json">openapi.json</a>.</p>'
        f"<pre>curl {html.escape(address)}v1/score -H 'Content-Type: application/json' \\\n"
        '  -H "Authorization: Bearer $TOKEN" -d \'{"texts": ["Storm closes the harbour road"]}\'</pre>'
    ]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            parts.append(_shown(f"{method.upper()} {path}", operation))
    parts += [_schema(name, schema) for name, schema in described["components"]["schemas"].items()]
    return "\n".join(parts) + "</html>"


def _shown(name: str, operation: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{code}<td>{html.escape(told['description'])}"
        for code, told in operation["responses"].items()
    )
    return (
        f"<h2><code>{html.escape(name)}</code></h2><p>{html.escape(operation['summary'])}</p>"
        f"<table>{rows}</table>"
    )


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{html.escape(field)}</code><td>{html.escape(_type(told))}"
        f"<td>{html.escape(told.get('description', ''))}"
        for field, told in schema.get("properties", {}).items()
    )
    told = html.escape(schema.get("description", ""))
    return f"<h2><code>{html.escape(name)}</code></h2><p>{told}</p><table>{rows}</table>"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))
