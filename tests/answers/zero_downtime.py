"""Wrong answers and second right ones: `zero_downtime`."""


def _follow(settings: str) -> str:
    return f'check("zero_downtime/follow", """{settings}""")'


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

_HEALTH = "docker inspect -f '{{.State.Health.Status}}' zero-new"
_START = "docker run -d --name zero-new --network zero-net zero-web:2"
_WAIT = f'until [ "$({_HEALTH})" = healthy ]; do sleep 1; done'
_SWITCH = "sh switch.sh zero-proxy zero-new"
_STOP = "docker stop zero-old"


def _replace(*commands: str) -> str:
    return f"""
zero_downtime.begin(lab)
check("zero_downtime/replace", {list(commands)!r})
"""


WRONG = {
    "zero_downtime/follow": [
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
    "zero_downtime/replace": [
        ("all", _replace(_STOP, _START, _WAIT, _SWITCH)),
        # The new program does not listen yet.
        ("all", _replace(_START, _SWITCH, _WAIT, _STOP)),
        ("gone", _replace(_START, _WAIT, _SWITCH)),
        ("answers", _replace(_START, _WAIT)),
        ("runs", _replace(_START, _WAIT, "docker stop zero-odd")),
        ("new", _replace(_START.replace(":2", ":1"), _WAIT, _SWITCH, _STOP)),
    ],
}

ALSO_RIGHT = {
    # It asks the new one itself, and the drained old one needs no time.
    "zero_downtime/replace": _replace(
        _START,
        "until docker exec zero-new python -c"
        " 'from urllib.request import urlopen as u;"
        ' u("http://127.0.0.1:8000/healthz")\'; do sleep 0.5; done',
        _SWITCH,
        "docker rm -f zero-old",
    ),
    "zero_downtime/follow": _follow("""
resolver 127.0.0.11 valid=1s ipv6=off;
map $host $behind { default web:8000; }
server {
    listen 80;
    location / {
        proxy_pass http://$behind$request_uri;
        proxy_connect_timeout 1s;
        proxy_next_upstream error timeout;
    }
}
"""),
}
