#!/bin/sh
# Make one layer of a stand-in image and write it to standard output as tar.
#
# Called by root in a private mount namespace. An overlay file system joins
# the layers below with an empty upper folder. Packages and a script change it;
# the upper folder's content is the layer.
#
# Environment: LOWER (folders below, top first, colon between), UPPER, WORK,
# PACKAGES, APT_OPTIONS, SCRIPT (shell text, run inside), SETTINGS (a file
# inside, where the script may write `NAME=value` for the image's environment;
# no layer contains it).
set -eu

merged=$WORK/merged
mkdir -p "$merged" "$WORK/work" "$UPPER"
mount -t overlay overlay \
    -o "lowerdir=$LOWER,upperdir=$UPPER,workdir=$WORK/work" "$merged"
mount -t proc proc "$merged/proc"
mount --rbind /dev "$merged/dev"
mount -t tmpfs tmpfs "$merged/run"
mount -t tmpfs tmpfs "$merged/tmp"
mount --bind /etc/resolv.conf "$merged/etc/resolv.conf"

# Services must not start while they are installed.
printf '#!/bin/sh\nexit 101\n' > "$merged/usr/sbin/policy-rc.d"
chmod +x "$merged/usr/sbin/policy-rc.d"

export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if [ -n "$PACKAGES" ]; then
    # shellcheck disable=SC2086
    chroot "$merged" apt-get $APT_OPTIONS install --yes --quiet \
        --no-install-recommends $PACKAGES >&2
fi
printf '%s\n' "$SCRIPT" | chroot "$merged" sh -eu >&2
rm "$merged/usr/sbin/policy-rc.d"
umount --recursive "$merged"
# What was logged here. Links that lead logs to a container's output stay.
[ ! -d "$UPPER/var/log" ] || find "$UPPER/var/log" -type f -delete

# In a layer, a removed file is an empty file named .wh.<name>, and a folder
# that hides the one below contains .wh..wh..opq (OCI Image Specification,
# filesystem changesets). Overlay marks them differently.
find "$UPPER" -type c | while IFS= read -r gone; do
    [ "$(stat -c %t:%T "$gone")" = 0:0 ] || continue
    rm "$gone"
    : > "$(dirname "$gone")/.wh.$(basename "$gone")"
done
getfattr --recursive --absolute-names -n trusted.overlay.opaque "$UPPER" \
    2>/dev/null | sed -n 's/^# file: //p' | while IFS= read -r folder; do
    : > "$folder/.wh..wh..opq"
done
exec sh "$(dirname "$0")/pack.sh" "$UPPER"
