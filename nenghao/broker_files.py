"""The files by which Mosquitto knows its clients: passwords and what each may do."""

import base64
import hashlib
import os
import re
import secrets
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

# The broker hashes on every connect. Passwords here are random 256-bit secrets, for which more rounds add nothing but
# delay when a thousand gateways reconnect at once; 101 is mosquitto_passwd's own number.
ITERATIONS = 101
SALT_BYTES = 12
DENIED = re.compile(r"Denied PUBLISH from (.*) \(d\d, q\d, r\d, m\d+,")


def mosquitto_password_hash(password: str) -> str:
    """Hash a password in Mosquitto's `$7$` form: PBKDF2 with SHA-512, base64 salt and hash.

    Source: mosquitto 2.0, src/password_mosq.c and mosquitto_passwd(1).
    """
    salt = secrets.token_bytes(SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def render_passwd(users: Mapping[str, str]) -> str:
    """Write the password file: client name -> hash as `mosquitto_password_hash` makes it.

    Raises: ValueError where a name could break out of its line.
    """
    for name in users:
        if not name or not name.isascii() or not name.isprintable() or ":" in name:
            raise ValueError(f"not a client name for the broker: {name!r}")
    return "".join(f"{name}:{digest}\n" for name, digest in sorted(users.items()))


def read_passwd(path: Path) -> dict[str, str]:
    """The password file as `render_passwd` wrote it; nobody where there is none yet."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {name: digest for name, _, digest in (line.partition(":") for line in lines)}


def write_atomically(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Replace a file as a whole, so that a broker reloading at that moment reads the old one or the new one.

    Written by root, the file goes to the owner of its folder: that is whom the broker runs as.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            if os.geteuid() == 0:
                owner = path.parent.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def count_denied(log: Path) -> Counter[str]:
    """How many publishes the broker denied, by client id: read from its log, since they never reach the collector."""
    denied: Counter[str] = Counter()
    if log.exists():
        with log.open(encoding="utf-8", errors="replace") as lines:
            denied.update(found[1] for line in lines if (found := DENIED.search(line)))
    return denied
