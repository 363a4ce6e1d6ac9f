"""Wrong answers and second right ones: `tls_and_trust`."""


def _words(body: str, answer: str = 'f"{WORDS}:1.0"') -> str:
    clear = """
there = registries.Registry(f"http://{REGISTRY}")
old = there.manifest("tls-words", "1.0")
if old:
    there.ask(f"tls-words/manifests/{old.digest}", "DELETE")
"""
    return f'{clear}{body}\ncheck("tls_and_trust/platforms", {answer})'


# An index by hand; `entries` are platform and tag.
_INDEX = """
there = registries.Registry(f"http://{REGISTRY}")
listed = []
for architecture, tag in entries:
    part = there.manifest("tls-words", tag)
    listed.append({
        "mediaType": part.media_type, "digest": part.digest,
        "size": part.size,
        "platform": {"os": "linux", "architecture": architecture},
    })
kind = registries.INDEXES[1]
index = {"schemaVersion": 2, "mediaType": kind, "manifests": listed}
put = http.put(
    f"http://{REGISTRY}/v2/tls-words/manifests/1.0",
    data=json.dumps(index), headers={"Content-Type": kind},
)
assert put.status_code == 201, put.text
"""


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
check("tls_and_trust/private", {{
    "registry": f"localhost:{{mine_port}}", "ca": own / "ca.pem",
    "user": "grace", "password": "hopper",
}})
"""


WRONG = {
    "tls_and_trust/platforms": [
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
    "tls_and_trust/private": [
        (
            "answer",
            'check("tls_and_trust/private", {"registry": "localhost:1"})',
        ),
        (
            "answers",
            'check("tls_and_trust/private", {"registry": "localhost:1", "ca": "ca.pem",'
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
    "tls_and_trust/platforms": _words(
        'words("amd64", "linux/amd64"); words("arm64", "linux/arm64")\n'
        'entries = [("arm64", "arm64"), ("amd64", "amd64")]' + _INDEX
    ),
    # A new registry that never had the secret.
    # Another authority, and the settings in a file of one's own.
    "tls_and_trust/private": """
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
lab.discard("tls-mine")
client.containers.run(
    "registry:2", ["serve", "/auth/config.yml"], name="tls-mine",
    labels=lab.labels, ports={"5000/tcp": ("127.0.0.1", mine_port)},
    volumes={str(own): {"bind": "/auth", "mode": "ro"}}, detach=True,
)
check("tls_and_trust/private", {
    "registry": f"127.0.0.1:{mine_port}", "ca": str(own / "other.pem"),
    "user": "grace", "password": "hopper",
})
""",
}
