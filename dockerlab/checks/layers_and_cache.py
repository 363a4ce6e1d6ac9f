"""Exercises of `layers_and_cache`: layers and the build cache."""

import collections
import hashlib

from dockerlab import images
from dockerlab.checks import contents, contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise


def _hashes(bench: Bench, tag: str) -> collections.Counter[str]:
    """How often each content, by its hash, is in an image's layers."""
    image = bench.client.images.get(tag)
    return collections.Counter(images.saved_hashes(image))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


FETCH = """
import os, pathlib, sys
cache = pathlib.Path("/root/.cache/fetch")
target = pathlib.Path("/srv/packages")
cache.mkdir(parents=True, exist_ok=True)
target.mkdir(parents=True, exist_ok=True)
for name in pathlib.Path(sys.argv[1]).read_text().split():
    kept = cache / name
    if not kept.exists():  # every download is different
        kept.write_bytes(os.urandom(10_000))
    (target / name).write_bytes(kept.read_bytes())
"""


@exercise("layers_and_cache/cache-mount", wants="dockerfile")
def cache_mount(bench: Bench, dockerfile: str) -> None:
    """A later build reuses an earlier one's downloads, the image does not
    contain them."""
    names = [f"{bench.token}-{letter}" for letter in "abc"]
    files = {"fetch.py": FETCH, "list.txt": "\n".join(names[:2])}
    with contexts.folder_of(files) as folder:
        first = bench.build(dockerfile, folder)
        if not first:
            return
        contexts.write(folder / "list.txt", "\n".join(names))
        second = contents.build_again(bench, dockerfile, folder)
        if not second:
            return
    before = contents.files(bench, first, "/srv/packages")
    after = contents.files(bench, second, "/srv/packages")
    there = bench.require(
        "packages",
        "all packages of the list are in /srv/packages",
        set(names) <= set(after) and set(names[:2]) <= set(before),
        "Does fetch.py still run with list.txt during the build?",
    )
    if not there:
        return
    bench.require(
        "reused",
        "a later build does not download the same packages again",
        all(before[name] == after[name] for name in names[:2]),
        "The second build began with an empty folder. Which kind of mount"
        " does the builder keep, and in which path does fetch.py look?",
    )
    found = _hashes(bench, second)
    bench.require(
        "once",
        "the layers contain each package once",
        all(found[_hash(after[name])] == 1 for name in names),
        "A layer contains a second copy. Which step wrote it?",
    )
