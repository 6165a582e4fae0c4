"""Two servers on loopback: a site owner's pages, and a stand-in for Sayso on another site.

`http://localhost:…` and `http://127.0.0.1:…` are different sites to a browser, as a shop and its
Sayso server are.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from flask import Flask, Response, request
from werkzeug.serving import make_server

from widget.web.embed import embed

_FRAME = (Path(__file__).parent / "frame.html").read_text(encoding="utf-8")


@dataclass
class Servers:
    """Where both listen, and the pages that the site has."""

    sayso: str = ""
    site: str = ""
    asked: list[str] = field(default_factory=list)
    pages: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)

    def page(self, body: str, headers: Mapping[str, str] | None = None) -> str:
        """Publish a page on the site, SAYSO in it being our address; returns its URL."""
        path = f"/page{len(self.pages)}"
        filled = {
            name: value.replace("SAYSO", self.sayso) for name, value in (headers or {}).items()
        }
        self.pages[path] = ("<!doctype html>" + body.replace("SAYSO", self.sayso), filled)
        return self.site + path


def site_app(servers: Servers) -> Flask:
    app = Flask("site")

    @app.get("/<path:path>")
    def page(path: str) -> Response:
        body, headers = servers.pages.get("/" + path, ("", {}))
        return Response(body, headers=dict(headers))

    return app


def _sayso(servers: Servers) -> Flask:
    app = Flask("sayso")
    app.register_blueprint(embed)

    @app.get("/w/<public_id>")
    def frame(public_id: str) -> Response:
        servers.asked.append(request.url)
        response = Response(_FRAME.replace("THEME", request.args.get("theme", "light dark")))
        response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if public_id == "forbidden":
            response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response

    @app.get("/favicon.ico")
    def icon() -> Response:
        return Response(status=204)

    return app


@contextmanager
def listening(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving() -> Iterator[Servers]:
    """Both servers, listening."""
    servers = Servers()
    with listening(site_app(servers)) as site, listening(_sayso(servers)) as sayso:
        servers.site, servers.sayso = f"http://localhost:{site}", f"http://127.0.0.1:{sayso}"
        yield servers
