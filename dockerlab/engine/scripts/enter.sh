#!/bin/sh
# Enter the box: called by root inside a fresh mount, UTS and IPC namespace.
#
# Everything that is mounted here belongs to that namespace and ends with it.
# The box's first process, PID 1 of a PID namespace, is init.sh. When it ends,
# the kernel ends every other process of the box and removes the network
# namespace with its links and firewall rules.
#
# Environment: BOX_ROOT BOX_DATA BOX_RUN BOX_LOG BOX_SUPPLIES BOX_SHARED
# (one folder a line) and what init.sh needs.
set -eu

root=$BOX_ROOT
mount --bind "$root" "$root"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -p "$root/run/box" "$root/run/socket" "$root/run/host" \
    "$root/var/lib/supplies" "$root/var/log/box" "$root/var/lib/docker"

# The host's network namespace, which has the host's end of the link and the
# published ports.
: > "$root/run/box/host.net"
mount --bind /proc/self/ns/net "$root/run/box/host.net"

mount --rbind /dev "$root/dev"

# Build contexts and bind mounts are named by paths of the host, so the engine
# needs the same folders at the same paths.
printf '%s\n' "$BOX_SHARED" | while IFS= read -r folder; do
    [ -n "$folder" ] || continue
    mkdir -p "$root$folder"
    mount --rbind "$folder" "$root$folder"
done

# Last, so that no shared folder hides them.
mount --bind "$BOX_RUN" "$root/run/socket"
mount --bind "$BOX_LOG" "$root/var/log/box"
mount --bind "$BOX_SUPPLIES" "$root/var/lib/supplies"
mount --bind "$BOX_DATA" "$root/var/lib/docker"

here=$(dirname "$0")
install -m 755 "$here/init.sh" "$here/docker-proxy" "$here/runc" "$root/run/box/"
hostname dockerlab
cd "$root"
exec unshare --net --pid --fork --kill-child \
    sh ./run/box/init.sh "--box=$BOX_ID"
