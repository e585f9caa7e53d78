"""The day's tree: roots as RFC 9162 has them, and paths that prove one leaf at one place only."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.merkle import inclusion_path, leaf_hash, root_of_path, tree_root

LEAVES = st.lists(st.binary(max_size=4), min_size=1, max_size=40).map(lambda all_: [leaf_hash(one) for one in all_])

# Roots of the first n of these leaves, as the reference implementation of Certificate Transparency tests them
# (google/certificate-transparency, merkletree tests; the same tree as RFC 6962 and RFC 9162).
REFERENCE_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
REFERENCE_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def recursive_root(leaves: list[bytes]) -> bytes:
    """The definition of the RFC, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + recursive_root(leaves[:split]) + recursive_root(leaves[split:])).digest()


@pytest.mark.parametrize("count", REFERENCE_ROOTS)
def test_roots_are_those_of_the_reference(count: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(one)) for one in REFERENCE_LEAVES[:count]]
    assert tree_root(leaves).hex() == REFERENCE_ROOTS[count]


@given(LEAVES)
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert tree_root(leaves) == recursive_root(leaves)


@given(LEAVES, st.data())
def test_a_path_leads_from_its_leaf_and_place_to_the_root_and_from_no_other(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, root = inclusion_path(leaves, index), tree_root(leaves)
    assert root_of_path(leaves[index], index, len(leaves), path) == root
    assert root_of_path(leaf_hash(b"other" * 3), index, len(leaves), path) != root
    assert root_of_path(leaves[index], index, len(leaves), [*path, root]) is None
    for other in range(len(leaves)):
        if leaves[other] != leaves[index]:
            assert root_of_path(leaves[index], other, len(leaves), path) != root


def test_a_place_outside_has_no_path() -> None:
    leaves = [leaf_hash(b"a"), leaf_hash(b"b")]
    with pytest.raises(IndexError):
        inclusion_path(leaves, 2)
    assert root_of_path(leaves[0], 2, 2, [leaves[1]]) is None
