# SPDX-License-Identifier: MIT
"""Random chains of views, each step judged by a naive model (view_chain.py)."""

import itertools
import os
import random

import pytest

import view_chain
import view_model
from mount.view_fixtures import COUNTS, mounted, place, program, root, source  # noqa: F401

# pylint: disable=redefined-outer-name

CHAINS = 12  # a seed


@pytest.fixture(scope="module")
def chains(mounted, root):
    return view_chain.Chains(mounted, root)


def is_there(mounted, chain):
    """As a walk finds it: every directory on the way has to be one."""
    return (mounted / view_chain.spell(chain)).is_dir()


@pytest.mark.parametrize("seed", range(10))
def test_every_step_of_a_chain_makes_what_it_has_to(mounted, chains, seed):
    numbers = random.Random(seed)
    for _ in range(CHAINS):
        chain = view_chain.random_chain(numbers, list(COUNTS))
        print(f"seed {seed}: {view_chain.spell(chain)}")
        wanted = chains.check(chain)
        for other in view_chain.spellings(chain, numbers, 2):
            print(f"    as {view_chain.spell(other)}")
            if all(chains.read(other[:i]) is not None for i in range(1, len(other) + 1)):
                assert view_model.read(mounted / view_chain.spell(other)) == wanted
            else:
                assert not is_there(mounted, other)


def test_all_that_a_view_shows_is_the_same_however_it_is_spelled(mounted):
    steps = ["folds/3/1", "by-class/cat", "epochs/11", "schemas/simple", "shards/2"]
    shown = []
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 0, 3, 1]):
        directory = mounted / "/".join(steps[i] for i in order)
        files = sorted(p for p in directory.rglob("*") if p.is_file())
        shown.append({str(p.relative_to(directory)): p.read_bytes() for p in files})
        for path in files:
            assert len(shown[-1][str(path.relative_to(directory))]) == path.stat().st_size
    assert shown[0] == shown[1] == shown[2] and len(shown[0]) > 15


def test_files_beside_the_shards_tell_of_the_view(mounted):
    numbers = random.Random(77)
    for view in ("epochs/8/shards/9", "folds/4/2/first/10", "balanced/from/30/bysize/10KB"):
        rows = view_model.rows(mounted / view)
        shown = view_model.read(mounted / view)
        assert {s: len(r) for s, r in shown.items()} == {
            s: sum(row["split"] == s for row in rows) for s in shown}
        for row in numbers.sample(rows, 12):
            shard = mounted / view / row["shard"]
            record = list(view_model.framed(shard.read_bytes()))[int(row["record"])]
            assert (mounted.source / row["file"]).read_bytes() in record
            index = (mounted / view / "index" / row["shard"]).with_suffix(".idx").read_text()
            offset, length = map(int, index.splitlines()[int(row["record"])].split())
            assert shard.read_bytes()[offset:offset + length] == record


def test_the_order_of_an_epoch_is_the_same_in_any_number_of_shards(mounted):
    whole = view_model.read(mounted / "epochs/6")
    for cut in ("shards/1", "shards/5", "shards/70", "bysize/8KB", "bysize/1GiB"):
        assert view_model.read(mounted / "epochs/6" / cut) == whole
    assert view_chain.lengths(mounted / "epochs/6/shards/9")["train"] == view_model.even(70, 9)


def test_equal_numbers_of_records_are_permuted_alike(mounted, root):
    """The order is a function of seed, epoch, split and number of records, nothing else."""
    count = len(root.of_class("newt")["train"])
    places = []
    for choice in ("by-class/newt", f"first/{count}"):
        plain = view_model.read(mounted / choice)["train"]
        mixed = view_model.read(mounted / choice / "epochs/21")["train"]
        places.append([plain.index(r) for r in mixed])
    assert places[0] == places[1] and sorted(places[0]) == list(range(count))


def test_epochs_have_nothing_to_do_with_each_other(mounted, root):
    """Where the first records go to in many epochs: everywhere, about as often."""
    splits = root.splits["test"]
    place = {record: i for i, record in enumerate(splits)}
    epochs, count = 300, len(splits)
    seen = [[0] * count for _ in range(count)]
    ascents = 0
    for epoch in range(epochs):
        order = [place[r] for r in view_model.read(mounted / f"epochs/{epoch}")["test"]]
        ascents += sum(a < b for a, b in itertools.pairwise(order))
        for at, record in enumerate(order):
            seen[record][at] += 1
    expected = epochs / count
    chi = sum((n - expected) ** 2 / expected for row in seen for n in row)
    freedom = (count - 1) ** 2
    # Some five standard deviations.
    assert abs(chi - freedom) < 5 * (2 * freedom) ** 0.5 + 10
    steps = epochs * (count - 1)
    assert abs(ascents - steps / 2) < 5 * (steps / 12) ** 0.5 + 5


def test_where_a_split_ends_there_is_no_record_more(mounted):
    for start, left in ((0, 70), (1, 69), (69, 1)):
        view = mounted / f"epochs/2/from/{start}/shards/1"
        assert view_chain.lengths(view)["train"] == [left]
    assert not (mounted / "epochs/2/from/70").exists()
    # train of a fold is larger than that of the root, and starts later.
    assert not (mounted / "from/71").exists()
    assert view_chain.lengths(mounted / "folds/40/0/from/71")["train"][-1] > 0


def test_one_record_of_a_chain(mounted):
    for chain in ("folds/5/3/epochs/1", "balanced/by-class/dog", "from/8", "shards/3"):
        shown = view_model.read(mounted / chain)
        rows = view_model.rows(mounted / chain)
        for split in shown:
            last = len(shown[split]) - 1
            for number in (0, last):
                row = [r for r in rows if r["split"] == split][number]
                record = mounted / chain / "by-index" / split / str(number)
                assert (record / "image").read_bytes() == (
                    mounted.source / row["file"]).read_bytes()
                assert (record / "label.txt").read_text() == row["label"] + "\n"
            assert not (mounted / chain / "by-index" / split / str(last + 1)).exists()
    assert os.listdir(mounted / "by-index/train") == []
