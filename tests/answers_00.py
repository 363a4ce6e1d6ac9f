"""Answers to the exercises of lesson 00: wrong ones, and other right ones."""


def _mine(arguments: str, name: str = "dockerlab-00-mine") -> str:
    return f"""
lab.discard("dockerlab-00-mine")
run = "docker run --detach --name {name} {arguments}"
subprocess.run(run.split(), capture_output=True)
check("00-first-container", "dockerlab-00-mine")
lab.discard("{name}")
"""


def _tidy(do: str, name: str = "dockerlab-00-bob") -> str:
    return f"three()\n{do}\ncheck('00-tidy-up', {name!r})"


WRONG = {
    "00-first-container": [
        ("exists", _mine("debian:trixie-slim sleep 9", "dockerlab-00-other")),
        ("image", _mine("python:3.13-slim sleep 600")),
        ("runs", _mine("debian:trixie-slim echo sleep 600")),
        ("runs", _mine("debian:trixie-slim sleep 1")),
        ("runs", _mine("debian:trixie-slim slep 600")),
        ("answer", 'check("00-first-container", "two words")'),
    ],
    "00-read-logs": [
        ("word", 'check("00-read-logs", riddle.logs().decode())'),
        ("word", 'check("00-read-logs", "uuid")'),
        ("answer", 'check("00-read-logs", riddle.logs())'),
        ("answer", 'check("00-read-logs", "")'),
    ],
    "00-first-image": [
        (
            "says",
            'check("00-first-image", """FROM debian:trixie-slim\n'
            '# CMD ["echo", "I was built here"]\n""")',
        ),
        (
            "says",
            'check("00-first-image", """FROM debian:trixie-slim\n'
            'LABEL says="I was built here"\nCMD ["echo", "I was here"]""")',
        ),
        (
            "ends",
            'check("00-first-image", """FROM debian:trixie-slim\n'
            'CMD echo "I was built here"; exec sleep 60""")',
        ),
        (
            "builds",
            'check("00-first-image", """FORM debian:trixie-slim\n'
            'CMD ["echo", "I was built here"]""")',
        ),
    ],
    "00-tidy-up": [
        ("stay", _tidy("lab.reset()")),
        ("gone", _tidy('client.containers.get("dockerlab-00-bob").start()')),
        ("stay", _tidy('lab.discard("dockerlab-00-ada")')),
        (
            "stay",
            _tidy("""
for container in client.containers.list(filters={"name": "dockerlab-00"}):
    container.restart(timeout=0)
lab.discard("dockerlab-00-bob")"""),
        ),
        ("named", _tidy('lab.discard("dockerlab-00-bob")', "dockerlab-00-x")),
    ],
}

ALSO_RIGHT = {
    "00-first-container": """
lab.discard("dockerlab-00-mine")
client.containers.run(
    "debian:trixie-slim", ["tail", "-f", "/dev/null"],
    name="dockerlab-00-mine", labels=lab.labels, detach=True,
)
check("00-first-container", "dockerlab-00-mine")
""",
    "00-read-logs": """
logs = ["docker", "logs", "dockerlab-00-riddle"]
said = subprocess.run(logs, capture_output=True, text=True).stdout
check("00-read-logs", said.strip().removeprefix("it is "))
""",
    "00-first-image": """
check("00-first-image", '''FROM python:3.13-slim
RUN echo "print('I was built here')" > /say.py
ENTRYPOINT ["python", "/say.py"]''')
""",
    "00-tidy-up": _tidy('client.containers.get("dockerlab-00-bob").remove()'),
}
