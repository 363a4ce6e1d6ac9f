"""Wrong answers and second right ones: `compose_ops`."""


def _project(name: str, text: str) -> str:
    return (
        f'compose.up({text!r}, "compose-{name}")\n'
        f'check("compose_ops/{name}", "compose-{name}")'
    )


_TAME = """
services:
  neighbour:
    image: python:3.13-slim
    command: sleep 600
    {limits}
"""


def _tame(*limits: str) -> str:
    return _project("tame", _TAME.format(limits="\n    ".join(limits)))


_HIDE = """
services:
  web:
    image: compose-app:1
    {web}
  store:
    image: redis:8
    {store}
secrets:
  word:
    file: ./word.txt
"""
_URL = "redis://:tiger-lily@store:6379"
_OPEN = "command: redis-server --requirepass tiger-lily"
_SHUT = (
    "command: sh -c 'exec redis-server --requirepass $$(cat"
    " /run/secrets/word)'\n    secrets: [word]"
)
_READ = (
    "command: sh -c 'export REDIS_URL=\"redis://:$$(cat /run/secrets/word)"
    '@store:6379"; exec gunicorn "app:create_app()"\'\n    secrets: [word]'
)


def _hide(web: str, store: str) -> str:
    text = _HIDE.format(web=web, store=store)
    return 'pathlib.Path("word.txt").write_text("tiger-lily")\n' + _project(
        "hide", text
    )


_MIGRATE = """
services:
  migrate:
    image: redis:8
    command: {command}
  {more}web:
    image: compose-app:1
    {web}
"""
_JOB = 'sh -c "sleep 5; exit ${RESULT:-0}"'
_AFTER = "depends_on: {{{}: {{condition: service_{}}}}}"
_READY = """ready:
    image: redis:8
    command: redis-server --version
    depends_on: {migrate: {condition: service_completed_successfully}}
  """

_PAUSE = """pause:
    image: redis:8
    command: sleep 15
  """


def _migrate(web: str, command: str = _JOB, more: str = "") -> str:
    text = _MIGRATE.format(command=command, web=web, more=more)
    return (
        f'compose.up({text!r}, "compose-migrate")\n'
        f'compose.up({text!r}, "compose-broken", RESULT="1")\n'
        'check("compose_ops/migrate", "compose-migrate")'
    )


_DONE = _AFTER.format("migrate", "completed_successfully")

WRONG = {
    "compose_ops/tame": [
        ("exists", 'check("compose_ops/tame", "compose-nobody")'),
        ("processor", _tame("mem_limit: 100m", "pids_limit: 50")),
        (
            "memory",
            _tame("cpus: 0.5", "mem_reservation: 100m", "pids_limit: 50"),
        ),
        ("processes", _tame("cpus: 0.5", "mem_limit: 100m")),
        ("room", _tame("cpus: 0.5", "mem_limit: 20m", "pids_limit: 50")),
    ],
    "compose_ops/hide": [
        ("hidden", _hide(f'environment: {{REDIS_URL: "{_URL}"}}', _SHUT)),
        ("hidden", _hide(_READ, _OPEN)),
        (
            "asks",
            _hide(
                "environment: {REDIS_URL: redis://store:6379}",
                "command: redis-server --protected-mode no",
            ),
        ),
        (
            "answers",
            _hide("environment: {REDIS_URL: redis://store:6379}", _SHUT),
        ),
    ],
    "compose_ops/migrate": [
        # On a busy machine web needs seconds to start, too.
        (
            "order",
            _migrate("depends_on: [migrate]", _JOB.replace("5", "15")),
        ),
        ("fails", _migrate(_DONE, "sleep 5")),
        # Waits long enough, and does not look at the exit code.
        (
            "stops",
            _migrate(
                _AFTER.format("pause", "completed_successfully"), more=_PAUSE
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "compose_ops/tame": _tame(
        "cpus: 0.25", "mem_limit: 90m", "pids_limit: 50"
    ),
    "compose_ops/hide": _hide(
        "volumes: ['./word.txt:/word:ro']\n    "
        + _READ.partition("\n")[0].replace("/run/secrets/word", "/word"),
        _SHUT,
    ),
    # By way of a third service.
    "compose_ops/migrate": _migrate(
        _AFTER.format("ready", "completed_successfully"), more=_READY
    ),
}
