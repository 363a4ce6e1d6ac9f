#!/bin/sh
# Start the registry unless another program is named.
set -eu
case ${1:-} in
    *.yaml | *.yml) set -- registry serve "$@" ;;
    serve | garbage-collect | help | -*) set -- registry "$@" ;;
esac
exec "$@"
