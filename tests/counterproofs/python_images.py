"""Counter-proofs of `python_images`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "trusted-host": "012d6116 9756757b 1c8dc338 8e3dc1af 1e142e62 f9baa17c"
    " 44778d82",
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
}
