"""The Merkle tree of a day: one root for many leaves, and a short proof that a leaf is below a root.

Source: RFC 9162, 2.1 (Merkle Tree Hash, inclusion proofs), with SHA-256. Leaves and nodes are hashed under different
first bytes, so that a node can never be passed off as a leaf.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

HASH_ALGORITHM: Final = "sha256"
_LEAF: Final = b"\0"
_NODE: Final = b"\1"


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf's content."""
    return sha256(_LEAF + content).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in their order; of no leaves it is the hash of nothing.

    >>> tree_root([]).hex()[:8]
    'e3b0c442'
    """
    if not leaves:
        return sha256().digest()
    level = list(leaves)
    while len(level) > 1:
        level = _next_level(level)
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from the leaf at `index` to the root, from below.

    Raises: IndexError where there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    path: list[bytes] = []
    level, place = list(leaves), index
    while len(level) > 1:
        neighbour = place ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        level, place = _next_level(level), place // 2
    return path


def root_of_path(leaf: bytes, index: int, leaf_count: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads; None where a path of this length cannot belong to this place."""
    if not 0 <= index < leaf_count:
        return None
    found, place, last, rest = leaf, index, leaf_count - 1, list(path)
    while last:
        if place % 2:
            if not rest:
                return None
            found = _node(rest.pop(0), found)
        elif place < last:
            if not rest:
                return None
            found = _node(found, rest.pop(0))
        place, last = place // 2, last // 2
    return None if rest else found


def _next_level(level: Sequence[bytes]) -> list[bytes]:
    """Pairs joined; the last one alone rises as it is."""
    joined = [_node(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return [*joined, level[-1]] if len(level) % 2 else joined


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()
