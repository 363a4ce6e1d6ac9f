"""Wrong answers and second right ones: `tls_and_trust`."""

_AUTH = (
    "-e REGISTRY_AUTH=htpasswd -e REGISTRY_AUTH_HTPASSWD_REALM=own"
    " -e REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd"
)
_TLS = (
    "-e REGISTRY_HTTP_TLS_CERTIFICATE=/auth/cert.pem"
    " -e REGISTRY_HTTP_TLS_KEY=/auth/key.pem"
)
_CHECK = """
check("tls_and_trust/private", {
    "registry": "localhost:5032", "ca": own / "ca.pem",
    "user": "grace", "password": "hopper",
})
"""
_INSTALL = "pip install --retries 0 -i https://packages.example/ greeting"


def _private(
    kind: str = "B",
    options: str = f"{_AUTH} {_TLS}",
    before: str = "",
    command: str = "",
) -> str:
    """Write the setup's files again, then serve and answer."""
    run = "docker run -d --name tls-own -p 127.0.0.1:5032:5000"
    return f"""
leaf.private_key_pem.write_to_path(own / "key.pem")
leaf.cert_chain_pems[0].write_to_path(own / "cert.pem")
{before}
make = "docker run --rm -i --entrypoint htpasswd httpd:2.4 -in{kind} grace"
!echo hopper | {{make}} > "{{own}}/htpasswd"
lab.discard("tls-own")
!{run} -v "{{own}}":/auth:ro {options} registry:2 {command}
{_CHECK}
"""


def _other_certificate(issued: str) -> str:
    return (
        f"wrong = {issued}\n"
        'wrong.private_key_pem.write_to_path(own / "key.pem")\n'
        'wrong.cert_chain_pems[0].write_to_path(own / "cert.pem")'
    )


def _install(*lines: str) -> str:
    text = "\n".join(["FROM python:3.13-slim", *lines])
    return f'check("tls_and_trust/company-ca", {text!r})'


WRONG = {
    "tls_and_trust/company-ca": [
        (
            "refuses",
            _install(f"RUN {_INSTALL} --trusted-host packages.example"),
        ),
        # Another index, and no mount.
        ("builds", _install("RUN pip install --retries 0 greeting")),
        ("builds", _install(f"RUN {_INSTALL} --cert /run/secrets/company-ca")),
        (
            "clean",
            _install(
                "COPY ca.pem /tmp/",
                f"RUN {_INSTALL} --cert /tmp/ca.pem && rm /tmp/ca.pem",
            ),
        ),
        # The secret is written into the list of the system.
        (
            "clean",
            _install(
                "RUN --mount=type=secret,id=company-ca"
                " cat /run/secrets/company-ca"
                f" >> /etc/ssl/certs/ca-certificates.crt && {_INSTALL}",
            ),
        ),
        # Where Python does not look.
        (
            "package",
            _install(
                "RUN --mount=type=secret,id=company-ca"
                f" {_INSTALL} --cert /run/secrets/company-ca --target /opt",
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
            'check("tls_and_trust/private", {"registry": "localhost:1",'
            ' "ca": "ca.pem", "user": "grace", "password": "hopper"})',
        ),
        # It ends, because there is no such file.
        (
            "answers",
            _private(options=f"{_AUTH} {_TLS}".replace("key.pem", "key.txt")),
        ),
        ("encrypted", _private(options=_AUTH)),
        # A certificate for another name.
        (
            "trusted",
            _private(
                before=_other_certificate(
                    'own_authority.issue_cert("example.org")'
                )
            ),
        ),
        # Of another authority.
        (
            "trusted",
            _private(
                before=_other_certificate(
                    'trustme.CA().issue_cert("localhost")'
                )
            ),
        ),
        ("refuses", _private(options=_TLS)),
        # MD5 and plain text are not read.
        ("admits", _private(kind="m")),
        ("admits", _private(kind="p")),
    ],
}

ALSO_RIGHT = {
    # The file of the context, in a stage whose layers are not shipped.
    "tls_and_trust/company-ca": _install(
        "COPY ca.pem /tmp/",
        f"RUN {_INSTALL} --cert /tmp/ca.pem --target /packages",
        "FROM python:3.13-slim",
        "COPY --from=0 /packages /packages",
        "ENV PYTHONPATH=/packages",
    ),
    # Another authority, and the settings in a file of one's own.
    "tls_and_trust/private": _private(
        kind="BC10",
        options="",
        command="serve /auth/config.yml",
        before="""
other = trustme.CA()
made = other.issue_cert("localhost", "127.0.0.1")
other.cert_pem.write_to_path(own / "other.pem")
made.private_key_pem.write_to_path(own / "key.pem")
made.cert_chain_pems[0].write_to_path(own / "cert.pem")
(own / "config.yml").write_text('''
version: 0.1
storage: {filesystem: {rootdirectory: /var/lib/registry}}
auth: {htpasswd: {realm: mine, path: /auth/htpasswd}}
http:
  addr: ":5000"
  tls: {certificate: /auth/cert.pem, key: /auth/key.pem}
''')
""",
    ).replace('"ca": own / "ca.pem"', '"ca": str(own / "other.pem")'),
}
