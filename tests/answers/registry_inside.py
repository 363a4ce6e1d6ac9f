"""Wrong answers and second right ones: `registry_inside`."""


def _words(body: str, answer: str = 'f"{WORDS}:1.0"') -> str:
    clear = """
there = registries.Registry(f"http://{REGISTRY}")
old = there.manifest("registry-words", "1.0")
if old:
    there.ask(f"registry-words/manifests/{old.digest}", "DELETE")
"""
    return f'{clear}{body}\ncheck("registry_inside/platforms", {answer})'


# An index by hand; `entries` are platform and tag.
_INDEX = """
there = registries.Registry(f"http://{REGISTRY}")
listed = []
for architecture, tag in entries:
    part = there.manifest("registry-words", tag)
    listed.append({
        "mediaType": part.media_type, "digest": part.digest,
        "size": part.size,
        "platform": {"os": "linux", "architecture": architecture},
    })
kind = registries.INDEXES[1]
index = {"schemaVersion": 2, "mediaType": kind, "manifests": listed}
put = http.put(
    f"http://{REGISTRY}/v2/registry-words/manifests/1.0",
    data=json.dumps(index), headers={"Content-Type": kind},
)
assert put.status_code == 201, put.text
"""


def _cellar(body: str) -> str:
    names = """
cellar()
there = registries.Registry(CELLAR)
leak = there.manifest("registry-cellar", "1.0").digest
COLLECT = ("exec registry-cellar registry garbage-collect"
           " /etc/docker/registry/config.yml")
"""
    return f'{names}{body}\ncheck("registry_inside/clean", "registry-cellar")'


_DELETE = 'there.ask(f"registry-cellar/manifests/{leak}", "DELETE")\n'
_RESTART = 'do("restart registry-cellar"); wait_for(CELLAR)\n'
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
check("registry_inside/private", {{
    "registry": f"localhost:{{mine_port}}", "ca": own / "ca.pem",
    "user": "grace", "password": "hopper",
}})
"""


WRONG = {
    "registry_inside/platforms": [
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
    "registry_inside/clean": [
        ("runs", 'check("registry_inside/clean", "registry-nobody")'),
        # The tag moved; the manifest and its blobs stay.
        (
            "gone",
            _cellar(
                'name = f"localhost:{cellar_port}/registry-cellar"\n'
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
                'name = f"localhost:{cellar_port}/registry-cellar:1.1"\n'
                'text = "FROM scratch\\nCOPY secret.txt /\\n"\n'
                'builds.build("cellar", tag=name, dockerfile=text)\n'
                'do(f"push --quiet {name}")\n' + _DELETE
            ),
        ),
        # All deleted, the good version too.
        (
            "keeps",
            _cellar(
                'both = [there.manifest("registry-cellar", tag).digest\n'
                '        for tag in there.tags("registry-cellar")]\n'
                "for digest in both:\n"
                '    there.ask(f"registry-cellar/manifests/{digest}",'
                ' "DELETE")\n'
                "do(COLLECT)\n" + _RESTART
            ),
        ),
    ],
    "registry_inside/private": [
        (
            "answer",
            'check("registry_inside/private", {"registry": "localhost:1"})',
        ),
        (
            "answers",
            'check("registry_inside/private", {"registry": "localhost:1", "ca": "ca.pem",'
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
    # The tag is moved by one request, without an image on any engine.
    "registry_inside/platforms": _words(
        'words("amd64", "linux/amd64"); words("arm64", "linux/arm64")\n'
        'entries = [("arm64", "arm64"), ("amd64", "amd64")]' + _INDEX
    ),
    # A new registry that never had the secret.
    "registry_inside/clean": _cellar(
        'name = f"localhost:{cellar_port}/registry-cellar:1.1"\n'
        'lab.discard("registry-cellar")\n'
        'do("run --detach --name registry-cellar --publish"\n'
        '   f" 127.0.0.1:{cellar_port}:5000 registry:2")\n'
        "wait_for(CELLAR)\n"
        'do(f"push --quiet {name}")'
    ),
    # Another authority, and the settings in a file of one's own.
    "registry_inside/private": """
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
lab.discard("registry-mine")
client.containers.run(
    "registry:2", ["serve", "/auth/config.yml"], name="registry-mine",
    labels=lab.labels, ports={"5000/tcp": ("127.0.0.1", mine_port)},
    volumes={str(own): {"bind": "/auth", "mode": "ro"}}, detach=True,
)
check("registry_inside/private", {
    "registry": f"127.0.0.1:{mine_port}", "ca": str(own / "other.pem"),
    "user": "grace", "password": "hopper",
})
""",
}
