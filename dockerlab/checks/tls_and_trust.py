"""Exercises of `tls_and_trust`."""

import socket
import time
import uuid
from collections.abc import Mapping

from dockerlab import registries
from dockerlab.checks import pushed
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.registries import Registry

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
        "Nothing responds. See `docker ps --all`: did it start, and what does"
        " its log show?",
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


def _answers(host: str, seconds: float = 4) -> bool:
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
