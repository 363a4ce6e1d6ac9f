"""Counter-proofs of `images`."""

from tests.counterproofs.harness import Change

BUILT = "00000005 00000006 00000007"
SAVED = f"{BUILT} 0000000d 0000000f 00000011 00000014 0000001a"

NEEDS = {
    "self-contained": f"{BUILT} 00000009",
    "content-address": f"{SAVED} 0000001d",
    "portable": f"{SAVED} 00000027 00000028 00000032 00000033"
    " 00000036 00000037 00000038 00000039",
    "immutable": f"{SAVED} 0000001d 0000001f 00000049 0000004b",
    "minimal-base": "00000005 00000006 0000002e 0000002f 00000050 00000052",
    "extensible": "00000005 00000059 0000005b",
}

CHANGES = {
    "self-contained": [
        Change(
            cell="00000006",
            old="COPY greet.py /srv/greet.py\n",
            new="",
            also=(
                (
                    "00000007",
                    "docker run --rm",
                    'docker run --rm --volume "$PWD":/srv',
                ),
                (
                    "00000009",
                    'network_mode="none",',
                    'network_mode="none",'
                    ' volumes={str(folder): {"bind": "/srv"}},',
                ),
            ),
            because="The code is not in the image but in a folder outside.",
        ),
        Change(
            cell="00000006",
            old='CMD ["python", "/srv/greet.py"]',
            new='CMD ["sh", "-c", "test -e /sys/class/net/eth0 &&'
            ' python /srv/greet.py"]',
            because="The program runs only where it has a network.",
        ),
    ],
    "content-address": [
        Change(
            cell="00000014",
            old="unpacked(archive.extractfile(path).read())",
            new="unpacked(archive.extractfile(path).read())"
            '.replace(b"GREETING", b"greeting")',
            because="A layer's content is not the one that its name promises.",
            sample=True,
        ),
        Change(
            cell="00000011",
            old='archive.extractfile(manifest["Config"]).read()',
            new='archive.extractfile(manifest["Config"]).read()'
            '.replace(b"GREETING=Hello", b"GREETING=hello")',
            because="The configuration is not the one that its name promises.",
        ),
    ],
    "portable": [
        Change(
            cell="00000039",
            old="docker load --input carried.tar | sort",
            new="docker load --input carried.tar | sort\n"
            "docker tag images-greet:1 images-changed:1",
            because="The other machine runs another image under this name.",
        ),
        Change(
            cell="00000037",
            old="docker save --output carried.tar",
            new="docker tag images-changed:1 images-hand:1\n"
            "docker save --output carried.tar",
            because="The archive carries another image under this name.",
        ),
    ],
    "immutable": [
        Change(
            cell="0000004b",
            old="docker commit images-writer images-committed > /dev/null",
            new="docker commit images-writer images-greet:1 > /dev/null\n"
            "docker tag images-greet:1 images-committed",
            because="What the container wrote is in the image of this name.",
        ),
        Change(
            cell="0000004b",
            old="docker commit images-writer images-committed > /dev/null",
            new="docker tag images-greet:1 images-committed",
            because="The change makes no new image.",
        ),
    ],
    "minimal-base": [
        Change(
            cell="00000050",
            old="FROM python:$base/",
            new="FROM python:3.13-slim/",
            because="Both apps have the slim base.",
        ),
        Change(
            cell="0000002f",
            old="FROM scratch",
            new="FROM debian:trixie-slim",
            because="The small program brings a whole distribution.",
        ),
    ],
    "extensible": [
        Change(
            cell="00000059",
            old="USER app\n",
            new="",
            because="The base image does not set the user.",
        ),
        Change(
            cell="0000005b",
            old='echo "FROM images-base"',
            new=r'printf "FROM images-base\nENV PYTHONUNBUFFERED=\n"',
            because="The app does not keep the setting of its base image.",
        ),
    ],
}
