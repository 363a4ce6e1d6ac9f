"""Wrong answers and second right ones: `layers_inside`."""

# What each layer hides, read from the engine's archive with the standard
# library; the older image store does not pack the layers.
_READ = """
import io, json, subprocess, tarfile
load_puzzle()
saved = subprocess.run(
    ["docker", "save", "layers-puzzle:1"], capture_output=True, check=True
).stdout
hides = {}
with tarfile.open(fileobj=io.BytesIO(saved)) as whole:
    [parts] = json.load(whole.extractfile("manifest.json"))
    for number, path in enumerate(parts["Layers"]):
        with tarfile.open(fileobj=whole.extractfile(path)) as one:
            hides.update({name: number for name in one.getnames()})
place = hides["srv/.wh.plan.txt"]
"""


def _whiteout(answer: str) -> str:
    return f'{_READ}\ncheck("layers_inside/whiteout", {answer})'


_PAIR = """
load_pair()
left, right = (
    images.read_image(client, name)
    for name in ("layers-left:1", "layers-right:1")
)
"""


def _size(answer: str) -> str:
    return f'{_PAIR}\ncheck("layers_inside/shared-size", {answer})'


WRONG = {
    "layers_inside/whiteout": [
        # A whiteout of another file, of a file whose name begins so, and of
        # a file of this name in another folder.
        ("layer", _whiteout('hides["srv/.wh.notes.txt"]')),
        ("layer", _whiteout('hides["srv/.wh.plan.txt.old"]')),
        ("layer", _whiteout('hides["opt/.wh.plan.txt"]')),
        # The layer that has the file.
        ("layer", _whiteout("0")),
        ("number", _whiteout("7")),
        ("answer", _whiteout('"srv/.wh.plan.txt"')),
        (
            "exists",
            "!docker image rm --force layers-puzzle:1 > /dev/null 2>&1\n"
            'check("layers_inside/whiteout", 1)',
        ),
    ],
    "layers_inside/shared-size": [
        ("bytes", _size("left.size + right.size")),
        ("bytes", _size("max(left.size, right.size)")),
        # The layer that one image has twice.
        ("bytes", _size("left.size + right.added_over(left)")),
        # What the engine reports, packed and in blocks.
        (
            "bytes",
            _size(
                'sum(client.images.get(f"layers-{x}:1").attrs["Size"]'
                ' for x in ("left", "right"))'
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "layers_inside/whiteout": _whiteout("place"),
    # Each layer's files, counted from the archives.
    "layers_inside/shared-size": f"""{_PAIR}
seen = {{}}
for name in ("layers-left:1", "layers-right:1"):
    for layer, entry, _ in images.walk(client.images.get(name)):
        seen[layer.digest, entry.name] = entry.size
check("layers_inside/shared-size", float(sum(seen.values())))
""",
}
