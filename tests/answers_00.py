"""Answers to the exercises of lesson 00: wrong ones, and other right ones."""


def _mine(arguments: str, name: str = "dockerlab-00-mine") -> str:
    return f"""
lab.discard("dockerlab-00-mine")
run = "docker run --detach --name {name} {arguments}"
subprocess.run(run.split(), capture_output=True)
time.sleep(1)
check("00-first-container", "dockerlab-00-mine")
lab.discard("{name}")
"""


WRONG = {
    "00-first-container": [
        ("exists", _mine("debian:trixie-slim sleep 9", "dockerlab-00-other")),
        ("image", _mine("python:3.13-slim sleep 600")),
        ("runs", _mine("debian:trixie-slim echo sleep 600")),
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
        (
            "stay",
            "names = three()\nlab.reset()\ncheck('00-tidy-up', names)",
        ),
        (
            "gone",
            "names = three()\n"
            "client.containers.get(names['gone']).start()\n"
            "check('00-tidy-up', names)",
        ),
        (
            "stay",
            "names = three()\nlab.discard(names['stay'][0])\n"
            "check('00-tidy-up', names)",
        ),
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
    "00-tidy-up": """
names = three()
client.containers.get(names["gone"]).remove()
check("00-tidy-up", names)
""",
}
