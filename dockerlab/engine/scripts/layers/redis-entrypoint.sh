#!/bin/sh
# Start the server as the user redis, also where root starts the container.
set -eu
case ${1:-} in
    -*|*.conf) set -- redis-server "$@" ;;
esac
if [ "${1:-}" = redis-server ]; then
    # The official image's server is compiled without its protected mode.
    # Without any argument it would read no settings, as here.
    shift
    set -- redis-server "$@" --protected-mode no
fi
if [ "${1:-}" = redis-server ] && [ "$(id -u)" = 0 ]; then
    chown redis . 2>/dev/null || true
    exec setpriv --reuid redis --regid redis --clear-groups -- "$@"
fi
exec "$@"
