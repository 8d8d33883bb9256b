# SPDX-License-Identifier: MIT
"""Chains of views, the slow way: what each step may make of what is there before it.

A chain is a list of paths, ["folds/5/0", "shards/3"].  Which records a fold or a subset
draws, and a permutation, nobody can tell but the mount; so each step is judged by what the
mount shows with it and without it, and all of a chain by its steps.
"""

import collections

import view_model

# Steps are applied in this order, however the path spells them.
STAGES = ["schemas", "folds", "filter", "by-class", "first", "balanced", "epochs", "from",
          "shards", "bysize"]


def kind(step):
    return step.split("/")[0]


def sort(chain):
    return sorted(chain, key=lambda step: (STAGES.index(kind(step)), step))


def random_chain(numbers, classes):
    """A few steps, none of them twice, in any order."""
    steps = [f"folds/{(k := numbers.randint(2, 6))}/{numbers.randrange(k)}",
             f"filter/label={numbers.choice(classes)}", f"by-class/{numbers.choice(classes)}",
             f"first/{numbers.randint(1, 30)}", f"epochs/{numbers.randint(0, 2**40)}",
             numbers.choice(["balanced", "balanced/under", "balanced/0.25", "balanced/over"]),
             f"from/{numbers.randint(0, 20)}",
             numbers.choice([f"shards/{numbers.randint(1, 12)}",
                             f"bysize/{numbers.randint(4, 40)}KB"])]
    return numbers.sample(steps, numbers.randint(2, 6))


def spell(chain):
    """balanced takes an argument if it can, and no kind of view is called as one."""
    return "/".join(chain)


class Chains:
    """What a mount with splits train, validation and test shows for chains."""

    def __init__(self, mounted, records):
        self.path, self.records = mounted.path, records
        self.known = {(): records.splits}

    def read(self, chain):
        """Records of every split; None where the view is not there."""
        key = tuple(sort(chain))
        if key not in self.known:
            path = self.path / spell(key)
            self.known[key] = view_model.read(path) if path.exists() else None
        return self.known[key]

    def check(self, chain):
        """Whether each step of the chain makes what it has to; returns all that it shows."""
        steps = sort(chain)
        for i, step in enumerate(steps):
            before, after = self.read(steps[:i]), self.read(steps[:i + 1])
            if before is None:
                # A view that is beneath one that is not there: a chain that is none.
                break
            drawn = bool({"folds", "balanced", "epochs"} & set(map(kind, steps[:i])))
            rule = getattr(self, kind(step).replace("-", "_"))
            rule(before, after, step.split("/")[1:], drawn)
        return self.read(steps)

    def keep(self, before, after, name, drawn):
        kept = {split: left for split, records in before.items()
                if (left := [r for r in records if name in self.records.label[r].split("|")])}
        if not kept:
            assert after is None
            return
        assert after.keys() == kept.keys()
        for split, records in kept.items():
            # What is in an order of its own has another where it has other records.
            if split == "train" and drawn:
                assert sorted(after[split]) == sorted(records)
            else:
                assert after[split] == records

    def by_class(self, before, after, arguments, drawn):
        self.keep(before, after, arguments[0], drawn)

    def filter(self, before, after, arguments, drawn):
        column, value = arguments[0].split("=")
        assert column == "label"
        self.keep(before, after, value, drawn)

    def folds(self, before, after, arguments, _):
        number, fold = map(int, arguments)
        pool = [r for split in view_model.POOL for r in before.get(split, [])]
        assert len(pool) >= number and 0 <= fold < number
        assert sorted(after["train"] + after["validation"]) == sorted(pool)
        assert after["test"] == before["test"]
        for count, mine in ((len(pool), len(after["validation"])),
                            *((n, self.records.counts(after["validation"]).get(name, 0))
                              for name, n in self.records.counts(pool).items())):
            assert mine in (count // number, -(-count // number))

    def first(self, before, after, arguments, drawn):
        number = int(arguments[0])
        if all(len(records) < number for records in before.values()):
            assert after is None
            return
        assert after.keys() == before.keys()
        for split, records in before.items():
            wanted = min(number, len(records))
            assert len(after[split]) == len(set(after[split])) == wanted
            kept, counts = set(after[split]), self.records.counts(after[split])
            assert kept <= set(records)
            for name, (low, high) in view_model.quotas(self.records.counts(records),
                                                       wanted).items():
                assert low <= counts.get(name, 0) <= high
            if not (split == "train" and drawn):
                assert [r for r in records if r in kept] == after[split]

    def balanced(self, before, after, arguments, _):
        # Nothing to train on is nothing to balance.
        assert after.keys() == before.keys()
        for split, records in before.items():
            if split != "train":
                assert after[split] == records
                continue
            counts = self.records.counts(records)
            most, least = max(counts.values()), min(counts.values())
            how = arguments[0] if arguments else "over"
            wanted = {"over": dict.fromkeys(counts, most),
                      "under": dict.fromkeys(counts, least)}.get(how)
            assert self.records.counts(after[split]) == (
                wanted or view_model.power(counts, float(how)))
            times = collections.Counter(after[split])
            for name in counts:
                mine = [times[r] for r in records if self.records.label[r] == name]
                assert max(mine) - min(mine) <= 1

    def epochs(self, before, after, _arguments, _drawn):
        assert {s: sorted(r) for s, r in before.items()} == {
            s: sorted(r) for s, r in after.items()}

    def from_(self, before, after, arguments, _):
        start = int(arguments[0])
        if start >= len(before.get("train", [])):
            assert after is None
            return
        assert after == {**before, "train": before["train"][start:]}

    def shards(self, before, after, arguments, _):
        number = int(arguments[0])
        assert after == (before if max(map(len, before.values())) >= number else None)

    def bysize(self, before, after, _arguments, _drawn):
        assert after == before


setattr(Chains, "from", Chains.from_)


def spellings(chain, numbers, count):
    """The chain in other orders; each directory on the way has to be there."""
    for _ in range(count):
        yield numbers.sample(chain, len(chain))


def lengths(directory):
    """How many records each shard has, by split."""
    found = {}
    for shard in sorted(directory.glob("*.tfrecord")):
        number = sum(1 for _ in view_model.framed(shard.read_bytes()))
        found.setdefault(shard.name.split("-")[0], []).append(number)
    return found
