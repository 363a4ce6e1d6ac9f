"""Wrong answers and second right ones: `secure_images`."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", {text!r})'


_HEAD = "FROM python:3.13-slim\n"
_HASH = "sha256sum /run/secrets/token | cut -c -64 > /fingerprint"
_MOUNT = "RUN --mount=type=secret,id=token "


def _secret(text: str) -> str:
    return _dockerfile("secure_images/secret", _HEAD + text)


_RIGHTS = {
    "read_only": "read_only=True",
    "volume": 'volumes={"secure-data": {"bind": "/data"}}',
    "caps": 'cap_drop=["ALL"]',
    "nnp": 'security_opt=["no-new-privileges"]',
}


def _harden(*more: str, without: str = "") -> str:
    rights = [text for key, text in _RIGHTS.items() if key != without]
    return f"""
lab.discard("secure-hard")
client.containers.run(
    "secure-app", name="secure-hard", labels=lab.labels,
    detach=True, {", ".join([*rights, *more])}
)
check("secure_images/harden", "secure-hard")
"""


def _clear(text: str) -> str:
    return _dockerfile("secure_images/clear", _HEAD + text)


_SIGN = 'cosign("sign", "--key", "{}", *signing, {})\n'
_ASK = 'check("secure_images/sign", {"image": mine, "key": "mine.pub"})'

WRONG = {
    "secure_images/dig": [
        ("old", 'check("secure_images/dig", "password=changed")'),
        ("found", 'check("secure_images/dig", "password")'),
        (
            "found",
            'check("secure_images/dig", client.images.get("secure-puzzle")'
            '.id.removeprefix("sha256:")[:8])',
        ),
        ("answer", 'check("secure_images/dig", None)'),
    ],
    "secure_images/secret": [
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
    "secure_images/harden": [
        ("exists", 'check("secure_images/harden", "secure-nobody")'),
        ("user", _harden('user="0"')),
        ("read-only", _harden(without="read_only")),
        ("capabilities", _harden(without="caps")),
        ("privileges", _harden(without="nnp")),
        ("counts", _harden(without="volume")),
    ],
    "secure_images/clear": [
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
    "secure_images/sign": [
        (
            "key",
            _SIGN.format("mine.key", 'release("a")')
            + 'check("secure_images/sign", {"image": mine, "key": "mine.key"})',
        ),
        (
            "pushed",
            'check("secure_images/sign", {"image": "secure-app",'
            ' "key": "mine.pub"})',
        ),
        (
            "signed",
            _SIGN.format("mine.key", 'release("b")')
            + 'check("secure_images/sign", {"image": mine, "key": "cosign.pub"})',
        ),
        ("signed", _SIGN.format("cosign.key", 'release("c")') + _ASK),
    ],
}

ALSO_RIGHT = {
    "secure_images/dig": """
import io
client.images.get("secure-puzzle")
data = b"".join(client.images.get("secure-puzzle").save())
outer = tarfile.open(fileobj=io.BytesIO(data))
words = []
for path in json.load(outer.extractfile("manifest.json"))[0]["Layers"]:
    layer = tarfile.open(fileobj=outer.extractfile(path))
    if "srv/password.txt" in layer.getnames():
        words.append(layer.extractfile("srv/password.txt").read().decode())
check("secure_images/dig", words[0])
""",
    "secure_images/secret": _dockerfile(
        "secure_images/secret",
        f"{_HEAD.strip()} AS first\nCOPY token.txt /\n"
        "RUN sha256sum /token.txt | cut -c -64 > /fingerprint\n"
        f"{_HEAD}COPY --from=first /fingerprint /",
    ),
    "secure_images/harden": """
lab.discard("secure-hard")
run = ["docker", "run", "--detach", "--name", "secure-hard",
       "--user", "12345", "--read-only", "--tmpfs", "/data:mode=1777",
       "--cap-drop", "ALL", "--security-opt", "no-new-privileges=true"]
subprocess.run([*run, "secure-app"], check=True, capture_output=True)
check("secure_images/harden", "secure-hard")
""",
    "secure_images/clear": _clear(
        "RUN python -m venv /venv && /venv/bin/pip install jinja2==3.1.6\n"
        'ENV PATH="/venv/bin:$PATH"'
    ),
    "secure_images/sign": 'name = release("one")\n'
    + _SIGN.format("mine.key", "name")
    + 'release("two")\n'
    'check("secure_images/sign", {"image": name, "key": "mine.pub"})',
}
