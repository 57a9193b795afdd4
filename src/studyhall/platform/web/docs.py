"""The API's pages: Swagger UI and ReDoc, script and style from our own server."""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

ASSETS = "/docs/assets"

# Swagger UI and ReDoc write style elements and draw inline images; scripts stay our own, without inline ones.
_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Studyhall API</title>
<link rel="icon" href="{assets}/favicon.png">
{style}
</head>
<body>
<div id="docs"></div>
<script src="{assets}/{library}"></script>
<script src="/docs/{start}.js"></script>
</body>
</html>
"""

_SWAGGER = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, persistAuthorization: true, displayRequestDuration: true,
  docExpansion: "none", filter: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
});
"""
_REDOC = """Redoc.init("/openapi.json", {hideDownloadButtons: false}, document.getElementById("docs"));
"""


def assets_folder() -> Path:
    """Where the pages' script and style lie: in the package that carries them, never on another server."""
    return Path(str(files("fastapi_offline"))) / "static"


def install(app: FastAPI) -> None:
    """Serve `/docs`, `/redoc` and what they load."""
    style = f'<link rel="stylesheet" href="{ASSETS}/swagger-ui.css">'
    swagger = _PAGE.format(assets=ASSETS, style=style, library="swagger-ui-bundle.js", start="swagger")
    redoc = _PAGE.format(assets=ASSETS, style="", library="redoc.standalone.js", start="redoc")
    app.mount(ASSETS, StaticFiles(directory=assets_folder()), name="docs-assets")
    app.router.routes += [
        _page("/docs", swagger),
        _page("/redoc", redoc),
        _script("/docs/swagger.js", _SWAGGER),
        _script("/docs/redoc.js", _REDOC),
    ]


def _page(path: str, html: str) -> Route:
    async def serve(_: Request) -> Response:
        return HTMLResponse(html, headers={"Content-Security-Policy": _CSP})

    return Route(path, serve, include_in_schema=False)


def _script(path: str, text: str) -> Route:
    async def serve(_: Request) -> Response:
        return Response(text, media_type="text/javascript")

    return Route(path, serve, include_in_schema=False)
