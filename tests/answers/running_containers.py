"""Wrong answers and second right ones: `running_containers`."""


def _repaired(options: str, image: str = "running-patient") -> str:
    return f"""
lab.discard("running-mended")
run = ["docker", "run", "--detach", "--name", "running-mended"]
run += f"{options}".split()
subprocess.run([*run, "{image}"], capture_output=True)
check("running_containers/mend", "running-mended")
"""


_FILE = "--volume {folder}/greeting.txt:/config/greeting.txt:ro"
_PORT = "--publish 127.0.0.1::8000"

WRONG = {
    "running_containers/mend": [
        ("exists", 'check("running_containers/mend", "running-nobody")'),
        ("runs", _repaired(f"{_PORT} --env HOST=0.0.0.0")),
        ("published", _repaired(f"{_FILE} --env HOST=0.0.0.0")),
        ("answers", _repaired(f"{_FILE} {_PORT}")),
        (
            "greets",
            _repaired(
                "--volume /etc/hostname:/config/greeting.txt:ro"
                f" {_PORT} --env HOST=0.0.0.0"
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "running_containers/mend": """
lab.discard("running-mended")
mended = client.containers.create(
    "running-patient", name="running-mended", labels=lab.labels,
    environment={"HOST": "0.0.0.0"}, ports={"8000/tcp": None},
)
subprocess.run(
    ["sh", "-c", "mkdir -p config && cp greeting.txt config/"
     " && docker cp config running-mended:/"],
    check=True, capture_output=True,
)
mended.start()
check("running_containers/mend", "running-mended")
""",
}
