#!/bin/sh
set -e
. /etc/apache2/envvars
mkdir -p /run/apache2
exec apache2 -DFOREGROUND "$@"
