"""What is measured side by side, and what the tables say of it.

A Comparison runs its sides in turn, round after round (A B C, B C A, ...), since the
machines this runs on are noisy.  Each side returns a cost: seconds, bytes, a number of
which less is better; or several, by name.  A Row tells of two costs, as "SIDE" or
"SIDE:NAME", and of the goal that their medians are held to.
"""

import dataclasses
import statistics
import sys


@dataclasses.dataclass(frozen=True)
class Goal:
    """kind "at least": theirs / ours; "at most": ours / theirs; "below": ours alone."""
    kind: str = ""
    limit: float = 0
    unit: str = ""

    def __str__(self):
        return {"": "reported", "at least": f"≥ {self.limit:g}", "at most": f"≤ {self.limit:g} ×",
                "below": f"≤ {self.limit:g}{self.unit}"}[self.kind]

    def ratio(self, ours, theirs):
        return ours / theirs if self.kind == "at most" else theirs / ours

    def verdict(self, ours, theirs):
        """met, missed, or nothing where there is nothing to hold to."""
        if self.kind == "":
            return ""
        if self.kind == "below":
            return "met" if ours <= self.limit else "missed"
        if theirs is None:
            return ""
        reached = round(self.ratio(ours, theirs), 2)
        kept = reached <= self.limit if self.kind == "at most" else reached >= self.limit
        return "met" if kept else "missed"


REPORTED = Goal()


def at_least(limit):
    """Our speed is so many times theirs."""
    return Goal("at least", limit)


def at_most(limit):
    """Our cost is so many times theirs."""
    return Goal("at most", limit)


def below(limit, unit=""):
    return Goal("below", limit, unit)


@dataclasses.dataclass(frozen=True)
class Row:
    """A line of the table.  theirs may be several, of which the best is taken and named."""
    what: str
    ours: str
    theirs: object = ""
    goal: Goal = REPORTED
    show: object = None


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Sides that are run in turn, and rows that tell of them.

    group: the word that --only takes.  show: makes a text of a cost.  sides: functions of
    the round's number, by name; where one cannot run, the reason instead, as a text.
    rounds: a fixed number of them, where a round takes long.
    """
    group: str
    show: object
    sides: dict
    rows: tuple
    rounds: int = 0


class Told(dict):
    """All costs seen, by "SIDE" or "SIDE:NAME"."""

    def add(self, side, costs):
        if not isinstance(costs, dict):
            costs = {"": costs}
        for name, cost in costs.items():
            self.setdefault(f"{side}:{name}" if name else side, []).append(cost)

    def median(self, name):
        return statistics.median(self[name])


def spread(values):
    """Half the distance between the quartiles, as a share of the median."""
    if len(values) < 3:
        return (max(values) - min(values)) / 2 / (statistics.median(values) or 1)
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / 2 / (statistics.median(values) or 1)


def run_rounds(comparison, rounds):
    """Told, and the reasons of sides that cannot run."""
    told = Told()
    reasons = {name: side for name, side in comparison.sides.items() if isinstance(side, str)}
    able = [name for name in comparison.sides if name not in reasons]
    for number in range(comparison.rounds or rounds):
        first = number % len(able) if able else 0
        for name in able[first:] + able[:first]:
            told.add(name, comparison.sides[name](number))
    return told, reasons


def best_of(told, names):
    """The name with the least median; None where none of them could run."""
    there = [name for name in names if name in told]
    return min(there, key=told.median) if there else None


def cell(told, reasons, name, show):
    if name in told:
        return f"{show(told.median(name))} ±{100 * spread(told[name]):.0f} %"
    return reasons.get(name.split(":")[0], "") if name else ""


def tell(row, comparison, told, reasons):
    """One line as a dict: texts for the table, numbers for the JSON file."""
    show = row.show or comparison.show
    what, theirs = row.what, row.theirs
    if not isinstance(theirs, str):
        best = best_of(told, theirs)
        what, theirs = f"{what}: {(best or '?').split(':')[0]}", best or theirs[0]
    ours_cost = told.median(row.ours) if row.ours in told else None
    theirs_cost = told.median(theirs) if theirs in told else None
    line = {"group": comparison.group, "what": what, "goal": str(row.goal), "ratio": None,
            "ours": cell(told, reasons, row.ours, show),
            "theirs": cell(told, reasons, theirs, show), "verdict": "",
            "costs": {name: told[name] for name in (row.ours, theirs) if name in told}}
    if ours_cost is not None:
        line["verdict"] = row.goal.verdict(ours_cost, theirs_cost)
    if ours_cost is not None and theirs_cost is not None and row.goal.kind != "below":
        line["ratio"] = row.goal.ratio(ours_cost, theirs_cost)
        line["limit"] = row.goal.limit or None
        line["smaller_is_better"] = row.goal.kind == "at most"
    return line


def measure(comparison, rounds):
    """The lines of a comparison."""
    told, reasons = run_rounds(comparison, rounds)
    for name, reason in reasons.items():
        print(f"not measured: {name}: {reason}", file=sys.stderr)
    lines = [tell(row, comparison, told, reasons) for row in comparison.rows]
    for line in lines:
        line["rounds"] = comparison.rounds or rounds
    return lines


def full_names(names):
    """Names of rows; those that begin with … go on from the last one that does not."""
    told, above = [], ""
    for name in names:
        if name.startswith("…"):
            told.append(f"{above} {name}")
        else:
            above = name.split(":")[0]
            told.append(name)
    return told
