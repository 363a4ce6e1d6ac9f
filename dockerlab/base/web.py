"""HTTP requests to this machine, which never go through a proxy."""

import urllib.request
from http.client import HTTPResponse

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def open_local(
    url: str | urllib.request.Request, timeout: float = 10
) -> HTTPResponse:
    """Open an address of this machine, whatever the proxy settings are.

    Raises:
        urllib.error.URLError: no answer, or one with an error status.
    """
    response = _direct.open(url, timeout=timeout)
    assert isinstance(response, HTTPResponse)
    return response
