"""Fail unless a page answers within a minute.

    python smoke.py http://127.0.0.1:8000/

A step of a pipeline. It needs nothing but Python.
"""

import sys
import time
import urllib.request

SECONDS = 60


def main(url: str) -> None:
    """Request the page until it answers; exit with 1 if it never does."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + SECONDS
    while True:
        try:
            with direct.open(url, timeout=10) as answer:
                print(f"{url} answers with status {answer.status}")
                return
        except OSError as error:
            if time.monotonic() > end:
                sys.exit(f"{url} does not answer: {error}")
        time.sleep(0.2)


if __name__ == "__main__":
    main(sys.argv[1])
