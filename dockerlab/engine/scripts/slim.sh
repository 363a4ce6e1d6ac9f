#!/bin/sh
# Remove what Debian's own slim images leave out, too. mmdebstrap runs it; its
# argument is the root. With mmdebstrap's own filter, the extraction would take
# twice as long.
set -eu

cd "$1/usr/share"
find doc ! -type d ! -name copyright -delete
find doc -type d -empty -delete
for folder in info lintian locale man; do
    [ ! -d "$folder" ] || find "$folder" -mindepth 1 -delete
done
