"""Stand-ins: images made from Debian's packages in place of official ones.

`FROM python:3.13-slim` must also work where nothing but Debian's packages
can be reached. A stand-in has the official image's name, the order of its
layers and its configuration; a label marks it as a stand-in. Its blobs are
kept as an OCI image layout until the lab's registry has them.
"""

import dataclasses
import datetime
import hashlib
import json
import pathlib
import platform
import shlex
import zlib

from dockerlab.base import labels, machine
from dockerlab.base.machine import Report
from dockerlab.engine import roots

SCRIPTS = pathlib.Path(__file__).parent / "scripts"
INDEX = "172.17.0.1"  # the address of the box's bridge
INDEX_PORT = 5998
CONFIG_TYPE = "application/vnd.docker.container.image.v1+json"
LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip"
MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


@dataclasses.dataclass(frozen=True)
class Step:
    """One layer: packages to install, then a shell script to run."""

    packages: str = ""
    script: str = ""


@dataclasses.dataclass(frozen=True)
class StandIn:
    """An image to make: its tags, its layers on Debian, its settings."""

    tags: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    config: dict = dataclasses.field(default_factory=dict)
    usual: int = 10  # seconds to make it

    @property
    def name(self) -> str:
        """The first tag, as in `docker pull`."""
        return self.tags[0]


PIP_CONF = f"""\
[global]
index-url = http://{INDEX}:{INDEX_PORT}/simple/
trusted-host = {INDEX}
disable-pip-version-check = true
"""

# Only the standard library keeps its bytecode. Without it, every program in
# a container would compile what it imports, and pip would take twice as long
# to start. Pip itself has no bytecode, as in the official image.
PYTHON_SCRIPT = """\
rm -f /usr/lib/python3.*/EXTERNALLY-MANAGED
find / -xdev -path '/usr/lib/python3.*' -prune \\
    -o -name __pycache__ -prune -exec rm -r {} +
"""

PYTHON = (
    Step("python3 python3-pip python3-venv python-is-python3", PYTHON_SCRIPT),
    Step(
        script="for name in python python3 pip pip3 pydoc3; do"
        " ln -s /usr/bin/$name /usr/local/bin/$name; done\n"
        # Plain HTTP on the box's own bridge: there is no certificate to
        # check, and pip accepts that only for a trusted host.
        f"printf %s {shlex.quote(PIP_CONF)} > /etc/pip.conf"
    ),
)
PYTHON_CONFIG = {"Env": ["LANG=C.UTF-8"], "Cmd": ["python3"]}

REDIS_SCRIPT = f"""\
mkdir -p /data && chown redis:redis /data
printf %s {shlex.quote((SCRIPTS / "redis-entrypoint").read_text("utf-8"))} \
    > /usr/local/bin/docker-entrypoint.sh
chmod 755 /usr/local/bin/docker-entrypoint.sh
"""

NGINX_CONF = """\
user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log;
    sendfile on;
    keepalive_timeout 65;
    include /etc/nginx/conf.d/*.conf;
}
"""
NGINX_DEFAULT = """\
server {
    listen 80;
    server_name localhost;
    location / {
        root /usr/share/nginx/html;
        index index.html index.htm;
    }
}
"""
NGINX_SCRIPT = f"""\
useradd --system --home-dir /nonexistent --shell /bin/false nginx
rm -r /etc/nginx/sites-enabled /etc/nginx/sites-available
mkdir -p /etc/nginx/conf.d
printf %s {shlex.quote(NGINX_CONF)} > /etc/nginx/nginx.conf
printf %s {shlex.quote(NGINX_DEFAULT)} > /etc/nginx/conf.d/default.conf
"""
# Logs go to the container's output. A layer never contains /var/log, so the
# links are in a folder of their own.
NGINX_LOGS = """\
rm -rf /var/log/nginx && mkdir -p /usr/share/nginx/log
ln -s /dev/stdout /usr/share/nginx/log/access.log
ln -s /dev/stderr /usr/share/nginx/log/error.log
sed -i 's|/var/log/nginx|/usr/share/nginx/log|' /etc/nginx/nginx.conf
"""

REGISTRY_CONF = """\
version: 0.1
log: {fields: {service: registry}}
storage:
  cache: {blobdescriptor: inmemory}
  filesystem: {rootdirectory: /var/lib/registry}
http: {addr: ":5000", headers: {X-Content-Type-Options: [nosniff]}}
"""
REGISTRY_ENTRY = """\
#!/bin/sh
# Start the registry unless another program is named.
set -eu
case ${1:-} in
    *.yaml | *.yml) set -- registry serve "$@" ;;
    serve | garbage-collect | help | -*) set -- registry "$@" ;;
esac
exec "$@"
"""
REGISTRY_SCRIPT = f"""\
ln -s /usr/bin/docker-registry /bin/registry
mkdir -p /var/lib/registry
printf %s {shlex.quote(REGISTRY_CONF)} > /etc/docker/registry/config.yml
printf %s {shlex.quote(REGISTRY_ENTRY)} > /entrypoint.sh
chmod 755 /entrypoint.sh
"""

# The official image has its files in /usr/local/apache2, so this one too.
HTTPD_SCRIPT = """\
mkdir -p /usr/local/apache2/bin
ln -s /var/www/html /usr/local/apache2/htdocs
for name in ab htpasswd; do
    ln -s /usr/bin/$name /usr/local/apache2/bin/$name
done
echo 'ServerName localhost' >> /etc/apache2/apache2.conf
cd /etc/apache2
sed -i -e 's|ErrorLog .*|ErrorLog /proc/self/fd/2|' \\
    -e 's|CustomLog .*|CustomLog /proc/self/fd/1 combined|' \\
    apache2.conf conf-available/*.conf sites-available/*.conf
echo '<html><body><h1>It works!</h1></body></html>' > /var/www/html/index.html
printf '#!/bin/sh\nset -e\n. /etc/apache2/envvars\nmkdir -p /run/apache2\n\
exec apache2 -DFOREGROUND "$@"\n' > /usr/local/bin/httpd-foreground
chmod 755 /usr/local/bin/httpd-foreground
"""

DEBIAN = StandIn(("debian:trixie-slim",), config={"Cmd": ["bash"]}, usual=20)
STANDINS = {
    image.name: image
    for image in (
        DEBIAN,
        StandIn(
            ("python:3.13-slim", "python:3.13-slim-trixie"),
            (Step("netbase tzdata"), *PYTHON),
            PYTHON_CONFIG,
            usual=25,
        ),
        StandIn(
            ("python:3.13", "python:3.13-trixie"),
            (
                Step("curl git gnupg procps wget netbase tzdata"),
                Step("build-essential pkg-config python3-dev"),
                *PYTHON,
            ),
            PYTHON_CONFIG,
            usual=60,
        ),
        StandIn(
            ("redis:8", "redis:latest"),
            (Step("redis-server"), Step(script=REDIS_SCRIPT)),
            {
                "Entrypoint": ["docker-entrypoint.sh"],
                "Cmd": ["redis-server", "--protected-mode", "no"],
                "WorkingDir": "/data",
                "Volumes": {"/data": {}},
                "ExposedPorts": {"6379/tcp": {}},
            },
        ),
        StandIn(
            ("nginx:stable", "nginx:1.26", "nginx:latest"),
            (Step("nginx"), Step(script=NGINX_SCRIPT + NGINX_LOGS)),
            {
                "Cmd": ["nginx", "-g", "daemon off;"],
                "ExposedPorts": {"80/tcp": {}},
                "StopSignal": "SIGQUIT",
            },
        ),
        StandIn(
            ("registry:2",),
            (Step("docker-registry"), Step(script=REGISTRY_SCRIPT)),
            {
                "Entrypoint": ["/entrypoint.sh"],
                "Cmd": ["/etc/docker/registry/config.yml"],
                "Volumes": {"/var/lib/registry": {}},
                "ExposedPorts": {"5000/tcp": {}},
            },
        ),
        StandIn(
            ("httpd:2.4",),
            (Step("apache2 apache2-utils"), Step(script=HTTPD_SCRIPT)),
            {
                "Cmd": ["httpd-foreground"],
                "ExposedPorts": {"80/tcp": {}},
                "StopSignal": "SIGWINCH",
                "WorkingDir": "/usr/local/apache2",
            },
        ),
    )
}


class _Blob:
    """Compresses a layer's tar archive into a file named by its digest."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"partial-{id(self)}"
        self.file = self.path.open("wb")
        # Level 1: the registry is on this machine, so size matters less.
        self.gzip = zlib.compressobj(1, wbits=31)
        self.plain, self.packed = hashlib.sha256(), hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        self.plain.update(chunk)
        self._keep(self.gzip.compress(chunk))

    def _keep(self, data: bytes) -> None:
        self.packed.update(data)
        self.file.write(data)

    def close(self) -> tuple[str, dict]:
        """Return the layer's diff id and its descriptor."""
        self._keep(self.gzip.flush())
        self.file.close()
        digest = f"sha256:{self.packed.hexdigest()}"
        size = self.path.stat().st_size
        self.path.rename(self.folder / self.packed.hexdigest())
        return f"sha256:{self.plain.hexdigest()}", {
            "mediaType": LAYER_TYPE,
            "size": size,
            "digest": digest,
        }


def _put(folder: pathlib.Path, media_type: str, value: dict) -> dict:
    """Write a JSON blob; return its descriptor."""
    data = json.dumps(value, indent=1).encode()
    digest = hashlib.sha256(data).hexdigest()
    (folder / digest).write_bytes(data)
    return {
        "mediaType": media_type,
        "size": len(data),
        "digest": f"sha256:{digest}",
    }


def architecture() -> str:
    """Return this machine's architecture by Docker's name for it."""
    name = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(name, name)


def make(
    image: StandIn, base: pathlib.Path, layout: pathlib.Path, report: Report
) -> dict:
    """Write a stand-in's blobs; return its manifest's descriptor.

    Args:
        base: the Debian root that is the first layer.
        layout: folder of an OCI image layout, for `blobs/sha256/*`.

    Raises:
        LabError: a package cannot be downloaded or installed.
    """
    blobs = layout / "blobs" / "sha256"
    failed = f"The stand-in image for {image.name} could not be made."
    made, below, work = [], [base], layout / "work"
    machine.remove_tree(work)
    for number, step in enumerate((Step(), *image.steps)):
        blob = _Blob(blobs)
        if number == 0:
            command = machine.as_root(
                ["sh", str(SCRIPTS / "pack.sh"), str(base)]
            )
        else:
            upper = work / f"upper-{number}"
            env = {
                "LOWER": ":".join(map(str, below)),
                "UPPER": str(upper),
                "WORK": str(work / f"work-{number}"),
                "PACKAGES": step.packages,
                "SCRIPT": step.script,
                "APT_OPTIONS": " ".join(f"-o{o}" for o in roots.apt_options()),
            }
            script = ["sh", str(SCRIPTS / "layer.sh")]
            variables = [f"{key}={value}" for key, value in env.items()]
            command = roots.in_private_mounts(["env", *variables, *script])
            below.insert(0, upper)
        machine.run(command, failed, report, sink=blob.write)
        made.append((_created_by(step, number), *blob.close()))
    descriptor = _describe(image, made, blobs)
    machine.remove_tree(work)
    return descriptor


def _created_by(step: Step, number: int) -> str:
    """Return what `docker history` shows for a layer."""
    if number == 0:
        return "ADD rootfs (mmdebstrap trixie) / # stand-in"
    if step.packages:
        return f"RUN apt-get install {step.packages} # stand-in"
    return "RUN set up as the official image is # stand-in"


def _describe(
    image: StandIn, made: list[tuple[str, str, dict]], blobs: pathlib.Path
) -> dict:
    """Write configuration and manifest; return the latter's descriptor."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    now = now.replace("+00:00", "Z")
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    settings = {
        **image.config,
        "Env": [f"PATH={path}", *image.config.get("Env", [])],
        "Labels": {
            labels.STAND_IN: image.name,
            "org.opencontainers.image.description": "Stand-in made from"
            f" Debian's packages for the official image {image.name}",
        },
    }
    history: list[dict[str, object]] = [
        {"created": now, "created_by": text, "comment": "dockerlab"}
        for text, _, _ in made
    ]
    history.append(
        {
            "created": now,
            "created_by": f"CMD {json.dumps(image.config['Cmd'])}",
            "comment": "dockerlab",
            "empty_layer": True,
        }
    )
    config = {
        "architecture": architecture(),
        "os": "linux",
        "created": now,
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": [row[1] for row in made]},
        "history": history,
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": _put(blobs, CONFIG_TYPE, config),
        "layers": [row[2] for row in made],
    }
    return _put(blobs, MANIFEST_TYPE, manifest)
