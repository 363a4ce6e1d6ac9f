"""Wrong answers and second right ones: `secure_run`."""

_RIGHTS = {
    "read_only": "--read-only",
    "volume": "-v secure-data:/data",
    "caps": "--cap-drop ALL",
    "nnp": "--security-opt no-new-privileges",
}


def _run(name: str, options: str, image: str) -> str:
    return f"""
lab.discard("{name}")
!docker run -d --name {name} {options} {image}
check("secure_run/{name.removeprefix("secure-")}", "{name}")
""".replace("secure_run/hard", "secure_run/harden")


def _harden(*more: str, without: str = "") -> str:
    rights = [text for key, text in _RIGHTS.items() if key != without]
    return _run("secure-hard", " ".join([*rights, *more]), "secure-app")


def _least(options: str, image: str = "secure-starter") -> str:
    return _run("secure-least", options, image)


_NEEDED = "--cap-add CHOWN --cap-add SETGID --cap-add SETUID"
_NNP = "--security-opt no-new-privileges"

WRONG = {
    "secure_run/harden": [
        ("exists", 'check("secure_run/harden", "secure-nobody")'),
        ("user", _harden("--user 0")),
        ("read-only", _harden(without="read_only")),
        ("capabilities", _harden(without="caps")),
        ("privileges", _harden(without="nnp")),
        ("counts", _harden(without="volume")),
    ],
    "secure_run/least": [
        ("exists", 'check("secure_run/least", "secure-nobody")'),
        ("image", _least("--cap-drop ALL", "secure-app")),
        ("works", _least("--cap-drop ALL --cap-add CHOWN")),
        ("works", _least(f"--user 10001 --cap-drop ALL {_NEEDED} {_NNP}")),
        ("least", _least(_NNP)),
        (
            "least",
            _least(f"--cap-drop ALL {_NEEDED} --cap-add KILL {_NNP}"),
        ),
        ("privileges", _least(f"--cap-drop ALL {_NEEDED}")),
    ],
}

ALSO_RIGHT = {
    "secure_run/harden": """
lab.discard("secure-hard")
client.containers.run(
    "secure-app", name="secure-hard", labels=lab.labels, detach=True,
    user="12345", read_only=True, tmpfs={"/data": "mode=1777", "/tmp": ""},
    cap_drop=["ALL"], security_opt=["no-new-privileges:true"],
)
check("secure_run/harden", "secure-hard")
""",
    "secure_run/least": """
lab.discard("secure-least")
client.containers.run(
    "secure-starter", name="secure-least", labels=lab.labels, detach=True,
    cap_drop=["ALL"], cap_add=["CAP_CHOWN", "CAP_SETUID", "CAP_SETGID"],
    security_opt=["no-new-privileges"], init=True,
)
check("secure_run/least", "secure-least")
""",
}
