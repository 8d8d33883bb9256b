# SPDX-License-Identifier: MIT
"""What views should show, the slow way: lists of records, each a pair of file and bytes."""

import csv
import fractions
import math

POOL = ("train", "validation")


def framed(data):
    """The records of a shard with their framing, front to back."""
    place = 0
    while place < len(data):
        length = 16 + int.from_bytes(data[place:place + 8], "little")
        yield data[place:place + length]
        place += length
    assert place == len(data)


def read(directory):
    """Every split's records as the shards of a directory hold them, shard after shard."""
    splits = {}
    for shard in sorted(directory.glob("*.tfrecord")):
        splits.setdefault(shard.name.split("-")[0], []).extend(framed(shard.read_bytes()))
    return splits


def rows(directory):
    """splits.csv as dictionaries."""
    with open(directory / "splits.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Records:
    """The records of a root, and what is known of each."""

    def __init__(self, directory):
        self.splits = read(directory)
        self.label, self.file = {}, {}
        at = dict.fromkeys(self.splits, 0)
        for row in rows(directory):
            record = self.splits[row["split"]][at[row["split"]]]
            at[row["split"]] += 1
            self.label[record], self.file[record] = row["label"], row["file"]
        assert at == {name: len(records) for name, records in self.splits.items()}

    def of_class(self, name):
        return {split: kept for split, records in self.splits.items()
                if (kept := [r for r in records if name in self.label[r].split("|")])}

    def counts(self, records):
        counts = {}
        for record in records:
            counts[self.label[record]] = counts.get(self.label[record], 0) + 1
        return counts


def even(count, shards):
    """How many records each of so many shards has."""
    return [(i + 1) * count // shards - i * count // shards for i in range(shards)]


def quotas(counts, wanted):
    """Shares of @wanted by the largest remainder; ties are anybody's."""
    total = sum(counts.values())
    exact = {name: fractions.Fraction(count * wanted, total) for name, count in counts.items()}
    return {name: (math.floor(share), math.ceil(share)) for name, share in exact.items()}


def power(counts, exponent):
    """How often each class stands in balanced/EXPONENT."""
    most = max(counts.values())
    return {name: max(1, round(most * (count / most) ** exponent))
            for name, count in counts.items()}
