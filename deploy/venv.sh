# Sourced by run and test: an environment with exactly what a lock names.
# prepare_venv NAME  leaves `python` pointing into it and says how long it took, if it took any time.
here=$(cd "$(dirname "$0")" && pwd)
venv=${ZHURNAL_VENV:-$here/.venv}
python=$venv/bin/python
# A dozen processes import the same modules: compiled once, even where the machine says otherwise.
unset PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    say "Zhurnal needs Python 3.11 or newer, and none was found (Debian: apt install python3 python3-venv)."
    exit 1
}

prepare_venv() {
    lock=$here/requirements/$1.lock
    mark=$venv/.installed-$1
    if [ -x "$python" ] && cmp -s "$lock" "$mark"; then return; fi
    started=$(date +%s)
    base=$(find_python) || exit 1
    if ! [ -x "$python" ]; then
        say "Making the Python environment in ${venv#"$here"/} …"
        if ! "$base" -m venv "$venv" 2>/dev/null; then
            rm -rf "$venv"
            say "Python could not make an environment: the module venv is missing (Debian: apt install python3-venv)" \
                "or the disk is full ($(df -h "$here" | awk 'NR==2{print $4}') free)."
            exit 1
        fi
    fi
    say "Installing packages named in requirements/$1.lock …"
    pip="$python -m pip --quiet --disable-pip-version-check"
    # uv installs in a tenth of pip's time; it is told the index that pip is configured for.
    if $pip install --require-hashes -r "$here/requirements/bootstrap.lock" 2>"$venv/install.log"; then
        index=$("$python" -m pip config get global.index-url 2>/dev/null || true)
        [ -z "${PIP_INDEX_URL:-$index}" ] || export UV_DEFAULT_INDEX="${PIP_INDEX_URL:-$index}"
        certificates=${PIP_CERT:-$("$python" -m pip config get global.cert 2>/dev/null || true)}
        [ -z "$certificates" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$certificates}"
        "$venv/bin/uv" pip install --quiet --python "$python" --compile-bytecode --require-hashes -r "$lock" \
            2>>"$venv/install.log" && ok=1 || ok=0
    else
        ok=0
    fi
    if [ "$ok" = 0 ] && ! $pip install --require-hashes -r "$lock" 2>>"$venv/install.log"; then
        tail -n 3 "$venv/install.log" >&2
        say "The packages could not be installed: is a package index reachable, is there room on the disk? ($venv/install.log)"
        exit 1
    fi
    cp "$lock" "$mark"
    say "Packages downloaded and installed in $(($(date +%s) - started)) s."
}
