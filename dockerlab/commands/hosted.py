"""JupyterLab in a hosted editor, which forwards its port to a browser."""

from collections.abc import Mapping


def origin(port: int, profile: Mapping[str, str]) -> str:
    """Return the address at which the editor shows a port of this machine.

    GitHub sets both variables in a codespace (GitHub documentation, "Default
    environment variables for your codespace"). Empty everywhere else.
    """
    name = profile.get("CODESPACE_NAME", "")
    domain = profile.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "")
    return f"https://{name}-{port}.{domain}" if name and domain else ""


def options(port: int, profile: Mapping[str, str]) -> list[str]:
    """Return the options with which JupyterLab answers at that address.

    It refuses requests from pages of another address; the token is still
    required, and the editor shows the port to its owner only.
    """
    address = origin(port, profile)
    return (
        [
            f"--ServerApp.allow_origin={address}",
            "--ServerApp.allow_remote_access=True",
        ]
        if address
        else []
    )
