"""A package index with HTTPS, and the certificate authority behind it.

A container serves the folder that `write` fills:

    docker run -v "$PWD/company":/srv:ro python:3.13-slim python /srv/serve.py

It prints `ready` when it listens at port 443.
"""

import os
import pathlib

import trustme

from dockerlab import wheels

PACKAGE = "greeting"
READY = "ready"
SERVER = f"""\
import functools
import http.server
import ssl

tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain("/srv/server.pem")
files = functools.partial(
    http.server.SimpleHTTPRequestHandler, directory="/srv/index"
)
server = http.server.ThreadingHTTPServer(("", 443), files)
server.socket = tls.wrap_socket(server.socket, server_side=True)
print("{READY}", flush=True)
server.serve_forever()
"""


def write(
    folder: str | os.PathLike, authority: trustme.CA, host: str, text: str
) -> None:
    """Write what a server needs, and the authority's certificate `ca.pem`.

    Args:
        folder: is created.
        authority: issues the server's certificate.
        host: the name that the certificate is for.
        text: of the variable `TEXT` in the only package, `greeting`.
    """
    target = pathlib.Path(folder)
    packages = target / "index" / PACKAGE
    packages.mkdir(parents=True, exist_ok=True)
    wheels.make(packages, PACKAGE, "1.0", f"TEXT = {text!r}\n")
    issued = authority.issue_cert(host)
    issued.private_key_and_cert_chain_pem.write_to_path(target / "server.pem")
    authority.cert_pem.write_to_path(target / "ca.pem")
    (target / "serve.py").write_text(SERVER, "utf-8")


def mark(certificate: str) -> str:
    """A line that no other certificate has: the end of the signature.

    Args:
        certificate: in the format PEM, which is lines of base64.
    """
    body = certificate.strip().splitlines()[1:-1]
    return body[-2]
