"""Load a page of a server on this machine, and wait until the server answers.

from dockerlab.pages import fetch

print(fetch("http://127.0.0.1:8080"))

`serve` is the other side: a small server in this process.
"""

import http.client
import http.server
import threading
import time
import urllib.error

from dockerlab.base import web
from dockerlab.base.errors import LabError

SILENT = 5.0  # seconds of waiting without a message
PAUSE = 0.1  # seconds between two attempts
ONE_ATTEMPT = 10.0  # seconds that one attempt may take
BUSY = (502, 503, 504)  # statuses of a server that is not ready yet


def fetch(url: str, seconds: float = 60) -> str:
    """The text of a page on this machine.

    A server that has just been started does not answer at once. `fetch` tries
    again, for `seconds` at most, and prints a line if that takes a while. It
    never uses a proxy.

    Raises:
        LabError: no answer in time, or an answer with an error status.
    """
    begun, told = time.monotonic(), False
    while True:
        try:
            with web.open_local(url, timeout=ONE_ATTEMPT) as answer:
                return answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            problem = f"the server answers with status {error.code}"
            final = error.code not in BUSY
            error.close()
        except (OSError, http.client.HTTPException) as error:
            problem = str(getattr(error, "reason", error))
            problem, final = problem or type(error).__name__, False
        waited = time.monotonic() - begun
        if final or waited > seconds:
            raise _no_page(url, problem, 0 if final else seconds)
        if waited > SILENT and not told:
            told = True
            print(f"Waiting for {url} ...", flush=True)
        time.sleep(PAUSE)


def _no_page(url: str, problem: str, seconds: float) -> LabError:
    after = f" after {seconds:.0f} seconds" if seconds else ""
    return LabError(
        f"There is no page at {url}{after}: {problem}.",
        fix="Is the container running, and is its port published? Look at"
        " `docker ps --all` and `docker logs NAME`.",
    )


class Server(http.server.ThreadingHTTPServer):
    """Serves one text at all addresses of this machine, until `close`.

    It runs in a thread of this process, and ends with the process.
    """

    daemon_threads = True

    def __init__(self, text: str, port: int) -> None:
        self.page = text.encode()
        super().__init__(("", port), _OnePage)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop, and let others have the port."""
        self.shutdown()
        self.server_close()


class _OnePage(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.page)

    def log_message(self, *_: object) -> None:
        """Print nothing into the cell that runs meanwhile."""


def serve(text: str, port: int) -> Server:
    """Serve a text on this machine, also for containers.

    Raises:
        OSError: the port is taken.
    """
    return Server(text, port)
