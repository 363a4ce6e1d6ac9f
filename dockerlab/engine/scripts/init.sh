#!/bin/sh
# PID 1 of the box: change root, bring up the network, run the registry,
# the engine and the package index. If the engine ends, the box ends.
#
# Starts with the box's future root as working directory.
# Environment: BOX_LINK (name of the link on the host), BOX_HOST_END and
# BOX_END (its addresses), BOX_GROUP (number of the learner's group),
# BOX_CGROUP, BOX_REGISTRY_PORT, BOX_INDEX_PORT, BOX_ENGINE_OPTIONS (words
# for dockerd), BOX_ROOTLESS (empty or not), BOX_USER (whose engine that is).
# The last argument is the mark by which the host finds this process.
set -eu

# Not chroot: runc joins a container's mount namespace by its root, and would
# find the host's.
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
pivot_root . run/host
umount -l /run/host
# First on the search path: the box's own `runc`.
export PATH=/run/box:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8
unset DOCKER_HOST DOCKER_CONFIG DOCKER_CONTEXT
# Everything that the engine requests is in the box.
unset HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy

# The box has no route to other machines. A name server that cannot be reached
# would delay every failing look-up by many seconds; the bridge refuses at once.
echo 'nameserver 172.17.0.1' > /etc/resolv.conf
printf '127.0.0.1 localhost\n127.0.1.1 dockerlab\n' > /etc/hosts
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true

# Limits for all builds of the box together, so that a fork bomb or a RUN that
# takes all memory ends its build and not the machine. (Containers have limits
# of their own.)
limit() { # controller, file in version 1 of control groups, in version 2, value
    if [ -d "/sys/fs/cgroup/$1" ]; then
        group=/sys/fs/cgroup/$1$BOX_CGROUP/buildkit
        mkdir -p "$group" && echo "$4" > "$group/$2"
    else
        group=/sys/fs/cgroup$BOX_CGROUP
        mkdir -p "$group/buildkit"
        echo "+$1" > /sys/fs/cgroup/cgroup.subtree_control
        echo "+$1" > "$group/cgroup.subtree_control"
        echo "$4" > "$group/buildkit/$3"
    fi
}
half=$(awk '/^MemTotal/ {printf "%.0f", int($2 / 2) * 1024}' /proc/meminfo)
[ "$half" -lt 4294967296 ] || half=4294967296
limit pids pids.max pids.max 1024 ||
    echo "the processes of builds cannot be limited here"
limit memory memory.limit_in_bytes memory.max "$half" ||
    echo "the memory of builds cannot be limited here"

ip link set lo up
nsenter --net=/run/box/host.net ip link add "$BOX_LINK" type veth \
    peer name eth0 netns 1
nsenter --net=/run/box/host.net ip address add "$BOX_HOST_END/30" dev "$BOX_LINK"
nsenter --net=/run/box/host.net ip link set "$BOX_LINK" up
ip address add "$BOX_END/30" dev eth0
ip link set eth0 up

# The engine looks for a random port that is free in the box, but a program
# of the host may have it (`docker-proxy` listens there too), or another box. It
# takes them from below those that the host gives to its own programs, and each
# box from 500 of its own: from those of its address, or from the next ones that
# no box has. The alias of its link shows which ones a box has.
first=$(nsenter --net=/run/box/host.net \
    cut -f 1 /proc/sys/net/ipv4/ip_local_port_range)
third=${BOX_END%.*}
share=$(((${third##*.} * 64 + ${BOX_END##*.} / 4) % 24))
links=$(nsenter --net=/run/box/host.net ip link show)
for _ in $(seq 24); do
    echo "$links" | grep -q "alias dockerlab-ports-$share\$" || break
    share=$(((share + 1) % 24))
done
nsenter --net=/run/box/host.net \
    ip link set "$BOX_LINK" alias "dockerlab-ports-$share" ||
    echo "another box may choose the same random ports"
low=$((first - 12000 + 500 * share))
[ "$first" -le 20000 ] || echo "$low $((low + 499))" \
    > /proc/sys/net/ipv4/ip_local_port_range ||
    echo "random ports are not apart from the host's here"

cat > /run/box/registry.yml <<YML
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: /var/lib/supplies/registry}, delete: {enabled: true}}
http: {addr: "127.0.0.1:$BOX_REGISTRY_PORT"}
YML
while :; do
    docker-registry serve /run/box/registry.yml || sleep 1
done > /var/log/box/registry.log 2>&1 &

docker_engine() {
    # shellcheck disable=SC2086
    exec dockerd \
        --host unix:///run/socket/docker.sock --host unix:///run/docker.sock \
        --group "$BOX_GROUP" \
        --data-root /var/lib/docker \
        --cgroup-parent "$BOX_CGROUP" \
        --bip 172.17.0.1/16 \
        --host-gateway-ip "$BOX_HOST_END" \
        --registry-mirror "http://127.0.0.1:$BOX_REGISTRY_PORT" \
        --userland-proxy-path /run/box/docker-proxy \
        --shutdown-timeout 5 \
        --log-level warn \
        $BOX_ENGINE_OPTIONS
}

# The engine of a user without root rights. Published ports belong to the host,
# so that is where the parent of the engine's network namespace is.
rootless_engine() {
    grep -q "^learner:" /etc/passwd ||
        useradd --uid "$BOX_USER" --create-home learner
    for file in /etc/subuid /etc/subgid; do
        grep -qs "^learner:" "$file" || echo learner:100000:65536 >> "$file"
    done
    # As on other machines; some keep this device for root.
    mknod /run/box/tun c 10 200 && chmod 666 /run/box/tun
    mount --bind /run/box/tun /dev/net/tun
    install -d -m 700 -o learner /run/learner
    chown learner /var/lib/docker /run/socket
    # shellcheck disable=SC2086
    exec nsenter --net=/run/box/host.net \
        setpriv --reuid learner --regid learner --init-groups \
        env HOME=/home/learner XDG_RUNTIME_DIR=/run/learner \
        PATH="${PATH#/run/box:}" \
        sh /usr/share/docker.io/contrib/dockerd-rootless.sh \
        --host unix:///run/socket/docker.sock \
        --data-root /var/lib/docker \
        --bip 172.17.0.1/16 \
        --registry-mirror "http://127.0.0.1:$BOX_REGISTRY_PORT" \
        --shutdown-timeout 5 \
        --log-level warn \
        $BOX_ENGINE_OPTIONS
}

# An engine that is not Docker's, for the table of differences.
podman_engine() {
    mkdir -p /etc/containers
    cat > /etc/containers/containers.conf <<TOML
[network]
firewall_driver = "iptables"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
TOML
    cat > /etc/containers/registries.conf <<TOML
unqualified-search-registries = ["docker.io"]
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "127.0.0.1:$BOX_REGISTRY_PORT"
insecure = true
TOML
    # The index listens on the address of this bridge.
    ip link add docker0 type bridge
    ip address add 172.17.0.1/16 dev docker0
    ip link set docker0 up
    exec podman --root /var/lib/docker --runtime runc \
        --cgroup-manager cgroupfs \
        --events-backend file \
        system service --time 0 unix:///run/socket/docker.sock
}

if [ -n "$BOX_ROOTLESS" ]; then
    rootless_engine
elif command -v dockerd > /dev/null; then
    docker_engine
else
    podman_engine
fi > /var/log/box/dockerd.log 2>&1 &
engine=$!
trap 'kill -TERM "$engine"' TERM INT

# The index listens on the bridge alone, so the bridge comes first.
(
    enter=
    if [ -n "$BOX_ROOTLESS" ]; then
        # The bridge is in the engine's network namespace. The engine expects
        # its registry there, too.
        until child=$(cat /run/learner/dockerd-rootless/child_pid); do
            sleep 0.05
        done 2> /dev/null
        enter="nsenter --net=/proc/$child/ns/net"
        while :; do
            $enter docker-registry serve /run/box/registry.yml || sleep 1
        done &
    fi
    until $enter ip -4 -oneline address show docker0 2>/dev/null | grep -q inet; do
        sleep 0.05
    done
    while :; do
        PYTHONPATH=/var/lib/supplies/index $enter python3 -m pypiserver run \
            --interface 172.17.0.1 --port "$BOX_INDEX_PORT" \
            --disable-fallback /var/lib/supplies/wheels || sleep 1
    done
) > /var/log/box/index.log 2>&1 &

# `wait` returns early when a signal arrives: wait until the engine is gone.
while kill -0 "$engine" 2>/dev/null; do
    wait "$engine" || true
done
