"""The checks of `nenghao doctor`: each looks at one thing of an installation and says in which state it is."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from nenghao.broker_files import count_denied
from nenghao.broker_hello import greet_broker, shown_certificate
from nenghao.certificates import read_certificate
from nenghao.config import Role, Settings
from nenghao.credentials import (
    BROKER_AUTHORITY,
    BROKER_SECRET,
    BROKER_SERVER_CERTIFICATE,
    OFFLINE_SECRETS,
    SECRETS,
    SIGNING_KEY,
)
from nenghao.crypto import load_trusted_keys, sign
from nenghao.db.connection import Connection, connect
from nenghao.db.deadlines import count_reminders
from nenghao.db.errors import driver_errors
from nenghao.db.migrate import MIGRATIONS_DIR
from nenghao.db.server import (
    PendingMarks,
    pending_marks,
    rights_of_people,
    schema_versions,
    server_now,
    timescale_edition,
)
from nenghao.db.tree import last_tree
from nenghao.domain.freshness import HEAD_AGE_MAX, MARK_AGE_MAX
from nenghao.errors import NenghaoError
from nenghao.signer.client import HEADS_TOKEN, SignerClient
from nenghao.trust import load_trust

FINE: Final = "fine"
#: Hosts that ask a time server agree within a second.
CLOCK_DIFFERENCE_MAX: Final = timedelta(seconds=5)
#: Releases and Data Docs are small; with less, other programs of the host have stopped writing already.
FREE_DISK_MIN_MIB: Final = 1024
#: Two months of looking once a week: an expired certificate cuts every gateway off at the same moment.
CERTIFICATE_LEFT_MIN: Final = timedelta(days=60)
MIB: Final = 1024 * 1024
#: The cap of the broker's queue (max_queued_bytes), and its double: it writes its store anew beside the old one.
BROKER_STORE_MIN_MIB: Final = 2 * 512
Values = Mapping[str, str | int | float]
OTHERS: Final = 0o077
OTHERS_WRITE: Final = 0o022


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found: `state` is `fine`, `failed` where it could not be looked at, or the name of a fault."""

    name: str
    state: str
    values: Values = field(default_factory=dict)

    @property
    def is_fine(self) -> bool:
        """Whether nothing is to be done."""
        return self.state == FINE


def check_installation(settings: Settings, trust: Path) -> Iterator[Check]:
    """Every check, in the order in which faults follow from each other."""
    yield _looked("secrets", lambda: check_secrets(settings.secrets_dir))
    yield _looked("signing", lambda: check_signing(settings, trust))
    yield _looked("disk", lambda: check_disk((settings.release_dir, settings.archive_dir, settings.data_docs_dir)))
    yield _looked("broker", lambda: check_broker(settings))
    yield _looked("broker_store", lambda: check_broker_store(settings.broker_config_dir))
    yield _looked("certificate", lambda: check_certificate(settings, trust, datetime.now(UTC)))
    yield _looked("schema", lambda: check_schema(settings))
    yield from _check_database(settings, trust)


def _looked(name: str, look: Callable[[], Check]) -> Check:
    try:
        with driver_errors():
            return look()
    except (NenghaoError, OSError) as error:
        return Check(name=name, state="failed", values={"reason": " ".join(str(error).split())})


# --- files ---


def check_secrets(folder: Path) -> Check:
    """Whether every secret is there and nobody but its owner gets at it: by its own mode, or by that of the folder."""
    missing = [name for name in SECRETS if not (folder / name).is_file()]
    if missing:
        return Check(name="secrets", state="missing", values={"names": " ".join(missing)})
    forbidden = OTHERS if folder.stat().st_mode & OTHERS else OTHERS_WRITE
    present = [name for name in (*SECRETS, *OFFLINE_SECRETS) if (folder / name).is_file()]
    exposed = [name for name in present if (folder / name).stat().st_mode & forbidden]
    if exposed:
        return Check(name="secrets", state="open", values={"names": " ".join(exposed)})
    return Check(name="secrets", state=FINE, values={"count": len(SECRETS)})


def check_signing(settings: Settings, trust: Path) -> Check:
    """Whether those who trust the folder will take what this installation signs."""
    key_id = sign(settings.secret(SIGNING_KEY), b"").key_id
    is_trusted = key_id in load_trusted_keys(trust)
    values = {"key_id": key_id, "trust": str(trust)}
    return Check(name="signing", state=FINE if is_trusted else "untrusted", values=values)


def check_disk(folders: tuple[Path, ...]) -> Check:
    """The least space below any of the folders; one that is not there yet counts by where it will be made."""
    free_mib, path = min((shutil.disk_usage(one).free // MIB, str(one)) for one in map(_existing, folders))
    values: Values = {"path": path, "free_mib": free_mib, "limit_mib": FREE_DISK_MIN_MIB}
    return Check(name="disk", state=FINE if free_mib >= FREE_DISK_MIN_MIB else "low", values=values)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


# --- servers ---


def check_broker(settings: Settings) -> Check:
    """Whether the broker takes the collector in."""
    host, port = settings.broker_host, settings.broker_port
    address = f"{host}:{port}"
    try:
        code = greet_broker(host, port, settings.broker_user, settings.secret(BROKER_SECRET))
    except OSError as error:
        return Check(name="broker", state="failed", values={"reason": f"{address}: {error}"})
    return Check(name="broker", state="refused" if code else FINE, values={"address": address, "code": code})


def check_broker_store(folder: Path) -> Check:
    """Whether a queue at its cap would find room on the disk, and what the broker denied as far as its log reaches."""
    path = _existing(folder / "store")
    free_mib = shutil.disk_usage(path).free // MIB
    denied = sum(count_denied(folder / "mosquitto.log").values())
    values: Values = {
        "path": str(path),
        "free_mib": free_mib,
        "limit_mib": BROKER_STORE_MIN_MIB,
        "denied": denied,
    }
    return Check(name="broker_store", state=FINE if free_mib >= BROKER_STORE_MIN_MIB else "low", values=values)


def check_certificate(settings: Settings, trust: Path, now: datetime) -> Check:
    """Whether gateways can tell the broker, for how long yet, and under every name that they are told."""
    authority = (trust / BROKER_AUTHORITY).read_text(encoding="utf-8")
    facts = read_certificate(settings.secret(BROKER_SERVER_CERTIFICATE), authority)
    left = facts.valid_until - now
    host, port = settings.gateway_hosts[0], settings.gateway_port
    values: Values = {
        "address": f"{host}:{port}",
        "until": f"{facts.valid_until:%Y-%m-%d}",
        "days": left.days,
        "names": " ".join(sorted(set(settings.gateway_hosts) - facts.names)),
    }
    state = FINE
    if not facts.is_of_authority:
        state = "foreign"
    elif left < timedelta(0):
        state = "expired"
    elif left < CERTIFICATE_LEFT_MIN:
        state = "expiring"
    elif values["names"]:
        state = "names"
    elif shown_certificate(host, port, authority) != facts.fingerprint:
        state = "stale"
    return Check(name="certificate", state=state, values=values)


def check_schema(settings: Settings) -> Check:
    """Whether the database has exactly the migrations of this version; only the owner's role may read that."""
    ours = {path.name.partition("_")[0] for path in MIGRATIONS_DIR.glob("*.sql")}
    with connect(settings, Role.OWNER, autocommit=True) as conn:
        applied = schema_versions(conn)
    values = {
        "newest": max(ours),
        "missing": " ".join(sorted(ours - applied)),
        "unknown": " ".join(sorted(applied - ours)),
    }
    state = "behind" if ours - applied else "ahead" if applied - ours else FINE
    return Check(name="schema", state=state, values=values)


def _check_database(settings: Settings, trust: Path) -> Iterator[Check]:
    """What only a connection shows; without one, that is the one fault, and the rest is not looked at."""
    address = {"address": f"{settings.database_host}:{settings.database_port}"}
    with ExitStack() as stack:
        try:
            conn = stack.enter_context(connect(settings, Role.JOBS, autocommit=True))
        except NenghaoError as error:
            yield Check(name="database", state="failed", values=address | {"reason": " ".join(str(error).split())})
            return
        yield Check(name="database", state=FINE, values=address)
        yield _looked("edition", lambda: check_edition(conn))
        yield _looked("people", lambda: check_people(conn))
        yield _looked("clock", lambda: check_clock(conn))
        yield _looked("signer", lambda: check_signer(conn, settings, trust))
        try:
            with driver_errors():
                now, lists = server_now(conn), pending_marks(conn)
        except NenghaoError as error:
            yield Check(name="changed_mark", state="failed", values={"reason": " ".join(str(error).split())})
            return
        for marks in lists:
            yield judge_marks(marks, now)
        yield _looked("deadlines", lambda: check_deadlines(conn))


def check_deadlines(conn: Connection) -> Check:
    """How many reminders are open and late: for people to see; what a unit owes is no fault of an installation."""
    open_count, overdue_count = count_reminders(conn)
    return Check(name="deadlines", state=FINE, values={"open": open_count, "overdue": overdue_count})


def check_edition(conn: Connection) -> Check:
    """Which edition of TimescaleDB runs: everything here does with Apache's."""
    edition = timescale_edition(conn)
    if edition is None:
        return Check(name="edition", state="missing")
    return Check(name="edition", state=FINE, values={"edition": edition})


def check_people(conn: Connection) -> Check:
    """Whether roles of people have rights only where rows are chosen for them (docs/access.md)."""
    found = rights_of_people(conn)
    if found:
        names = ", ".join(f"{role}: {relation}" for role, relation in found)
        return Check(name="people", state="too_many", values={"count": len(found), "names": names})
    return Check(name="people", state=FINE)


def check_clock(conn: Connection) -> Check:
    """How far the clocks are apart, by the middle of a question's way: acceptance judges by this host's."""
    asked_at = datetime.now(UTC)
    server_at = server_now(conn)
    answered_at = datetime.now(UTC)
    difference = abs(server_at - (asked_at + (answered_at - asked_at) / 2))
    values = {
        "difference_s": round(difference.total_seconds(), 3),
        "limit_s": int(CLOCK_DIFFERENCE_MAX.total_seconds()),
    }
    return Check(name="clock", state=FINE if difference <= CLOCK_DIFFERENCE_MAX else "apart", values=values)


def check_signer(conn: Connection, settings: Settings, trust: Path) -> Check:
    """Whether the signer answers, is trusted, and remembers the same last head as the store, of yesterday or so."""
    with SignerClient(settings, HEADS_TOKEN) as signer:
        key_id, signed = signer.key_id(), signer.last_head()
    stored = last_tree(conn)
    values: dict[str, str | int | float] = {
        "key_id": key_id,
        "tree_no": 0 if signed is None else signed.tree_no,
        "stored_no": 0 if stored is None else stored.tree_no,
    }
    if key_id not in load_trust(trust).keys_in_use:
        return Check(name="signer", state="untrusted", values=values)
    if (None if signed is None else signed.root) != (None if stored is None else stored.root):
        return Check(name="signer", state="apart", values=values)
    if signed is not None and datetime.now(UTC) - signed.closed_at > HEAD_AGE_MAX:
        return Check(name="signer", state="late", values=values | {"day": str(signed.day_on)})
    return Check(name="signer", state=FINE, values=values)


def judge_marks(marks: PendingMarks, now: datetime) -> Check:
    """Whether the oldest mark of a list waits longer than the clock of the house explains."""
    age = timedelta(0) if marks.oldest_at is None else max(timedelta(0), now - marks.oldest_at)
    limit = MARK_AGE_MAX[marks.mark_list]
    values = {
        "count": marks.count,
        "age_s": int(age.total_seconds()),
        "limit_s": int(limit.total_seconds()),
    }
    return Check(name=marks.mark_list, state=FINE if age <= limit else "late", values=values)
