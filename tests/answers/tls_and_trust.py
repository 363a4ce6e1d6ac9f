"""Wrong answers and second right ones: `tls_and_trust`."""

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
