"""Wrong answers and second right ones: `compose`."""

_REACH = """
services:
  web:
    image: compose-web:1
    {setting}
  store:
    image: redis:8
    {more}
"""
_URL = "environment: {REDIS_URL: redis://store:6379}"


def _reach(setting: str, more: str = "", before: str = "") -> str:
    text = _REACH.format(setting=setting, more=more)
    return (
        f'compose.up({text!r}, "compose-reach")\n{before}'
        'check("compose/reach", "compose-reach")'
    )


_WAIT = """
services:
  web:
    image: compose-web:1
    depends_on:
      store:
        condition: {condition}
  store:
    image: redis:8
    command: sh -c "sleep 2; exec redis-server"
    {health}
"""


def _wait(health: str, condition: str = "service_healthy") -> str:
    text = _WAIT.format(health=health, condition=condition)
    return (
        f'compose.up({text!r}, "compose-wait")\n'
        'check("compose/wait", "compose-wait")'
    )


_ENV = """
services:
  web:
    image: compose-web:1
    {lines}
"""


def _env(*lines: str, before: str = "") -> str:
    text = _ENV.format(lines="\n    ".join(lines))
    return (
        'pathlib.Path("team.env").write_text('
        '"NAME=Team\\nLOG_LEVEL=WARNING\\n")\n'
        f"{before}"
        f'compose.up({text!r}, "compose-default")\n'
        f'compose.up({text!r}, "compose-shell", NAME="Grace")\n'
        'check("compose/env", "compose-default")'
    )


_TEAM = "env_file: team.env"
_ENDS = 'compose.services("compose-reach")["store"][0].wait(timeout=60)\n'
_PING = "healthcheck: {test: redis-cli ping, interval: 1s}"

WRONG = {
    "compose/reach": [
        ("exists", 'check("compose/reach", "compose-nobody")'),
        (
            "answers",
            _reach("environment: {REDIS_URL: redis://redis:6379}"),
        ),
        ("counts", _reach("environment: {STORE_URL: redis://store:6379}")),
        ("runs", _reach(_URL, 'command: "false"', _ENDS)),
        ("answer", 'check("compose/reach", None)'),
    ],
    "compose/wait": [
        ("check", _wait("", "service_started")),
        (
            # On a busy machine web needs seconds to start, too.
            "waited",
            _wait(_PING, "service_started").replace("sleep 2", "sleep 12"),
        ),
        ("honest", _wait('healthcheck: {test: "true", interval: 1s}')),
    ],
    "compose/env": [
        ("default", _env("environment: {NAME: Grace}")),
        ("shell", _env(_TEAM, "environment: {NAME: Ada}")),
        ("team", _env("environment: ['NAME=${NAME:-Ada}']")),
    ],
}

ALSO_RIGHT = {
    "compose/reach": _reach(
        'environment: ["REDIS_URL=redis://kept:6379/0"]',
        "networks: {default: {aliases: [kept]}}",
    ),
    "compose/wait": _wait(
        'healthcheck: {test: [CMD, redis-cli, -h, "127.0.0.1", get, x],'
        " interval: 1s, retries: 9}"
    ),
    # A variable without a value gets the one of the shell, or of .env.
    "compose/env": _env(
        _TEAM,
        "environment: [NAME]",
        before='pathlib.Path(".env").write_text("NAME=Ada\\n")\n',
    ).replace("\ncheck(", '\npathlib.Path(".env").unlink()\ncheck('),
}
