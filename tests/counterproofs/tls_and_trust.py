"""Counter-proofs of `tls_and_trust`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "trusted-host": "f4945e46 c5a936a7 0d5077e1 e60d0be2 533d2802 141348d4",
}

CHANGES = {
    "trusted-host": [
        Change(
            cell="0d5077e1",
            old="--retries 0 $OPTION",
            new="--retries 0 --trusted-host packages.example $OPTION",
            because="A host that is always trusted is never refused.",
            sample=True,
        ),
        Change(
            cell="f4945e46",
            old='for who, text in [("company", "the real one"),'
            ' ("impostor", "malware")]:\n'
            "    authority = trustme.CA(organization_name=who)\n",
            new='authority = trustme.CA(organization_name="company")\n'
            'for who, text in [("company", "the real one"),'
            ' ("impostor", "malware")]:\n',
            because="The impostor's certificate is from the same authority.",
        ),
        Change(
            cell="141348d4",
            old='"--trusted-host packages.example",',
            new='"--trusted-host other.example",',
            because="Another host is trusted, and this one is checked.",
        ),
    ],
}
