# Install Python below /usr/local, as the official image does.
#
# The official image compiles Python from source, which takes many minutes.
# Here Debian's packages are unpacked and moved from /usr to /usr/local, so
# Debian's package manager does not know them.
cd /tmp
# shellcheck disable=SC2086
apt-get $APT_OPTIONS -oAPT::Sandbox::User=root --quiet download \
    python3.13 python3.13-minimal python3.13-venv python3.13-dev \
    libpython3.13-minimal libpython3.13-stdlib libpython3.13-dev \
    python3-pip-whl
for package in *.deb; do dpkg-deb --extract "$package" unpacked; done

from=unpacked/usr to=/usr/local lib=/usr/local/lib/python3.13
mv "$from/lib/python3.13" "$to/lib/"
mv "$from/include/python3.13" "$to/include/"
mv -f "$from"/include/*/python3.13/pyconfig.h "$to/include/python3.13/"
mv "$from/bin/python3.13" "$from/bin/pydoc3.13" "$to/bin/"
mv "$from"/bin/*-linux-gnu-python3.13-config "$to/bin/python3.13-config"
mkdir "$lib/ensurepip/_bundled"
mv "$from"/share/python-wheels/pip-*.whl "$lib/ensurepip/_bundled/"
rm -r "$lib/EXTERNALLY-MANAGED" "$lib/sitecustomize.py" \
    "$lib/_distutils_system_mod.py" "$lib"/config-*/libpython*.a "$lib/test"
python=$to/bin/python3.13
"$python" -I -S - <<'PYTHON'
@PATHS@
PYTHON
ln -s python3.13 "$to/bin/python3"
ln -s pydoc3.13 "$to/bin/pydoc3"
ln -s python3.13-config "$to/bin/python3-config"

# The standard library keeps its bytecode. Without it, every program in a
# container would compile what it imports, and pip would take twice as long
# to start. Pip itself has no bytecode, as in the official image.
find "$lib" -depth -name __pycache__ -exec rm -r {} +
"$python" -m compileall -q "$lib"
"$python" -m ensurepip > /dev/null
find "$lib/site-packages" -depth -name __pycache__ -exec rm -r {} +
echo "PYTHON_VERSION=$("$python" -V | cut -d' ' -f2)" > "$SETTINGS"
