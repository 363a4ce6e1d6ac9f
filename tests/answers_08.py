"""Answers to the exercises of lesson 08: wrong ones, and other right ones."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", {text!r})'


_HEAD = "FROM python:3.13-slim\n"
_HASH = "sha256sum /run/secrets/token | cut -c -64 > /fingerprint"
_MOUNT = "RUN --mount=type=secret,id=token "


def _secret(text: str) -> str:
    return _dockerfile("08-secret", _HEAD + text)


_RIGHTS = {
    "read_only": "read_only=True",
    "volume": 'volumes={"dockerlab-08-data": {"bind": "/data"}}',
    "caps": 'cap_drop=["ALL"]',
    "nnp": 'security_opt=["no-new-privileges"]',
}


def _harden(*more: str, without: str = "") -> str:
    rights = [text for key, text in _RIGHTS.items() if key != without]
    return f"""
lab.discard("dockerlab-08-hard")
client.containers.run(
    "dockerlab/08-app", name="dockerlab-08-hard", labels=lab.labels,
    detach=True, {", ".join([*rights, *more])}
)
check("08-harden", "dockerlab-08-hard")
"""


def _clear(text: str) -> str:
    return _dockerfile("08-clear", _HEAD + text)


_SIGN = 'cosign("sign", "--key", "{}", *signing, {})\n'
_ASK = 'check("08-sign", {"image": mine, "key": "mine.pub"})'

WRONG = {
    "08-dig": [
        ("old", 'check("08-dig", "password=changed")'),
        ("found", 'check("08-dig", "password")'),
        (
            "found",
            'check("08-dig", client.images.get("dockerlab/08-puzzle")'
            '.id.removeprefix("sha256:")[:8])',
        ),
        ("answer", 'check("08-dig", None)'),
    ],
    "08-secret": [
        ("builds", _secret(f"{_MOUNT}cat /run/secrets/tocken")),
        ("used", _secret("RUN echo 0 | sha256sum > /fingerprint")),
        # The secret is shown where it is mounted, and nowhere else.
        ("used", _secret("ARG TOKEN\nRUN echo $TOKEN > /fingerprint")),
        (
            "clean",
            _secret(
                f"{_MOUNT}cp /run/secrets/token /token && {_HASH}\n"
                "RUN rm /token"
            ),
        ),
        (
            "clean",
            _secret(f"{_MOUNT}{_HASH} && base64 /run/secrets/token > /t"),
        ),
        (
            "clean",
            _secret(f"{_MOUNT}{_HASH} && gzip < /run/secrets/token > /t"),
        ),
    ],
    "08-harden": [
        ("exists", 'check("08-harden", "dockerlab-08-nobody")'),
        ("user", _harden('user="0"')),
        ("read-only", _harden(without="read_only")),
        ("capabilities", _harden(without="caps")),
        ("privileges", _harden(without="nnp")),
        ("counts", _harden(without="volume")),
    ],
    "08-clear": [
        ("builds", _clear("RUN pip install jinja2==3.1.4.1")),
        ("works", _clear("RUN pip --version")),
        (
            "clear",
            _clear(
                "RUN python -m venv /venv && /venv/bin/pip install"
                ' jinja2==3.1.4\nENV PATH="/venv/bin:$PATH"'
            ),
        ),
        (
            "listed",
            _clear(
                "RUN pip install --no-cache-dir jinja2==3.1.4 && cd $(python"
                ' -c "import jinja2 as j; print(j.__path__[0])")/..'
                " && rm -r [jJ]inja2-*.dist-info"
            ),
        ),
    ],
    "08-sign": [
        (
            "key",
            _SIGN.format("mine.key", 'release("a")')
            + 'check("08-sign", {"image": mine, "key": "mine.key"})',
        ),
        (
            "pushed",
            'check("08-sign", {"image": "dockerlab/08-app",'
            ' "key": "mine.pub"})',
        ),
        (
            "signed",
            _SIGN.format("mine.key", 'release("b")')
            + 'check("08-sign", {"image": mine, "key": "cosign.pub"})',
        ),
        ("signed", _SIGN.format("cosign.key", 'release("c")') + _ASK),
    ],
}

ALSO_RIGHT = {
    "08-dig": """
import io
client.images.get("dockerlab/08-puzzle")
data = b"".join(client.images.get("dockerlab/08-puzzle").save())
outer = tarfile.open(fileobj=io.BytesIO(data))
words = []
for path in json.load(outer.extractfile("manifest.json"))[0]["Layers"]:
    layer = tarfile.open(fileobj=outer.extractfile(path))
    if "srv/password.txt" in layer.getnames():
        words.append(layer.extractfile("srv/password.txt").read().decode())
check("08-dig", words[0])
""",
    "08-secret": _dockerfile(
        "08-secret",
        f"{_HEAD.strip()} AS first\nCOPY token.txt /\n"
        "RUN sha256sum /token.txt | cut -c -64 > /fingerprint\n"
        f"{_HEAD}COPY --from=first /fingerprint /",
    ),
    "08-harden": """
lab.discard("dockerlab-08-hard")
run = ["docker", "run", "--detach", "--name", "dockerlab-08-hard",
       "--user", "12345", "--read-only", "--tmpfs", "/data:mode=1777",
       "--cap-drop", "ALL", "--security-opt", "no-new-privileges=true"]
subprocess.run([*run, "dockerlab/08-app"], check=True, capture_output=True)
check("08-harden", "dockerlab-08-hard")
""",
    "08-clear": _clear(
        "RUN python -m venv /venv && /venv/bin/pip install jinja2==3.1.6\n"
        'ENV PATH="/venv/bin:$PATH"'
    ),
    "08-sign": 'name = release("one")\n'
    + _SIGN.format("mine.key", "name")
    + 'release("two")\n'
    'check("08-sign", {"image": name, "key": "mine.pub"})',
}
