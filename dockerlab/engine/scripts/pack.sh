#!/bin/sh
# Write a folder to standard output as the tar archive of a layer, without
# the files that belong to the machine that made it.
set -eu
exec tar --create --directory "$1" --sort=name --numeric-owner \
    --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' \
    --exclude='./run/*' --exclude='./tmp/*' --exclude='./var/log/apt/*' \
    --exclude='./var/lib/apt/lists/*' --exclude='./var/cache/apt/*' \
    --exclude='./var/cache/debconf/*-old' --exclude='./var/lib/dpkg/*-old' \
    --exclude='./etc/resolv.conf' --exclude='./etc/hostname' .
