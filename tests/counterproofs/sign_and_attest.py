"""Counter-proofs of `sign_and_attest`."""

from tests.counterproofs.harness import Change

NEEDS = {"signable": "4f2a014b 5bf20ede 4108b939 65f773ae e03f997a 05f0b309"}

CHANGES = {
    "signable": [
        Change(
            cell="e03f997a",
            old="--key stranger.key",
            new="--key cosign.key",
            because="An owner of the private key can sign a changed image.",
            sample=True,
        ),
        Change(
            cell="4f2a014b",
            old="cosign sign $SIGNING --yes --key cosign.key \\\n",
            new="echo Pushing \\\n",
            because="An image that nobody signed is refused.",
        ),
    ],
}
