# Shared by the scripts of this folder: source it, do not run it.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
RUN=$ROOT/.run
VENV=$ROOT/.venv

# Files made here are read by the servers' own user, so a private umask of the caller must not apply.
umask 022
# An environment that forbids bytecode would make every import of the larger libraries take twice as long.
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV
export UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_NO_PROGRESS=1
# Nothing is left in the home directory; the cache shares its files with .venv by hard links.
export UV_CACHE_DIR=${UV_CACHE_DIR:-$RUN/cache/uv}
# Whom the machine's administrator trusts, uv trusts too, for example a company's own proxy.
if [[ -e /etc/ssl/certs/ca-certificates.crt ]]; then
    export UV_SYSTEM_CERTS=1
fi
# Airflow makes a folder in the home directory as soon as it is imported, unless it is told another place.
export AIRFLOW_HOME=${AIRFLOW_HOME:-$RUN/airflow-import}
export GX_ANALYTICS_ENABLED=False

# The uid which the servers get when a script is started by root: "nobody", present on every Debian.
UNPRIVILEGED_ID=65534

say() {
    printf '[%3ds] %s\n' "$SECONDS" "$*" >&2
}

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}
