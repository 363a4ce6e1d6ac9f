#!/bin/sh
# Finish a root whose packages are extracted and not configured: what the box
# needs of their scripts. mmdebstrap runs it; its argument is the root.
set -eu

cd "$1"
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
: > etc/subuid
: > etc/subgid
rm -rf var/run var/lock
ln -s /run var/run
ln -s /run/lock var/lock
for family in iptables ip6tables; do
    for what in '' -save -restore; do
        ln -s "$family-nft$what" "usr/sbin/$family$what"
    done
done
ln -s mawk usr/bin/awk
# The engine and cosign trust these authorities.
find usr/share/ca-certificates -name '*.crt' -exec cat {} + \
    > etc/ssl/certs/ca-certificates.crt
