"""Rows of many files as one stream in the order of messages, each file opened only when its turn has come."""

from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Any

Row = Sequence[Any]
#: The id of a source's first message, and what opens it.
Source = tuple[int, Callable[[], Iterator[Row]]]
#: Message and ordinal of a row, the number of its source, the row, and what follows it.
_Head = tuple[int, Any, int, Row, Iterator[Row]]


def merge_rows(sources: Sequence[Source]) -> Iterator[Row]:
    """The rows of all sources by message and ordinal (columns 0 and 1); each source is in that order itself.

    Files of neighbouring days share few messages, so that only a few of them are open at a time.

    >>> [row for row in merge_rows([(1, lambda: iter([(1, 0), (3, 1)])), (2, lambda: iter([(2, 0), (3, 0)]))])]
    [(1, 0), (2, 0), (3, 0), (3, 1)]
    """
    waiting = sorted(enumerate(sources), key=lambda one: (one[1][0], one[0]), reverse=True)
    heads: list[_Head] = []
    while waiting or heads:
        while waiting and (not heads or waiting[-1][1][0] <= heads[0][0]):
            number, (_, opened) = waiting.pop()
            _push(heads, number, opened())
        if heads:
            _, _, number, row, rows = heappop(heads)
            yield row
            _push(heads, number, rows)


def _push(heads: list[_Head], number: int, rows: Iterator[Row]) -> None:
    row = next(rows, None)
    if row is not None:
        heappush(heads, (row[0], row[1], number, row, rows))
