"""Decides which messages of a gateway's spool are asked for again: stored runs and heartbeat -> ranges of seq."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

#: A gateway that was asked is given the time to send before it is asked again.
ASKED_AGAIN_AFTER: Final = timedelta(hours=1)
#: What does not come although it was asked for so often is gone from the spool, or is refused without its seq.
ASKED_AT_MOST: Final = 5
#: Without a heartbeat that tells what still waits, a gap counts once the message above it is so old.
SETTLED_AFTER: Final = timedelta(minutes=15)

#: First and last seq, both included.
Range = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolState:
    """The spool that a gateway uses, and what its newest heartbeat said; None where there was none."""

    gateway_id: int
    unit_code: str
    gateway_code: str
    shard: int
    boot_id: UUID
    said_at: datetime | None
    buffered_count: int | None
    spool_head_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """Messages of a spool that are stored, `first_seq` to `last_seq` without a gap."""

    first_seq: int
    last_seq: int
    came_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A range that was asked for."""

    first_seq: int
    last_seq: int
    requested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Messages of a spool that the store does not have: those to ask for now, and those that were asked for in vain."""

    ask: tuple[Range, ...] = ()
    given_up: tuple[Range, ...] = ()


def find_missing(spool: SpoolState, runs: Sequence[StoredRun], requests: Iterable[Request], now: datetime) -> Missing:
    """What to ask a gateway for.

    Seqs count from 0, so whatever lies below a stored one, or up to the head that the heartbeat names, was given out.
    It is not missing where the gateway says that it still holds as many without a receipt: those come by themselves. A
    heartbeat that is older than the message above a gap says nothing about it.
    """
    gaps = _gaps_below(runs)
    said_at = spool.said_at if spool.buffered_count is not None else None
    if said_at is None:
        gaps = [(one, came_at) for one, came_at in gaps if came_at <= now - SETTLED_AFTER]
    else:
        gaps = [(one, came_at) for one, came_at in gaps if came_at <= max(said_at, now - SETTLED_AFTER)]
    ranges = [one for one, _ in gaps]
    newest = runs[-1].last_seq if runs else -1
    if said_at is not None and spool.spool_head_seq is not None and spool.spool_head_seq > newest:
        ranges.append((newest + 1, spool.spool_head_seq))
    if spool.buffered_count is not None and count_messages(ranges) <= spool.buffered_count:
        return Missing()
    asked = list(requests)
    often = [piece for piece, depth in _depths(asked) if depth >= ASKED_AT_MOST]
    recent = [(one.first_seq, one.last_seq) for one in asked if one.requested_at > now - ASKED_AGAIN_AFTER]
    given_up = tuple(common for piece in often for common in _common(piece, ranges))
    return Missing(ask=tuple(subtract(subtract(ranges, recent), often)), given_up=given_up)


def count_messages(ranges: Iterable[Range]) -> int:
    """How many seqs lie in ranges that do not overlap.

    >>> count_messages([(0, 2), (5, 5)])
    4
    """
    return sum(last - first + 1 for first, last in ranges)


def subtract(ranges: Iterable[Range], others: Iterable[Range]) -> list[Range]:
    """What lies in one of the ranges and in none of the others.

    >>> subtract([(0, 9)], [(2, 3), (9, 12)])
    [(0, 1), (4, 8)]
    """
    left = list(ranges)
    for first, last in others:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, first - 1)), (max(start, last + 1), end))
            if piece[0] <= piece[1]
        ]
    return left


def _gaps_below(runs: Sequence[StoredRun]) -> list[tuple[Range, datetime]]:
    """The gaps between stored runs, each with when the message above it came."""
    ends = [-1, *(run.last_seq for run in runs)]
    return [
        ((end + 1, run.first_seq - 1), run.came_at)
        for end, run in zip(ends, runs, strict=False)
        if run.first_seq > end + 1
    ]


def _depths(requests: Sequence[Request]) -> list[tuple[Range, int]]:
    """Ranges with how often each was asked for."""
    edges = sorted({edge for one in requests for edge in (one.first_seq, one.last_seq + 1)})
    pieces = [(start, end - 1) for start, end in pairwise(edges)]
    return [
        (piece, sum(one.first_seq <= piece[0] and piece[1] <= one.last_seq for one in requests)) for piece in pieces
    ]


def _common(piece: Range, ranges: Iterable[Range]) -> list[Range]:
    """What a range has in common with others."""
    pairs = ((max(piece[0], first), min(piece[1], last)) for first, last in ranges)
    return [pair for pair in pairs if pair[0] <= pair[1]]
