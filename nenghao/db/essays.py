"""Essays of rules, kept beside their versions: queries of sql/queries/audit.sql."""

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries


def essay_hashes(conn: Connection) -> dict[tuple[str, int], bytes]:
    """The hash of the essay in force of each (rule, version)."""
    rows = conn.execute(load_queries("audit")["essay_hashes"])
    return {(code, version): bytes(digest) for code, version, digest in rows}


def insert_essay(conn: Connection, rule_code: str, version: int, digest: bytes, essay: str) -> None:
    """Keep the essay of a version of a rule."""
    conn.execute(
        load_queries("audit")["insert_essay"],
        {"rule_code": rule_code, "version": version, "hash": digest, "essay": essay},
    )
