"""Wrong answers and second right ones: `images_by_hand`."""

# The place of the damaged layer, and the digests that are promised.
_FIND = """
import gzip
write_parcel("parcel.tar")
with tarfile.open("parcel.tar") as got:
    listed = json.load(got.extractfile("manifest.json"))[0]
    inside = json.load(got.extractfile(listed["Config"]))
    promises = inside["rootfs"]["diff_ids"]
    for place, part in enumerate(listed["Layers"]):
        data = gzip.decompress(got.extractfile(part).read())
        if digest(data) != promises[place]:
            break
"""


def _damaged(answer: str) -> str:
    return f'{_FIND}\ncheck("images_by_hand/damaged-layer", {answer})'


_OPEN = """
write_shop("shop.tar")
with tarfile.open("shop.tar") as got:
    listed = json.load(got.extractfile("manifest.json"))[0]
    inside = json.load(got.extractfile(listed["Config"]))
    left = [got.extractfile(path).read() for path in listed["Layers"]]
"""
_FORGET = "!docker image rm --force images-peeled:1 > /dev/null 2>&1\n"


def _peel(change: str) -> str:
    """Change `inside` and `left`, write the archive, load it."""
    return f"""{_OPEN}{_FORGET}
{change}
handmade.write_image(
    "p.tar", "images-peeled:1", json.dumps(inside).encode(), left
)
!docker load --input p.tar 2>&1
check("images_by_hand/peel", "images-peeled:1")
"""


WRONG = {
    "images_by_hand/damaged-layer": [
        # The first that differs, where the packed bytes were hashed.
        ("damaged", _damaged('{"archive": "parcel.tar", "damaged": 0}')),
        # Counted from 1.
        (
            "damaged",
            _damaged('{"archive": "parcel.tar", "damaged": place % 2 + 1}'),
        ),
        (
            "number",
            _damaged('{"archive": "parcel.tar", "damaged": promises[place]}'),
        ),
        ("archive", _damaged('{"archive": "p.tar", "damaged": place}')),
        ("archive", _damaged('{"archive": "greet.py", "damaged": place}')),
        ("answer", _damaged("place")),
    ],
    "images_by_hand/peel": [
        (
            "exists",
            f'{_OPEN}{_FORGET}check("images_by_hand/peel", "images-peeled:1")',
        ),
        # The configuration still promises the layer: the older image store
        # refuses to load it, today's loads it and cannot unpack it.
        (("exists", "layers"), _peel("left.pop()")),
        # The right program again, on top of the wrong one.
        (
            "layers",
            _peel(
                "left.append(left[0])\n"
                'inside["rootfs"]["diff_ids"].append(digest(left[0]))'
            ),
        ),
        # The same program, packed again with another name: other bytes.
        (
            "layers",
            _peel(
                "said = handmade.program('welcome\\n')\n"
                "left = [handmade.tar({'welcome': said})]\n"
                'inside["rootfs"]["diff_ids"] = [digest(left[0])]\n'
                'inside["config"]["Cmd"] = ["/welcome"]'
            ),
        ),
        (
            "prints",
            _peel(
                'left.pop()\ninside["rootfs"]["diff_ids"].pop()\n'
                'inside["config"].pop("Cmd")'
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "images_by_hand/damaged-layer": _damaged(
        '{"archive": os.path.abspath("parcel.tar"), "damaged": place}'
    ),
    # From what the engine saves, not from the archive that is given.
    "images_by_hand/peel": f"""
write_shop("shop.tar")
!docker save -o saved.tar images-shop:1
with archives.opened("saved.tar") as saved:
    bottom = saved.unpacked(saved.layers[0]).read()
{_FORGET}
handmade.write_image(
    "p.tar", "images-peeled:1",
    handmade.describe([bottom], Cmd=["/say"]), [bottom],
)
!docker load --input p.tar
check("images_by_hand/peel", "images-peeled:1")
""",
}
