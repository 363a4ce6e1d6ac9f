"""What each stand-in is made of: tags, layers and settings.

docs/standins.md compares them with the official images.
"""

import dataclasses
import functools
import hashlib
import json
import pathlib
import shlex

SCRIPTS = pathlib.Path(__file__).parent / "scripts"
LAYERS = SCRIPTS / "layers"
INDEX = "172.17.0.1"  # the address of the box's bridge
INDEX_PORT = 5998
# Of stand-ins that another version of the code has made. A change of a recipe
# or of a script counts by itself; increase this for others that count.
EDITION = 2


@dataclasses.dataclass(frozen=True)
class Step:
    """One layer: packages to install, then a shell script to run.

    Args:
        before: settings of the environment that the official image's
            Dockerfile has before this layer; one without a value has the
            value that the script finds out.
        shown: the instruction, for a layer without packages.
    """

    packages: str = ""
    script: str = ""
    before: tuple[str, ...] = ()
    shown: str = ""


@dataclasses.dataclass(frozen=True)
class StandIn:
    """An image to make: its tags, its layers on Debian, its settings.

    Args:
        foreign: whether the tags have an entry for a second platform, too.
        usual: seconds to make it.
    """

    tags: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    config: dict = dataclasses.field(default_factory=dict)
    foreign: bool = False
    usual: int = 10

    @property
    def name(self) -> str:
        """The first tag, as in `docker pull`."""
        return self.tags[0]

    @functools.cached_property
    def recipe(self) -> str:
        """A hash of everything that decides what the image contains."""
        scripts = [SCRIPTS / f"{name}.sh" for name in ("pack", "layer")]
        if self.foreign:
            scripts.append(SCRIPTS / "foreign.sh")
        parts = [json.dumps(dataclasses.asdict(self)), str(EDITION)]
        parts += [path.read_text("utf-8") for path in scripts]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _script(name: str) -> str:
    return (LAYERS / f"{name}.sh").read_text("utf-8")


def _copy(name: str, target: str) -> Step:
    """Return the layer that has a script of ours at `target`."""
    text = f"printf %s {shlex.quote(_script(name))} > {target}\n"
    text += f"chmod 755 {target}\n"
    return Step(script=text, shown=f"COPY {pathlib.Path(target).name} in /")


PATHS = (LAYERS / "python_paths.py").read_text("utf-8")
PYTHON_SCRIPT = _script("python").replace("@PATHS@", PATHS)
PYTHON_PATH = (
    "PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin"
    ":/usr/sbin:/usr/bin:/sbin:/bin"
)
# Plain HTTP on the box's own bridge: there is no certificate to check, and
# pip accepts that only for a trusted host.
PIP_CONF = f"""\
[global]
index-url = http://{INDEX}:{INDEX_PORT}/simple/
trusted-host = {INDEX}
disable-pip-version-check = true
"""
UV_TOML = f"""\
[[index]]
url = "http://{INDEX}:{INDEX_PORT}/simple/"
default = true
"""
PYTHON_LINKS = f"""\
cd /usr/local/bin
for name in pip3 pydoc3 python3 python3-config; do
    ln -s $name $(echo $name | tr -d 3)
done
printf %s {shlex.quote(PIP_CONF)} > /etc/pip.conf
mkdir /etc/uv
printf %s {shlex.quote(UV_TOML)} > /etc/uv/uv.toml
"""
PYTHON = (
    Step(
        "libbz2-1.0 libdb5.3t64 libexpat1 libffi8 liblzma5 libncursesw6"
        " libreadline8t64 libsqlite3-0 libssl3t64 libuuid1 zlib1g",
        PYTHON_SCRIPT,
        ("PYTHON_VERSION",),
        "RUN install Python",
    ),
    Step(
        script=PYTHON_LINKS, shown="RUN link pip, pydoc, python, python-config"
    ),
)
PYTHON_CONFIG = {"Cmd": ["python3"]}

DEBIAN = StandIn(
    ("debian:trixie-slim",), config={"Cmd": ["bash"]}, foreign=True, usual=20
)
STANDINS = {
    image.name: image
    for image in (
        DEBIAN,
        StandIn(
            ("python:3.13-slim", "python:3.13-slim-trixie"),
            (
                Step("ca-certificates netbase tzdata", "", (PYTHON_PATH,)),
                *PYTHON,
            ),
            PYTHON_CONFIG,
            foreign=True,
            usual=25,
        ),
        StandIn(
            ("python:3.13", "python:3.13-trixie"),
            (
                Step("ca-certificates curl gnupg netbase wget tzdata"),
                Step("git openssh-client procps"),
                Step(
                    "build-essential pkg-config libbz2-dev libexpat1-dev"
                    " libffi-dev libsqlite3-dev libssl-dev zlib1g-dev"
                ),
                Step("uuid-dev", "", (PYTHON_PATH,)),
                *PYTHON,
            ),
            PYTHON_CONFIG,
            usual=60,
        ),
        StandIn(
            ("redis:8", "redis:latest"),
            (
                Step(
                    script="groupadd --system --gid 999 redis\n"
                    "useradd --system --gid redis --uid 999 redis\n",
                    shown="RUN add the user redis",
                ),
                Step("tzdata"),
                Step(
                    "redis-server",
                    "version=$(redis-server --version)\n"
                    "version=${version#*v=}\n"
                    'echo "REDIS_VERSION=${version%% *}" > "$SETTINGS"\n',
                    ("REDIS_VERSION",),
                ),
                Step(
                    script="mkdir /data && chown redis:redis /data",
                    shown="RUN mkdir /data && chown redis:redis /data",
                ),
                _copy(
                    "redis-entrypoint", "/usr/local/bin/docker-entrypoint.sh"
                ),
            ),
            {
                "Entrypoint": ["docker-entrypoint.sh"],
                "Cmd": ["redis-server"],
                "WorkingDir": "/data",
                "ExposedPorts": {"6379/tcp": {}},
            },
        ),
        StandIn(
            ("nginx:stable", "nginx:1.26", "nginx:latest"),
            (
                Step("nginx curl", _script("nginx"), ("NGINX_VERSION",)),
                _copy("nginx-entrypoint", "/docker-entrypoint.sh"),
                _copy(
                    "nginx-ipv6",
                    f"/docker-entrypoint.d/{10}-listen-on-ipv6-by-default.sh",
                ),
            ),
            {
                "Entrypoint": ["/docker-entrypoint.sh"],
                "Cmd": ["nginx", "-g", "daemon off;"],
                "ExposedPorts": {"80/tcp": {}},
                "StopSignal": "SIGQUIT",
            },
        ),
        StandIn(
            ("registry:2",),
            (
                Step("docker-registry", _script("registry")),
                _copy("registry-entrypoint", "/entrypoint.sh"),
            ),
            {
                "Entrypoint": ["/entrypoint.sh"],
                "Cmd": ["/etc/docker/registry/config.yml"],
                "Volumes": {"/var/lib/registry": {}},
                "ExposedPorts": {"5000/tcp": {}},
            },
        ),
        StandIn(
            ("httpd:2.4",),
            (
                Step(
                    script="mkdir -p /usr/local/apache2",
                    before=(
                        "HTTPD_PREFIX=/usr/local/apache2",
                        "PATH=/usr/local/apache2/bin:/usr/local/sbin"
                        ":/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    ),
                    shown="RUN mkdir -p /usr/local/apache2",
                ),
                Step(
                    "apache2 apache2-utils",
                    _script("httpd"),
                    ("HTTPD_VERSION", "HTTPD_PATCHES="),
                ),
                _copy("httpd-foreground", "/usr/local/bin/httpd-foreground"),
            ),
            {
                "Cmd": ["httpd-foreground"],
                "ExposedPorts": {"80/tcp": {}},
                "StopSignal": "SIGWINCH",
                "WorkingDir": "/usr/local/apache2",
            },
        ),
    )
}
# Every name that an image can be asked for by.
TAGS = {tag: image for image in STANDINS.values() for tag in image.tags}
