"""Counter-proofs of `python_images`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "trusted-host": "279b8a60 15016616 118a1de5 012d6116 9756757b 1c8dc338"
    " 8e3dc1af 1e142e62 f9baa17c 44778d82",
    "unpinned": "279b8a60 15016616 118a1de5 64f46a75 a51a6c19 a838443e"
    " 3fab5c18 6c1aa504",
}

CHANGES = {
    "trusted-host": [
        Change(
            cell="1e142e62",
            old="https://index/ {}",
            new="https://index/ --trusted-host index {}",
            because="A host that is always trusted is never refused.",
        ),
        Change(
            cell="9756757b",
            old='for who, text in (("company", "the real one"),'
            ' ("impostor", "malware")):\n    authority = trustme.CA()\n',
            new="authority = trustme.CA()\n"
            'for who, text in (("company", "the real one"),'
            ' ("impostor", "malware")):\n',
            because="The impostor's certificate is from the same authority.",
        ),
    ],
    "unpinned": [
        Change(
            cell="a838443e",
            old='after = installed("greeting")',
            new='after = installed("greeting==1.0")',
            because="A pinned version is not replaced by a newer one.",
            sample=True,
        ),
        Change(
            cell="6c1aa504",
            old='wheels.make(index, "greeting", "1.0",'
            " 'TEXT = \"replaced\"\\n')\n",
            new="",
            because="Nobody replaced the file of version 1.0.",
        ),
        Change(
            cell="3fab5c18",
            old="greeting==1.0 --hash=sha256:{digest}",
            new="greeting==1.0",
            because="A version without a hash accepts another file.",
        ),
    ],
}
