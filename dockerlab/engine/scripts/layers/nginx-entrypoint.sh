#!/bin/sh
# Run what is in /docker-entrypoint.d before the server starts, and print
# what the official image prints.
set -e
me=$0 folder=/docker-entrypoint.d
say() {
    [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$me: $*"
}
if [ "${1:-}" = nginx ] || [ "${1:-}" = nginx-debug ]; then
    if [ -n "$(ls "$folder")" ]; then
        say "$folder/ is not empty, will attempt to perform configuration"
        say "Looking for shell scripts in $folder/"
        for script in "$folder"/*; do
            case $script in
                *.envsh) say "Sourcing $script"; . "$script" ;;
                *.sh)
                    say "Launching $script"
                    if [ -x "$script" ]; then "$script"; fi ;;
                *) say "Ignoring $script" ;;
            esac
        done
        say "Configuration complete; ready for start up"
    else
        say "No files found in $folder/, skipping configuration"
    fi
fi
exec "$@"
