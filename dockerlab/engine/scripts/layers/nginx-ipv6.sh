#!/bin/sh
# Let the first server listen on IPv6, too, where the container has it.
set -e
name=$(basename "$0") file=/etc/nginx/conf.d/default.conf
say() {
    [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$name: info: $*"
}
if [ ! -f /proc/net/if_inet6 ]; then
    say "ipv6 not available"
elif [ ! -f "$file" ]; then
    say "$file is not a file or does not exist"
elif ! touch "$file" 2>/dev/null; then
    say "can not modify $file (read-only file system?)"
elif grep -q 'listen  *\[::\]:80;' "$file"; then
    say "IPv6 listen already enabled"
else
    say "Getting the checksum of $file"
    if [ "$(md5sum < "$file")" != "$(cat /usr/share/nginx/default.md5)" ]; then
        say "$file differs from the packaged version"
    else
        sed -i 's/^    listen       80;/&\n    listen  [::]:80;/' "$file"
        say "Enabled listen on IPv6 in $file"
    fi
fi
