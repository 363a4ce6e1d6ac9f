"""Counter-proofs of `secure_images`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "signable": "4dad9c6e 17092b45 e7cf0d85 f34efce8 33be468a 6ebf2137"
    " 8d100677",
}

CHANGES = {
    "signable": [
        Change(
            cell="6ebf2137",
            old='"--key", "stranger.key"',
            new='"--key", "cosign.key"',
            because="An owner of the private key can sign a changed image.",
        ),
        Change(
            cell="17092b45",
            old='cosign("sign", "--key", "cosign.key", *signing, original)',
            new="None",
            because="An image that nobody signed does not verify.",
        ),
    ],
}
