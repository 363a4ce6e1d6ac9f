#!/bin/sh
# Write a layer of Debian for another architecture to standard output as tar:
# BusyBox alone, a shell and small tools in one program.
#
# Called by root in a private mount namespace.
# Environment: LOWER (Debian's root of this machine), WORK, ARCHITECTURE
# (Debian's name for the other one), APT_OPTIONS.
set -eu

merged=$WORK/merged
mkdir -p "$merged" "$WORK/upper" "$WORK/work"
mount -t overlay overlay \
    -o "lowerdir=$LOWER,upperdir=$WORK/upper,workdir=$WORK/work" "$merged"
mount -t tmpfs tmpfs "$merged/tmp"
mount --rbind /dev "$merged/dev"
mount --bind /etc/resolv.conf "$merged/etc/resolv.conf"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
chroot "$merged" sh -eu >&2 <<'SCRIPT'
cd /tmp
mkdir -p lists/partial root
other="-oAPT::Architecture=$ARCHITECTURE -oAPT::Architectures=$ARCHITECTURE
    -oDir::State::lists=/tmp/lists -oAPT::Sandbox::User=root
    -oAcquire::Languages=none"
# shellcheck disable=SC2086
apt-get $APT_OPTIONS $other --quiet update
# shellcheck disable=SC2086
apt-get $APT_OPTIONS $other --quiet download busybox-static
dpkg-deb --extract busybox-static*.deb unpacked
cd root
mkdir -p dev etc home proc root run sys tmp usr/bin usr/sbin usr/lib var
chmod 1777 tmp
chmod 700 root
for name in bin sbin lib; do ln -s "usr/$name" "$name"; done
cp ../unpacked/usr/bin/busybox usr/bin/
for name in sh ls cat cp mv rm mkdir echo env id uname hostname ps sleep true \
    false test head tail grep sed awk find sort wc date df du touch ln chmod \
    chown pwd printf tr cut seq stat sha256sum tar gzip wget; do
    ln -s busybox "usr/bin/$name"
done
printf '#!/bin/sh\nexec sh "$@"\n' > usr/bin/bash
chmod 755 usr/bin/bash
cp /etc/os-release /etc/debian_version etc/
echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd
echo 'root:x:0:' > etc/group
SCRIPT
exec tar --create --directory "$merged/tmp/root" --sort=name --numeric-owner .
