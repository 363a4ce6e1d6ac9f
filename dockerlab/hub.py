"""Ask Docker Hub how many pulls are left.

Docker Hub reports its limit for a repository that exists for this purpose; a
HEAD request does not count as a pull (Docker Hub, "Usage and limits").
"""

import json
import urllib.error
import urllib.request

IMAGE = "ratelimitpreview/test"
TOKEN = "https://auth.docker.io/token"
REGISTRY = "https://registry-1.docker.io"
SECONDS = 3.0  # to wait for an answer


def pulls() -> dict[str, str]:
    """The headers of Docker Hub about its limit; none without an answer.

    They are those of somebody without a login.
    """
    return {
        name: value
        for name, value in (ask(SECONDS) or {}).items()
        if "ratelimit-" in name
    }


def ask(seconds: float) -> dict[str, str] | None:
    """The headers of Docker Hub's answer, as `headers` returns them.

    Args:
        seconds: to wait for each of two answers.
    """
    scope = f"repository:{IMAGE}:pull"
    token = f"{TOKEN}?service=registry.docker.io&scope={scope}"
    return headers(token, f"{REGISTRY}/v2/{IMAGE}/manifests/latest", seconds)


def headers(
    token_url: str, url: str, seconds: float = SECONDS
) -> dict[str, str] | None:
    """Request a manifest's headers with an anonymous token.

    Returns:
        Names in lower case, or None if no registry answers.
    """
    try:
        with urllib.request.urlopen(token_url, timeout=seconds) as answer:
            token = json.load(answer)["token"]
        request = urllib.request.Request(
            url, headers={"Authorization": f"Bearer {token}"}, method="HEAD"
        )
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            rows = answer.headers.items()
    except urllib.error.HTTPError as error:
        # 429 is the answer to somebody who has no pulls left.
        if error.code != 429:
            return None
        return {"ratelimit-remaining": "0"}
    except (OSError, ValueError, KeyError):
        return None
    return {name.lower(): value for name, value in rows}
