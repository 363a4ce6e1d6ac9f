# Sign an image, and verify the signature: bash sign.sh IMAGE@DIGEST
#
# A step of a pipeline. The private key is made for this demonstration; a real
# pipeline gets it from its secret store, or signs without a key. The options
# leave out what needs the internet: the public log of signatures.
set -eu
if ! command -v cosign > /dev/null; then
    echo "cosign is not installed: the image is not signed"
    exit
fi
export COSIGN_PASSWORD=""
test -e cosign.key || cosign generate-key-pair
old_format="" signing=""
if cosign sign --help | grep -q -e --use-signing-config; then  # cosign 3
    old_format=--new-bundle-format=false
    signing=--use-signing-config=false
fi
# shellcheck disable=SC2086
cosign sign --yes --tlog-upload=false $signing $old_format \
    --key cosign.key "$1"
# shellcheck disable=SC2086
cosign verify --insecure-ignore-tlog $old_format --key cosign.pub "$1"
