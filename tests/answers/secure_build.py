"""Wrong answers and second right ones: `secure_build`."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", {text!r})'


_HEAD = "FROM python:3.13-slim\n"
_HASH = "sha256sum /run/secrets/token | cut -c -64 > /fingerprint"
_MOUNT = "RUN --mount=type=secret,id=token "


def _secret(text: str) -> str:
    return _dockerfile("secure_build/secret", _HEAD + text)


def _clear(text: str) -> str:
    return _dockerfile("secure_build/clear", _HEAD + text)


WRONG = {
    "secure_build/dig": [
        ("old", 'check("secure_build/dig", "password=changed")'),
        ("found", 'check("secure_build/dig", "password")'),
        (
            "found",
            'check("secure_build/dig", client.images.get("secure-puzzle")'
            '.id.removeprefix("sha256:")[:8])',
        ),
        ("answer", 'check("secure_build/dig", None)'),
    ],
    "secure_build/secret": [
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
    "secure_build/clear": [
        ("builds", _clear("RUN pip install jinja==3.1.6")),
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
}

ALSO_RIGHT = {
    "secure_build/dig": """
import io, tarfile
client.images.get("secure-puzzle")
data = b"".join(client.images.get("secure-puzzle").save())
outer = tarfile.open(fileobj=io.BytesIO(data))
words = []
for path in json.load(outer.extractfile("manifest.json"))[0]["Layers"]:
    layer = tarfile.open(fileobj=outer.extractfile(path))
    if "srv/password.txt" in layer.getnames():
        words.append(str(layer.extractfile("srv/password.txt").read()))
check("secure_build/dig", words[0])
""",
    "secure_build/secret": _dockerfile(
        "secure_build/secret",
        f"{_HEAD.strip()} AS first\nCOPY token.txt /\n"
        "RUN sha256sum /token.txt | cut -c -64 > /fingerprint\n"
        f"{_HEAD}COPY --from=first /fingerprint /",
    ),
    "secure_build/clear": _clear(
        "RUN python -m venv /venv && /venv/bin/pip install jinja2==3.1.6\n"
        'ENV PATH="/venv/bin:$PATH"'
    ),
}
