"""A web page that counts its visits: the application of this course."""

import json
import logging
import os
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any

from flask import Flask, Response, g, render_template, request
from werkzeug.serving import WSGIRequestHandler

from visits import StoreError, open_store

DEFAULTS = {
    "NAME": "World",
    "DATA_DIR": str(Path(__file__).resolve().parent / "data"),
    "DATABASE": "visits.db",
    "REDIS_URL": "",
    "LOG_LEVEL": "INFO",
}


class JSONLines(logging.Formatter):
    """Write a log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, message, host and the record's own fields."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
            "host": socket.gethostname(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def create_app(config: dict[str, Any] | None = None) -> Flask:
    """Return the application, set up by the environment and by `config`."""
    app = Flask(__name__)
    app.config.update({k: os.environ.get(k, v) for k, v in DEFAULTS.items()})
    app.config.update(config or {})
    store = open_store(app.config)
    host = socket.gethostname()
    log_requests(app)

    def page(visits: int | None) -> str:
        return render_template(
            "index.html",
            name=app.config["NAME"],
            host=host,
            store=store.name,
            visits=visits,
        )

    @app.get("/")
    def index() -> str:
        """Greet, and count one visit."""
        # Flask answers HEAD here too, and nobody looks at that answer.
        counts = request.method == "GET"
        return page(store.add() if counts else store.count())

    @app.get("/api/visits")
    def api_visits() -> dict[str, Any]:
        """Tell the number of visits without counting one."""
        return {"visits": store.count(), "host": host, "store": store.name}

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """Report whether the application and its data store work."""
        store.count()
        return {"status": "ok"}

    @app.get("/livez")
    def livez() -> dict[str, str]:
        """Report that the application responds; ask no data store."""
        return {"status": "ok"}

    @app.errorhandler(StoreError)
    def store_failed(error: StoreError) -> tuple[str | dict[str, str], int]:
        """Say plainly what is wrong; the details are for the log."""
        g.error = f"{error}: {error.__cause__}"
        if request.path == "/":
            return page(visits=None), 503
        return {"status": "unavailable", "error": f"{error}."}, 503

    return app


def log_requests(app: Flask) -> None:
    """Log one line of JSON on standard output for each request."""
    # Standard output, because that is what `docker logs` collects.
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JSONLines())
    app.logger.handlers = [handler]
    app.logger.propagate = False
    app.logger.setLevel(app.config["LOG_LEVEL"].upper())

    @app.before_request
    def start_clock() -> None:
        g.started = perf_counter()

    @app.after_request
    def log(response: Response) -> Response:
        fields = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "milliseconds": round((perf_counter() - g.started) * 1000, 1),
        }
        if "error" in g:
            fields["error"] = g.error
        if response.status_code >= 500:
            level = logging.ERROR
        elif request.path in {"/healthz", "/livez"}:
            # Monitoring requests them again and again.
            level = logging.DEBUG
        else:
            level = logging.INFO
        app.logger.log(level, "request", extra={"fields": fields})
        return response


class QuietHandler(WSGIRequestHandler):
    """Log no requests: the application does, and once is enough."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve with the development server until SIGTERM."""
    app = create_app()

    def stop(signum: int, frame: FrameType | None) -> None:
        app.logger.info("stopped by SIGTERM")
        raise SystemExit(0)

    # In a container this process is number 1, and the kernel gives that
    # one no default action: without a handler SIGTERM does nothing, and
    # `docker stop` waits ten seconds before it kills.
    signal.signal(signal.SIGTERM, stop)

    port = int(os.environ.get("PORT", "80"))
    app.logger.info("development server on port %d", port)
    # Flask prints its own warning here: this server is for development.
    app.run("0.0.0.0", port, request_handler=QuietHandler)


if __name__ == "__main__":
    main()
