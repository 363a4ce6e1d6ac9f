"""Wrong answers and second right ones: `registries`."""


def _hello(body: str, answer: str = "hello") -> str:
    """Clear the repository's tags in the registry, then answer."""
    clear = """
there = registries.Registry(f"http://{REGISTRY}")
for tag in there.tags("registries-hello"):
    old = there.manifest("registries-hello", tag)
    if old:
        there.ask(f"registries-hello/manifests/{old.digest}", "DELETE")
"""
    return f'{clear}{body}\ncheck("registries/two-names", {answer})'


_OTHER = """
text = "FROM scratch\\nCOPY greeting.txt /\\nLABEL release=other\\n"
builds.build("hello", tag=f"{hello}:stable", dockerfile=text, check=True)
do(f"push --quiet {hello}:stable")
"""
_PUSH_2 = """
do(f"tag registries-hello {hello}:2.0")
do(f"push --quiet {hello}:2.0")
"""


def _shop(body: str, answer: str = "LATEST") -> str:
    names = """
LATEST = f"{SHOP}:latest"
shop()
production = client.containers.get("registries-shop")
running = production.attrs["Config"]["Image"]
do(f"pull --quiet {running}")
"""
    return f'{names}{body}\ncheck("registries/rollback", {answer})'


def _words(body: str, answer: str = 'f"{WORDS}:1.0"') -> str:
    clear = """
there = registries.Registry(f"http://{REGISTRY}")
old = there.manifest("registries-words", "1.0")
if old:
    there.ask(f"registries-words/manifests/{old.digest}", "DELETE")
"""
    return f'{clear}{body}\ncheck("registries/platforms", {answer})'


# An index by hand; `entries` are platform and tag.
_INDEX = """
there = registries.Registry(f"http://{REGISTRY}")
listed = []
for architecture, tag in entries:
    part = there.manifest("registries-words", tag)
    listed.append({
        "mediaType": part.media_type, "digest": part.digest,
        "size": part.size,
        "platform": {"os": "linux", "architecture": architecture},
    })
kind = registries.INDEXES[1]
index = {"schemaVersion": 2, "mediaType": kind, "manifests": listed}
put = http.put(
    f"http://{REGISTRY}/v2/registries-words/manifests/1.0",
    data=json.dumps(index), headers={"Content-Type": kind},
)
assert put.status_code == 201, put.text
"""


def _cellar(body: str) -> str:
    names = """
cellar()
there = registries.Registry(CELLAR)
leak = there.manifest("registries-cellar", "1.0").digest
COLLECT = ("exec registries-cellar registry garbage-collect"
           " /etc/docker/registry/config.yml")
"""
    return f'{names}{body}\ncheck("registries/clean", "registries-cellar")'


_DELETE = 'there.ask(f"registries-cellar/manifests/{leak}", "DELETE")\n'
_RESTART = 'do("restart registries-cellar"); wait_for(CELLAR)\n'
_AUTH = """
    REGISTRY_AUTH="htpasswd",
    REGISTRY_AUTH_HTPASSWD_REALM="mine",
    REGISTRY_AUTH_HTPASSWD_PATH="/auth/htpasswd",
"""
_TLS = """
    REGISTRY_HTTP_TLS_CERTIFICATE="/auth/cert.pem",
    REGISTRY_HTTP_TLS_KEY="/auth/key.pem",
"""


def _private(
    options: str = "B", settings: str = _AUTH + _TLS, before: str = ""
) -> str:
    """Write the setup's files again, then serve and answer."""
    return f"""
leaf.private_key_pem.write_to_path(own / "key.pem")
leaf.cert_chain_pems[0].write_to_path(own / "cert.pem")
{before}
htpasswd("grace", "hopper", options="{options}")
serve({settings})
check("registries/private", {{
    "registry": f"localhost:{{mine_port}}", "ca": own / "ca.pem",
    "user": "grace", "password": "hopper",
}})
"""


WRONG = {
    "registries/two-names": [
        ("registry", _hello("", '"registries-hello"')),
        ("registry", _hello("", '"example.org:5000/registries-hello"')),
        ("registry", _hello("", 'f"{REGISTRY}/registries-shop"')),
        ("answers", _hello("", '"localhost:1/registries-hello"')),
        ("pushed", _hello(_PUSH_2)),
        (
            "pushed",
            _hello(
                'do(f"tag registries-hello {hello}:stable")\n'
                'do(f"push --quiet {hello}:stable")'
            ),
        ),
        ("same", _hello(_PUSH_2 + _OTHER)),
        ("answer", 'check("registries/two-names", ["2.0", "stable"])'),
    ],
    "registries/rollback": [
        # On the engine only.
        ("moved", _shop('do(f"tag {running} {LATEST}")')),
        # Built again, from what looks like the source.
        (
            "moved",
            _shop(
                'text = "FROM python:3.13-slim\\nENV RELEASE=good A=1\\n"\n'
                "builds.build(tag=LATEST, dockerfile=text, check=True)\n"
                'do(f"push --quiet {LATEST}")'
            ),
        ),
        # Another name for the good one, and latest as broken as before.
        (
            "moved",
            _shop(
                'good = f"{SHOP}:good"\n'
                'do(f"tag {running} {good}"); do(f"push --quiet {good}")',
                'f"{SHOP}:good"',
            ),
        ),
        ("moved", _shop('do(f"push --quiet {LATEST}")')),
        # Deleting the broken release takes the tag away and moves nothing.
        (
            "moved",
            _shop(
                'there = registries.Registry(f"http://{REGISTRY}")\n'
                'bad = there.manifest("registries-shop", "latest").digest\n'
                'there.ask(f"registries-shop/manifests/{bad}", "DELETE")'
            ),
        ),
        (
            "production",
            _shop(
                'lab.discard("registries-shop")\n'
                'do(f"run --detach --name registries-shop {LATEST}'
                ' sleep 600")'
            ),
        ),
    ],
    "registries/platforms": [
        ("pushed", _words("")),
        ("index", _words('words("1.0", "linux/arm64")')),
        (
            "both",
            _words(
                'words("amd64", "linux/amd64")\ntags = ["amd64"]\n'
                'entries = [("amd64", "amd64")]' + _INDEX
            ),
        ),
        # Two tags, of one platform.
        (
            "both",
            _words(
                'words("one", "linux/arm64"); words("two", "linux/arm64")\n'
                'entries = [("arm64", "one"), ("arm64", "two")]' + _INDEX
            ),
        ),
        # Only the index claims that the second one is for arm64.
        (
            "honest",
            _words(
                'words("amd64", "linux/amd64")\n'
                'entries = [("amd64", "amd64"), ("arm64", "amd64")]' + _INDEX
            ),
        ),
        # Swapped.
        (
            "honest",
            _words(
                'words("amd64", "linux/amd64")\n'
                'words("arm64", "linux/arm64")\n'
                'entries = [("amd64", "arm64"), ("arm64", "amd64")]' + _INDEX
            ),
        ),
    ],
    "registries/clean": [
        ("runs", 'check("registries/clean", "registries-nobody")'),
        # The tag moved; the manifest and its blobs stay.
        (
            "gone",
            _cellar(
                'name = f"localhost:{cellar_port}/registries-cellar"\n'
                'do(f"tag {name}:1.1 {name}:1.0")\n'
                'do(f"push --quiet {name}:1.0")\n'
                "do(COLLECT)\n" + _RESTART
            ),
        ),
        ("gone", _cellar(_DELETE + _RESTART)),
        # Collected first, when there was nothing to collect.
        ("gone", _cellar("do(COLLECT)\n" + _DELETE)),
        ("knows", _cellar(_DELETE + "do(COLLECT)")),
        # Another image in the place of the good one.
        (
            "keeps",
            _cellar(
                'name = f"localhost:{cellar_port}/registries-cellar:1.1"\n'
                'do(f"tag registries-hello {name}")\n'
                'do(f"push --quiet {name}")\n' + _DELETE
            ),
        ),
        # All deleted, the good version too.
        (
            "keeps",
            _cellar(
                'both = [there.manifest("registries-cellar", tag).digest\n'
                '        for tag in there.tags("registries-cellar")]\n'
                "for digest in both:\n"
                '    there.ask(f"registries-cellar/manifests/{digest}",'
                ' "DELETE")\n'
                "do(COLLECT)\n" + _RESTART
            ),
        ),
    ],
    "registries/private": [
        ("answer", 'check("registries/private", {"registry": "localhost:1"})'),
        (
            "answers",
            'check("registries/private", {"registry": "localhost:1", "ca": "ca.pem",'
            ' "user": "grace", "password": "hopper"})',
        ),
        ("encrypted", _private(settings=_AUTH)),
        # A certificate for another name.
        (
            "trusted",
            _private(
                before='wrong = own_authority.issue_cert("example.org")\n'
                'wrong.private_key_pem.write_to_path(own / "key.pem")\n'
                'wrong.cert_chain_pems[0].write_to_path(own / "cert.pem")'
            ),
        ),
        # Of another authority.
        (
            "trusted",
            _private(
                before='wrong = trustme.CA().issue_cert("localhost")\n'
                'wrong.private_key_pem.write_to_path(own / "key.pem")\n'
                'wrong.cert_chain_pems[0].write_to_path(own / "cert.pem")'
            ),
        ),
        ("refuses", _private(settings=_TLS)),
        # MD5 and plain text are not read.
        ("admits", _private(options="m")),
        ("admits", _private(options="p")),
    ],
}

ALSO_RIGHT = {
    "registries/two-names": _hello(
        'do(f"tag registries-hello {hello}:2.0")\n'
        'do(f"tag registries-hello {hello}:stable")\n'
        'do(f"push --quiet --all-tags {hello}")',
        'f"{hello}:2.0"',
    ),
    # The tag is moved by one request, without an image on any engine.
    "registries/rollback": _shop(
        'good = running.partition("@")[2]\n'
        'url = f"http://{REGISTRY}/v2/registries-shop/manifests/"\n'
        'got = http.get(url + good, headers={"Accept": registries.ACCEPT})\n'
        'kind = {"Content-Type": got.headers["Content-Type"]}\n'
        'http.put(url + "latest", data=got.content, headers=kind)'
    ),
    "registries/platforms": _words(
        'words("amd64", "linux/amd64"); words("arm64", "linux/arm64")\n'
        'entries = [("arm64", "arm64"), ("amd64", "amd64")]' + _INDEX
    ),
    # A new registry that never had the secret.
    "registries/clean": _cellar(
        'name = f"localhost:{cellar_port}/registries-cellar:1.1"\n'
        'lab.discard("registries-cellar")\n'
        'do("run --detach --name registries-cellar --publish"\n'
        '   f" 127.0.0.1:{cellar_port}:5000 registry:2")\n'
        "wait_for(CELLAR)\n"
        'do(f"push --quiet {name}")'
    ),
    # Another authority, and the settings in a file of one's own.
    "registries/private": """
other = trustme.CA()
made = other.issue_cert("localhost", "127.0.0.1")
other.cert_pem.write_to_path(own / "other.pem")
made.private_key_pem.write_to_path(own / "key.pem")
made.cert_chain_pems[0].write_to_path(own / "cert.pem")
htpasswd("grace", "hopper", options="BC10")
(own / "config.yml").write_text('''
version: 0.1
storage: {filesystem: {rootdirectory: /var/lib/registry}}
auth: {htpasswd: {realm: mine, path: /auth/htpasswd}}
http:
  addr: ":5000"
  tls: {certificate: /auth/cert.pem, key: /auth/key.pem}
''')
lab.discard("registries-mine")
client.containers.run(
    "registry:2", ["serve", "/auth/config.yml"], name="registries-mine",
    labels=lab.labels, ports={"5000/tcp": ("127.0.0.1", mine_port)},
    volumes={str(own): {"bind": "/auth", "mode": "ro"}}, detach=True,
)
check("registries/private", {
    "registry": f"127.0.0.1:{mine_port}", "ca": str(own / "other.pem"),
    "user": "grace", "password": "hopper",
})
""",
}
