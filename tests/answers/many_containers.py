"""Wrong answers and second right ones: `many_containers`."""


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
    "many_containers/follow": _follow("""
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
