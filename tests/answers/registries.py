"""Wrong answers and second right ones: `registries`."""

_FRESH = """
lab.discard("registries-main")
!docker run -d --name registries-main -p 127.0.0.1:5011:5000 registry:2
fetch("http://localhost:5011/v2/_catalog")
"""
_HELLO = "localhost:5011/registries-hello"
_SHOP = "localhost:5011/registries-shop"


def _hello(body: str, answer: str = _HELLO) -> str:
    """An answer in a registry that has no tags yet."""
    return (
        f'{_FRESH}name = "{_HELLO}"\n{body}\n'
        f'check("registries/two-names", "{answer}")'
    )


def _shop(body: str, answer: str = f"{_SHOP}:latest") -> str:
    return f"""
shop = "{_SHOP}"
open_shop(lab, shop)
good_one = client.containers.get("registries-shop").attrs["Config"]["Image"]
{body}
check("registries/rollback", "{answer}")
"""


_PUSH_2 = """
!docker tag registries-hello {name}:2.0
!docker push --quiet {name}:2.0
"""
# A manifest whose blobs are not there cannot be pushed: so they are removed.
_LOSE_BLOBS = """
main = client.containers.get("registries-main")
folder = "/var/lib/registry/docker/registry/v2/repositories"
main.exec_run(["rm", "-r", f"{folder}/REPOSITORY/_layers"])
main.restart()
fetch("http://localhost:5011/v2/_catalog")
"""

WRONG = {
    "registries/two-names": [
        ("registry", _hello("", "registries-hello")),
        ("registry", _hello("", "example.org:5000/registries-hello")),
        ("registry", _hello("", _SHOP)),
        ("answers", _hello("", "localhost:1/registries-hello")),
        ("pushed", _hello("!docker tag registries-hello {name}:stable")),
        ("pushed", _hello(_PUSH_2)),
        (
            "same",
            _hello(
                f"{_PUSH_2}"
                '!printf "FROM registries-hello\\nLABEL new=1\\n"'
                " | docker build -q -t {name}:stable -\n"
                "!docker push --quiet {name}:stable"
            ),
        ),
        # Another image of this engine.
        (
            "image",
            _hello(
                "!docker tag debian:trixie-slim {name}:2.0\n"
                "!docker tag debian:trixie-slim {name}:stable\n"
                "!docker push --quiet --all-tags {name}"
            ),
        ),
        (
            "whole",
            _hello(
                f"{_PUSH_2}"
                "!docker tag registries-hello {name}:stable\n"
                "!docker push --quiet {name}:stable\n"
                + _LOSE_BLOBS.replace("REPOSITORY", "registries-hello")
            ),
        ),
        ("answer", 'check("registries/two-names", ["2.0", "stable"])'),
    ],
    "registries/rollback": [
        ("registry", _shop("", "registries-shop:latest")),
        ("production", _shop('lab.discard("registries-shop")')),
        (
            "production",
            _shop(
                'lab.discard("registries-shop")\n'
                "!docker run -d --init --name registries-shop"
                " {shop}:latest sleep 600"
            ),
        ),
        ("moved", _shop("!docker tag {good_one} {shop}:latest")),
        (
            "moved",
            _shop(
                '!printf "FROM python:3.13-slim\\nENV RELEASE=good NEW=1\\n"'
                " | docker build -q -t {shop}:latest -\n"
                "!docker push --quiet {shop}:latest"
            ),
        ),
        (
            "whole",
            _shop(
                "!docker pull --quiet {good_one}\n"
                "!docker tag {good_one} {shop}:latest\n"
                "!docker push --quiet {shop}:latest\n"
                + _LOSE_BLOBS.replace("REPOSITORY", "registries-shop")
            ),
        ),
    ],
}

ALSO_RIGHT = {
    # A build with both names.
    "registries/two-names": _hello(
        '!printf "FROM registries-hello\\n"'
        " | docker build -q -t {name}:2.0 -t {name}:stable -\n"
        "!docker push --quiet {name}:2.0\n"
        "!docker push --quiet {name}:stable"
    ),
    # An index with the good image, written in the registry.
    "registries/rollback": _shop(
        "!docker buildx imagetools create -t {shop}:latest {good_one} 2>&1"
    ),
}
