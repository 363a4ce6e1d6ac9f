"""Exercises of `what_is_a_container`."""

import re
from collections.abc import Mapping, Sequence

from docker.models.containers import Container

from dockerlab.checks import pages, silence
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

RIDDLE = "what-riddle"
VERSION = re.compile(r"\d+(?:\.\d+)+")
# Prints the two versions that the exercise asks for.
ASK = """
import importlib.metadata, platform
print(platform.python_version(), importlib.metadata.version("shop"))
"""


@exercise("what_is_a_container/three-from-one", wants="containers")
def three_from_one(bench: Bench, names: Sequence[str]) -> None:
    """Three containers from one image, each with a page of its own."""
    bench.require(
        "three",
        "there are three different names",
        len(set(names)) == 3,
        f"These are {len(set(names))}: {', '.join(names)}.",
    )
    found = [bench.require_running(name) for name in dict.fromkeys(names)]
    containers = [each for each in found if each]
    if len(containers) < 3:
        return
    images = {each.attrs["Image"]: each for each in containers}
    used = sorted({each.attrs["Config"]["Image"] for each in containers})
    bench.require(
        "one-image",
        "all three run from one image",
        len(images) == 1,
        f"They run from {len(images)} images: {', '.join(used)}.",
    )
    texts = [_page(bench, each) for each in containers]
    if None in texts:
        return
    bench.require(
        "different",
        "the three pages are different",
        len(set(texts)) == 3,
        f"The pages are: {', '.join(f'{text:.40}' for text in texts)}.",
    )


def _page(bench: Bench, container: Container) -> str | None:
    """The page of a container that publishes its port on loopback; None if
    there is none, and then a criterion of the card says why."""
    ports = bench.require_published(container)
    if not ports:
        return None
    page = pages.fetch(container, ports[0])
    inside = int(ports[0].partition("/")[0])
    if not bench.require(
        "answers",
        f"{container.name} answers with a page",
        page is not None,
        "" if page is not None else silence.why(container, inside),
    ):
        return None
    ends = [end for port in ports for end in container.ports[port]]
    opened = sorted({e["HostIp"] for e in ends if not pages.is_own(e)})
    bench.require(
        "loopback",
        f"{container.name} is published on 127.0.0.1 only",
        not opened,
        f"It is published on {', '.join(opened)}, so other machines reach it."
        " What stands before the port in `-p`?",
    )
    return (page or "").strip()


@exercise("what_is_a_container/which-python", wants="mapping")
def which_python(bench: Bench, versions: Mapping[str, object]) -> None:
    """The versions of Python and of a package inside an image."""
    here = bench.image(RIDDLE)
    hint = "Run the cell that builds it, further up in the exercise."
    if not bench.require("image", f"the image {RIDDLE} exists", here, hint):
        return
    ending = bench.output(RIDDLE, "-c", ASK, entrypoint=["python"])
    if not bench.require(
        "runs", "Python in the image reports its versions", ending.ok, hint
    ):
        return
    python, shop = ending.output.split()
    given = _version(versions.get("python"))
    bench.require(
        "python",
        "`python` is the version of Python in the image",
        given.count(".") > 0 and f"{python}.".startswith(f"{given}."),
        f"You report {given or 'none'}. Ask the image, not your machine:"
        f" `docker run --rm {RIDDLE} python --version`.",
    )
    given = _version(versions.get("shop"))
    bench.require(
        "shop",
        "`shop` is the version of the package in the image",
        given == shop,
        f"You report {given or 'none'}. Which command of pip lists the"
        " packages? Run it in a container of this image.",
    )


def _version(given: object) -> str:
    """The version in an answer such as `Python 3.13.5`; empty if none."""
    found = VERSION.search(str(given or ""))
    return found[0] if found else ""
