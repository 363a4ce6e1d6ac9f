"""Counter-proofs of `secure_run`."""

from tests.counterproofs.harness import Change

NEEDS = {"layered-security": "ef36b502 e5f73973 d23dd481 2e13856f"}

CHANGES = {
    "layered-security": [
        Change(
            cell="d23dd481",
            old=', "user": "1000"},\n    "read-only"',
            new='},\n    "read-only"',
            because="The process is root, so it can change the system.",
        ),
        Change(
            cell="d23dd481",
            old='    "read-only": {"security_opt": [open_filter],'
            ' "read_only": True},',
            new='    "read-only": {"security_opt": [open_filter]},',
            because="The files are writable, so a user can change own files.",
        ),
        Change(
            cell="d23dd481",
            old='{"security_opt": [open_filter], "cap_drop": ["ALL"]}',
            new='{"security_opt": [open_filter]}',
            because="The capability for raw sockets is still there.",
        ),
        Change(
            cell="d23dd481",
            old='[open_filter, "no-new-privileges"]',
            new="[open_filter]",
            because="A setuid program still gives root's rights.",
            sample=True,
        ),
        Change(
            cell="d23dd481",
            old='"default seccomp": {}',
            new='"default seccomp": {"security_opt": [open_filter]}',
            because="Without the seccomp filter a namespace can be opened.",
        ),
    ],
}
