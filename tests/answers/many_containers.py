"""Wrong answers and second right ones: `many_containers`."""

_LABELS = "{dockerlab.lesson: many_containers, dockerlab.by: lab}"
_LAB = f"x-lab: &lab {{labels: {_LABELS}}}"
_WEB = "<<: *lab, image: many-web:1"


def _project(id: str, services: str, more: str = "") -> str:
    """A cell that makes the project and checks it; `services` is YAML in
    braces, so that a service is one line."""
    name = id.replace("many_containers/", "many-")
    text = f"name: {name}\n{_LAB}\nservices:\n{services}\n{more}"
    text += "networks: {default: *lab}\n"
    return f'up({text!r})\ncheck("{id}", "{name}")'


def _reach(web: str, store: str = '<<: *lab, image: "redis:8"') -> str:
    return _project(
        "many_containers/reach",
        f"  web: {{{_WEB}, {web}}}\n  store: {{{store}}}",
    )


def _wait(health: str, web: str = "service_healthy", name: str = "") -> str:
    waits = f"depends_on: {{store: {{condition: {web}}}}}"
    slow = "sh -c 'sleep 2; exec redis-server'"
    return _project(
        "many_containers/wait",
        f"  web: {{{_WEB}, {waits}}}\n"
        f'  store: {{<<: *lab, image: "redis:8", command: "{slow}"{health}}}',
    )


def _tame(limits: str) -> str:
    return _project(
        "many_containers/tame",
        '  neighbour: {<<: *lab, image: "python:3.13-slim",'
        f' command: "sleep 600"{limits}}}',
    )


_ENV = '{REDIS_URL: "redis://:tiger-lily@store:6379"}'
_READ = (
    "sh -c 'export REDIS_URL=redis://:$$(cat /run/secrets/word)@store:6379;"
    ' exec gunicorn \\"app:create_app()\\"\''
)
_FILE = "secrets: {word: {file: word.txt}}\n"


def _hide(web: str, store: str, more: str = _FILE) -> str:
    return _project(
        "many_containers/hide",
        f"  web: {{{_WEB}, {web}}}\n"
        f'  store: {{<<: *lab, image: "redis:8", {store}}}',
        more,
    )


_OPEN = 'command: "redis-server --requirepass tiger-lily"'
_SHUT = (
    "secrets: [word], command: \"sh -c 'exec redis-server --requirepass"
    " $$(cat /run/secrets/word)'\""
)


def _follow(settings: str) -> str:
    return f'check("many_containers/follow", """{settings}""")'


_UPSTREAM = """
upstream behind { server web:8000; }
server {
    listen 80;
    location / { proxy_pass http://behind; proxy_connect_timeout 1s; }
}
"""
_RESOLVED = """
resolver {resolver};
server {{
    listen 80;
    location / {{
        set $where {where};
        proxy_pass http://$where:8000;
        proxy_connect_timeout 1s;
    }}
}}
"""

WRONG = {
    "many_containers/reach": [
        ("exists", 'check("many_containers/reach", "many-nobody")'),
        ("answers", _reach('environment: {REDIS_URL: "redis://redis:6379"}')),
        ("counts", _reach('environment: {STORE_URL: "redis://store:6379"}')),
        (
            "runs",
            _reach(
                'environment: {REDIS_URL: "redis://store:6379"}',
                '<<: *lab, image: "redis:8", command: "false"',
            ).replace("check(", "time.sleep(1)\ncheck("),
        ),
        ("answer", 'check("many_containers/reach", None)'),
    ],
    "many_containers/wait": [
        ("check", _wait("", "service_started")),
        (
            "waited",
            _wait(
                ", healthcheck: {test: redis-cli ping, interval: 1s}",
                "service_started",
            ),
        ),
        (
            "honest",
            _wait(', healthcheck: {test: "true", interval: 1s}'),
        ),
    ],
    "many_containers/tame": [
        # First: the lab would leave this one standing, the next replaces it.
        (
            "labels",
            _tame(
                ", cpus: 0.5, labels: {dockerlab.lesson: many_containers}"
            ).replace('")', '")\nlab.discard("many-tame-neighbour-1")'),
        ),
        ("processor", _tame(", mem_limit: 100m, pids_limit: 50")),
        (
            "memory",
            _tame(", cpus: 0.5, mem_reservation: 100m, pids_limit: 50"),
        ),
        ("processes", _tame(", cpus: 0.5, mem_limit: 100m")),
        ("room", _tame(", cpus: 0.5, mem_limit: 20m, pids_limit: 50")),
    ],
    "many_containers/hide": [
        ("hidden", _hide(f"environment: {_ENV}", _SHUT)),
        (
            "hidden",
            _hide(f'secrets: [word], command: "{_READ}"', _OPEN, _FILE),
        ),
        (
            "asks",
            _hide(
                'environment: {REDIS_URL: "redis://store:6379"}',
                'command: "redis-server --protected-mode no"',
                "",
            ),
        ),
        (
            "answers",
            _hide('environment: {REDIS_URL: "redis://store:6379"}', _SHUT),
        ),
    ],
    "many_containers/follow": [
        ("follows", _follow(_UPSTREAM)),
        ("accepts", _follow("server { listen 80; location / { proxy_pas } }")),
        (
            "passes",
            _follow(_RESOLVED.format(resolver="127.0.0.11", where="app")),
        ),
        # The engine's answers are valid for ten minutes.
        (
            "follows",
            _follow(_RESOLVED.format(resolver="127.0.0.11", where="web")),
        ),
    ],
}

ALSO_RIGHT = {
    "many_containers/reach": _reach(
        'environment: ["REDIS_URL=redis://kept:6379/0"]',
        '<<: *lab, image: "redis:8", networks: {default: {aliases: [kept]}}',
    ),
    "many_containers/wait": _wait(
        ', healthcheck: {test: [CMD, redis-cli, -h, "127.0.0.1", get, x],'
        " interval: 1s, retries: 9}"
    ),
    "many_containers/tame": _tame(
        ", deploy: {resources: {limits:"
        " {cpus: '0.25', memory: 90M, pids: 50}}}"
    ),
    "many_containers/hide": _hide(
        f"volumes: ['./word.txt:/word:ro'], command: \"{_READ}\"".replace(
            "/run/secrets/word", "/word"
        ),
        _SHUT,
    ),
    "many_containers/follow": _follow("""
resolver 127.0.0.11 valid=1s ipv6=off;
map $host $behind { default web:8000; }
server {
    listen 80;
    location / {
        proxy_pass http://$behind$request_uri;
        proxy_connect_timeout 500ms;
        proxy_next_upstream error timeout;
    }
}
"""),
}
