"""Wrong answers and second right ones: `start_here`."""


def _mine(arguments: str, name: str = "start-mine") -> str:
    return f"""
lab.discard("start-mine")
run = "docker run --detach --name {name} {arguments}"
subprocess.run(run.split(), capture_output=True)
check("start_here/first-container", "start-mine")
lab.discard("{name}")
"""


def _tidy(do: str, name: str = "start-bob") -> str:
    return f"three()\n{do}\ncheck('start_here/tidy-up', {name!r})"


WRONG = {
    "start_here/first-container": [
        ("exists", _mine("debian:trixie-slim sleep 9", "start-other")),
        ("image", _mine("python:3.13-slim sleep 600")),
        ("runs", _mine("debian:trixie-slim echo sleep 600")),
        ("runs", _mine("debian:trixie-slim sleep 1")),
        ("runs", _mine("debian:trixie-slim slep 600")),
        ("answer", 'check("start_here/first-container", "two words")'),
    ],
    "start_here/read-logs": [
        ("word", 'check("start_here/read-logs", riddle.logs().decode())'),
        ("word", 'check("start_here/read-logs", "uuid")'),
        ("answer", 'check("start_here/read-logs", riddle.logs())'),
        ("answer", 'check("start_here/read-logs", "")'),
    ],
    "start_here/first-image": [
        (
            "says",
            'check("start_here/first-image", """FROM debian:trixie-slim\n'
            '# CMD ["echo", "I was built here"]\n""")',
        ),
        (
            "says",
            'check("start_here/first-image", """FROM debian:trixie-slim\n'
            'LABEL says="I was built here"\nCMD ["echo", "I was here"]""")',
        ),
        (
            "ends",
            'check("start_here/first-image", """FROM debian:trixie-slim\n'
            'CMD echo "I was built here"; exec sleep 60""")',
        ),
        (
            "builds",
            'check("start_here/first-image", """FORM debian:trixie-slim\n'
            'CMD ["echo", "I was built here"]""")',
        ),
    ],
    "start_here/tidy-up": [
        ("stay", _tidy("lab.reset()")),
        ("gone", _tidy('client.containers.get("start-bob").start()')),
        ("stay", _tidy('lab.discard("start-ada")')),
        (
            "stay",
            _tidy("""
for container in client.containers.list(filters={"name": "start-"}):
    container.restart(timeout=0)
lab.discard("start-bob")"""),
        ),
        ("named", _tidy('lab.discard("start-bob")', "start-x")),
    ],
}

ALSO_RIGHT = {
    "start_here/first-container": """
lab.discard("start-mine")
client.containers.run(
    "debian:trixie-slim", ["tail", "-f", "/dev/null"],
    name="start-mine", labels=lab.labels, detach=True,
)
check("start_here/first-container", "start-mine")
""",
    "start_here/read-logs": """
logs = ["docker", "logs", "start-riddle"]
said = subprocess.run(logs, capture_output=True, text=True).stdout
check("start_here/read-logs", said.strip().removeprefix("it is "))
""",
    "start_here/first-image": """
check("start_here/first-image", '''FROM python:3.13-slim
RUN echo "print('I was built here')" > /say.py
ENTRYPOINT ["python", "/say.py"]''')
""",
    "start_here/tidy-up": _tidy('client.containers.get("start-bob").remove()'),
}
