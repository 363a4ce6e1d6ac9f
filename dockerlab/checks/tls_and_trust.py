"""Exercises of `tls_and_trust`: a build and a registry with TLS."""

import io
import pathlib
import socket
import ssl
import tarfile
import time
import uuid
from collections.abc import Iterator, Mapping

import trustme

from dockerlab import archives, https_index, registries, symptoms
from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.checks import contexts, pushed, waiting
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.failed_builds import NOT_COUNTED
from dockerlab.checks.results import Built
from dockerlab.registries import Registry

# -- company CA ----------------------------------------------------------

BASE = "python:3.13-slim"
HOST = "packages.example"
SECRET = "company-ca"  # the name of the build's secret
STARTS = 60  # seconds that a server of the check may take to start
UNTRUSTED = (
    "pip does not know the authority that issued the server's certificate."
    " Which option of pip, or which variable, names a file with it?"
)
NO_FILE = (
    "The file with the authority's certificate is not there. A secret is"
    f" at /run/secrets/{SECRET}, and only in a `RUN` that mounts it."
)

ELSEWHERE = f". Only the index https://{HOST}/ has this package."


@exercise("tls_and_trust/company-ca", wants="dockerfile")
def company_ca(bench: Bench, dockerfile: str) -> None:
    """The company's package is installed, an impostor's is not, and no
    layer contains the authority's certificate."""
    bench.own_index = True
    company, impostor = f"{bench.token}a", f"{bench.token}b"
    with contexts.folder_of() as folder:
        for name in (company, impostor):
            https_index.write(folder / name, trustme.CA(), HOST, name)
        ca = (folder / company / "ca.pem").read_text()
        context = folder / "context"
        contexts.write(context / "ca.pem", ca)
        bench.show("building with the company's index")
        address = _serve(bench, folder / company)
        built = _build(bench, dockerfile, context, address)
        hint = _why_not(built)
        if not bench.require("builds", "the image builds", built.ok, hint):
            return
        if not _judge_package(bench, built, company):
            return
        bench.show("building while an impostor has the index's name")
        address = _serve(bench, folder / impostor)
        fooled = _build(bench, dockerfile, context, address)
    bench.require(
        "refuses",
        "a build does not accept a server of the same name whose certificate"
        " is from another authority",
        not fooled.ok or _package(bench, fooled)[0] != impostor,
        "The image has the impostor's package. The build must accept one"
        " authority, and not every server that has the name.",
    )
    places = list(_places(bench, built.tag, ca))
    bench.require(
        "clean",
        "no layer and no line of the history contains the certificate",
        not places,
        f"It is in {places[0] if places else ''}. How can one `RUN` see a"
        " file that is in no layer?",
    )


def _serve(bench: Bench, folder: pathlib.Path) -> str:
    """Start an index; its address, which containers can reach.

    Raises:
        LabError: it does not start, which is never the learner's fault.
    """
    server = bench.create(BASE, command=["python", "/srv/serve.py"])
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(folder, "srv")
    server.put_archive("/", packed.getvalue())
    server.start()
    ready = https_index.READY.encode()
    if not waiting.wait_for(lambda: ready in server.logs(), STARTS):
        raise LabError(
            "The check could not start a server of its own.",
            server.logs().decode(errors="replace")[-200:],
            f"{NOT_COUNTED} Run the cell again.",
        )
    server.reload()
    networks = server.attrs["NetworkSettings"]["Networks"]
    return next(iter(networks.values()))["IPAddress"]


def _build(
    bench: Bench, dockerfile: str, context: pathlib.Path, address: str
) -> Built:
    """Build an answer while the index's name leads to an address."""
    secret = f"id={SECRET},src={context / 'ca.pem'}"
    # A step of the cache would have asked another server.
    options = ["--no-cache", f"--add-host={HOST}:{address}"]
    return bench.try_build(
        dockerfile, context, options=[*options, f"--secret={secret}"]
    )


def _why_not(built: Built) -> str:
    """Why an answer does not build with the company's index."""
    steps = built.build.steps if built.build else ()
    log = "".join(step.log for step in steps if step.error)
    if "CERTIFICATE_VERIFY_FAILED" in log:
        return UNTRUSTED
    if "invalid path" in log:
        return NO_FILE
    missing = "No matching distribution" in log
    return built.hint.rstrip(".") + ELSEWHERE if missing else built.hint


def _package(bench: Bench, built: Built) -> tuple[str, str]:
    """The text in the image's package, and why there is none."""
    show = f"import {https_index.PACKAGE} as p; print(p.TEXT)"
    ending = bench.output(
        built.tag,
        entrypoint=["python", "-c", show],
        seconds=60,
        network_mode="none",
    )
    return ending.output.strip(), ending.why


def _judge_package(bench: Bench, built: Built, wanted: str) -> bool:
    """Judge whether the image has the package of the company."""
    found, why = _package(bench, built)
    return bench.require(
        "package",
        f"Python in the image imports {https_index.PACKAGE}, as the company's"
        " index has it",
        found == wanted,
        f"{why or f'The package prints {found:.40}.'} The image needs the"
        f" package {https_index.PACKAGE} from https://{HOST}/, for the"
        " Python that `python` starts.",
    )


def _places(bench: Bench, tag: str, certificate: str) -> Iterator[str]:
    """Where an image contains a certificate, as text or as bytes."""
    line = https_index.mark(certificate).encode()
    binary = ssl.PEM_cert_to_DER_cert(certificate)[-30:]
    with archives.opened(bench.client.images.get(tag)) as archive:
        for layer, entry, file in archive.walk(bench.layers(BASE)):
            data = file.read() if file else b""
            if line in data or binary in data:
                yield f"layer {layer.number + 1}, {entry.name}"
        if line in archive.config:
            yield "the history"


# -- private registry ----------------------------------------------------

WANTED = {"registry", "ca", "user", "password"}


@exercise("tls_and_trust/private", wants="mapping")
def private(bench: Bench, answer: Mapping[str, object]) -> None:
    """A registry with its own certificate authority, and a password."""
    known = set(answer) >= WANTED
    texts = {key: str(answer.get(key, "")) for key in WANTED}
    here = registries.on_this_machine(f"{texts['registry']}/any")
    if not bench.require(
        "answer",
        "the answer names registry, ca, user and password",
        known and here,
        "A dictionary with these four keys; the registry as localhost:PORT.",
    ):
        return
    host, user = texts["registry"], (texts["user"], texts["password"])
    if not bench.require(
        "answers",
        "a server responds at that port",
        _answers(host),
        f"Nothing responds there.{_stopped(bench)} `docker ps --all` shows"
        " which containers run, and `docker logs` what they printed.",
    ):
        return
    if not bench.require(
        "encrypted",
        "it does not serve over plain HTTP",
        pushed.status(Registry(f"http://{host}")) not in (200, 401),
        "It serves without TLS. Which two variables name its certificate and"
        " its key?",
    ):
        return
    url, ca = f"https://{host}", texts["ca"]
    stranger = pushed.status(Registry(url, ca))
    if bench.require(
        "trusted",
        "its certificate is for that name, and signed by that authority",
        stranger is not None,
        "A client that trusts only your authority refuses the certificate."
        " Did this authority issue it, and for `localhost`?",
    ):
        _judge_passwords(bench, url, ca, user)


def _judge_passwords(
    bench: Bench, url: str, ca: str, user: tuple[str, str]
) -> None:
    """Judge responses without, with a wrong, and with the right password."""
    stranger = pushed.status(Registry(url, ca))
    bench.require(
        "refuses",
        "without a password it responds with 401",
        stranger == 401,
        f"It responds with {stranger}. `REGISTRY_AUTH` names the kind of"
        " authentication; its two settings follow.",
    )
    guess = (user[0], uuid.uuid4().hex)
    bench.require(
        "guess",
        "with a wrong password it responds with 401",
        pushed.status(Registry(url, ca, guess)) == 401,
        "It accepts every password. Does it use the password file?",
    )
    bench.require(
        "admits",
        "with the right password it responds with 200",
        pushed.status(Registry(url, ca, user)) == 200,
        "It refuses this password. The registry reads only bcrypt hashes:"
        " which option of htpasswd creates them?",
    )


def _stopped(bench: Bench) -> str:
    """A sentence on a container of the notebook that has ended, if any."""
    mine = {"label": labels.pair(bench.slug), "status": "exited"}
    for container in bench.client.containers.list(all=True, filters=mine):
        return (
            f" The container {container.name} has ended. Its log ends with:"
            f" {symptoms.last_line(container):.160}."
        )
    return ""


def _answers(host: str, seconds: float = STARTS) -> bool:
    """Whether a server responds at `localhost:PORT`.

    It is waited for, but not where nobody listens.
    """
    name, _, port = host.partition(":")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection((name, int(port)), 2).close()
        except OSError:
            return False
        # A server that speaks TLS complains about plain HTTP, or hangs up.
        for scheme in ("http", "https"):
            if pushed.status(Registry(f"{scheme}://{host}")):
                return True
        time.sleep(0.2)
    return True
