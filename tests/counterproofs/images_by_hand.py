"""Counter-proofs of `images_by_hand`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "content-address": "1067419f 1a765974 6ad56d14 7e473bc5 3fa9eebc"
    " 4a02832e a28324dc bfa4345f fb431768 2d6eaa76 d7eefd72",
}

CHANGES = {
    "content-address": [
        Change(
            cell="6ad56d14",
            old="tar -xf greet.tar -C greet\n",
            new="tar -xf greet.tar -C greet\n"
            "echo x > greet/blobs/sha256/$(printf %064d 0)\n",
            because="A blob has a name that is not its digest.",
            sample=True,
        ),
        Change(
            cell="2d6eaa76",
            old='archives.unpack(blob(x["digest"]))',
            new='archives.unpack(blob(x["digest"])).replace(b"srv", b"SRV")',
            because="The layers are not those that the configuration lists.",
        ),
        Change(
            cell="a28324dc",
            old='blob(manifest["config"]["digest"])',
            new='blob(manifest["config"]["digest"])'
            '.replace(b"greet.py", b"Greet.py")',
            because="The settings are not those that the manifest names.",
        ),
    ],
}
