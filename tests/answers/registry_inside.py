"""Wrong answers and second right ones: `registry_inside`."""

_CONFIG = "/etc/docker/registry/config.yml"
_CELLAR = """
fill_cellar(lab, "localhost:5023")
cellar = registries.Registry("http://localhost:5023")
leak = cellar.digest("registry-cellar", "1.0")
"""
_DELETE = 'cellar.ask(f"registry-cellar/manifests/{leak}", "DELETE")\n'
_COLLECT = (
    f"!docker exec registry-cellar registry garbage-collect {_CONFIG}"
    " > /dev/null 2>&1\n"
)
_RESTART = "!docker restart registry-cellar\n"


def _cellar(body: str, name: str = "registry-cellar") -> str:
    return f'{_CELLAR}{body}check("registry_inside/clean", "{name}")'


def _mirror(options: str, name: str = "registry-near") -> str:
    return f"""
lab.discard("registry-near")
!docker run -d --name registry-near {options} registry:2
check("registry_inside/mirror", "{name}")
"""


_PORT = "-p 127.0.0.1::5000"
_NETWORK = "--network registry-backbone"
_REMOTE = "-e REGISTRY_PROXY_REMOTEURL=http://registry-main:5000"

_FORWARD = """
lab.discard("registry-near")
near = client.containers.create(
    "nginx:stable", name="registry-near", labels=lab.labels,
    network="registry-backbone", ports={"5000/tcp": ("127.0.0.1", None)},
    command=["nginx", "-g", "daemon off;", "-c", "/near.conf"],
)
text = b"events {} http { server { listen 5000; location / {"
text += b" proxy_pass http://registry-main:5000; } } }"
import io, tarfile
file, member = io.BytesIO(), tarfile.TarInfo("near.conf")
member.size = len(text)
with tarfile.open(fileobj=file, mode="w") as archive:
    archive.addfile(member, io.BytesIO(text))
near.put_archive("/", file.getvalue())
near.start()
check("registry_inside/mirror", "registry-near")
"""

WRONG = {
    "registry_inside/clean": [
        ("runs", _cellar("", "registry-nobody")),
        ("runs", _cellar("!docker stop -t 1 registry-cellar\n")),
        # Another image in the place of the good one.
        (
            "keeps",
            _cellar(
                'name = "localhost:5023/registry-cellar:1.1"\n'
                "!docker tag localhost:5021/registry-app:1.0 {name}\n"
                "!docker push --quiet {name}\n" + _DELETE
            ),
        ),
        # All deleted, the good version too.
        (
            "keeps",
            _cellar(
                'good = cellar.digest("registry-cellar", "1.1")\n'
                'cellar.ask(f"registry-cellar/manifests/{good}", "DELETE")\n'
                + _DELETE
                + _COLLECT
                + _RESTART
            ),
        ),
        ("gone", _cellar(_DELETE + _RESTART)),
        # Collected first, when there was nothing to collect.
        ("gone", _cellar(_COLLECT + _DELETE)),
        # The tag was moved, and the manifest is still there.
        (
            "gone",
            _cellar(
                'name = "localhost:5023/registry-cellar"\n'
                "!docker tag {name}:1.1 {name}:1.0\n"
                "!docker push --quiet {name}:1.0\n" + _COLLECT + _RESTART
            ),
        ),
        ("knows", _cellar(_DELETE + _COLLECT)),
    ],
    "registry_inside/mirror": [
        ("runs", _mirror(f"{_PORT} {_NETWORK} {_REMOTE}", "registry-nobody")),
        ("runs", _mirror(f"{_NETWORK} {_REMOTE}")),
        ("delivers", _mirror(_PORT)),
        # In another network, the name is not known.
        ("runs", _mirror(f"{_PORT} {_REMOTE}")),
        ("other", _mirror(_PORT, "registry-main")),
        # It forwards each request, and stores nothing.
        ("keeps", _FORWARD),
    ],
}

ALSO_RIGHT = {
    # A registry with a new storage, and only the good image.
    "registry_inside/clean": _cellar(
        'name = "localhost:5023/registry-cellar:1.1"\n'
        'lab.discard("registry-cellar")\n'
        "!docker run -d --name registry-cellar -p 127.0.0.1:5023:5000"
        " registry:2\n"
        'fetch("http://localhost:5023/v2/")\n'
        "!docker push --quiet {name}\n"
    ),
    # The address of the container instead of its name.
    "registry_inside/mirror": """
lab.discard("registry-near")
networks = client.containers.get("registry-main").attrs["NetworkSettings"]
address = networks["Networks"]["bridge"]["IPAddress"]
remote = f"REGISTRY_PROXY_REMOTEURL=http://{address}:5000"
client.containers.run(
    "registry:2", name="registry-near", detach=True, labels=lab.labels,
    environment=[remote], ports={"5000/tcp": ("127.0.0.1", None)},
)
check("registry_inside/mirror", "registry-near")
""",
}
