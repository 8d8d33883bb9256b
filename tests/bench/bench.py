"""Measures a mount side by side with all other ways to the same images, and tells it.

    tests/bench/run                      what `make bench` measures: epochs, start, cost
    tests/bench/run --all                that, indexing, contents and views
    tests/bench/run --only cold,shuffle  some groups, printed only
    tests/bench/run --list               all groups and rows

Nothing else should run meanwhile, and cold rows want root.
"""

import argparse
import os
import sys
import time

import contents
import peers
import plot
import report
import rows_cost
import rows_epochs
import rows_export
import rows_index
import rows_start
import rows_tensorflow
import views
from harness import ROOT, WORK, can_drop_caches, left_mounted
from measure import full_names, measure
from sets import Sets

# What stands between which marks of the README; views have a table of their own form.
SECTIONS = {
    "epochs": (rows_epochs, rows_tensorflow, rows_start, rows_cost, rows_export),
    "contents": (rows_index, contents),
    "views": (),
}
PLOT = os.path.join(ROOT, "tests/bench/results.svg")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="all sections")
    parser.add_argument("--only", metavar="GROUP,...", type=lambda text: text.split(","),
                        help="these groups or sections only, printed only")
    parser.add_argument("--match", metavar="TEXT", default="",
                        help="of these only what has TEXT in a row's name, printed only")
    parser.add_argument("--rounds", type=int, help="default: 5; quick: 2")
    parser.add_argument("--quick", action="store_true", help="a tenth of the images, printed only")
    parser.add_argument("--keep", action="store_true",
                        help="with --only or --match: put the rows among those kept before")
    parser.add_argument("--list", action="store_true", help="only list groups and rows")
    told = parser.parse_args()
    if told.quick and told.keep:
        parser.error("quick rows are not kept")
    told.rounds = told.rounds or (2 if told.quick else 5)
    return told


def all_sections(sets):
    """Comparisons by section."""
    return {name: [comparison for module in modules for comparison in module.comparisons(sets)]
            for name, modules in SECTIONS.items()}


def keys_of(section):
    """The full names of a section's rows, by comparison."""
    names = iter(full_names([row.what for comparison in section for row in comparison.rows]))
    return [[next(names) for _ in comparison.rows] for comparison in section]


def chosen(told, sections):
    """Of all sections what was asked for: comparisons, each with the names of its rows."""
    groups = {comparison.group for section in sections.values() for comparison in section}
    unknown = set(told.only or ()) - groups - set(SECTIONS)
    if unknown:
        sys.exit(f"no group {', '.join(sorted(unknown))}; there are: {', '.join(sorted(groups))}, "
                 f"{', '.join(SECTIONS)}")
    wanted = told.only or (SECTIONS if told.all or told.match else ["epochs"])
    picked = {}
    for name, section in sections.items():
        some = [(comparison, keys) for comparison, keys in zip(section, keys_of(section))
                if (name in wanted or comparison.group in wanted) and
                any(told.match in key for key in keys)]
        if some or (name == "views" and name in wanted and not told.match):
            picked[name] = some
    return picked


def print_list(picked):
    for name, section in picked.items():
        print(f"section {name}")
        for comparison, keys in section:
            for row, key in zip(comparison.rows, keys):
                print(f"  {comparison.group:<11}{key}  [{row.goal}]")


def measure_section(name, section, told):
    """Lines of a section, each printed when it is there."""
    lines = []
    for number, (comparison, keys) in enumerate(section, 1):
        start = time.monotonic()
        some = measure(comparison, told.rounds)
        print(f"{name} {number}/{len(section)}, {time.monotonic() - start:.1f} s", file=sys.stderr)
        for line, key in zip(some, keys):
            line.update(key=key, machine=report.machine())
            print("  " + " | ".join((line["what"], line["ours"], line["theirs"],
                                     report.ratio(line), line["goal"], line["verdict"])),
                  flush=True)
        lines += some
    return lines


def plot_to(path, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.write(plot.svg(lines, "tfrecordfs against copies of its shards, and other ways"))


def run_all(told, sections, picked):
    kept = told.keep or not (told.quick or told.only or told.match)
    path = os.path.join(WORK, "results.json")
    every = {}
    for name, section in picked.items():
        lines = measure_section(name, section, told)
        if kept:
            keys = [key for some in keys_of(sections[name]) for key in some]
            lines = report.merged(path, name, keys, lines)
        if name == "views":
            text = views.table(told.quick)
            text += "\n\n" + report.footer([{"machine": report.machine(), "rounds": views.ROUNDS}])
        else:
            text = f"{report.as_markdown(lines)}\n\n{report.footer(lines)}"
        print(f"\n{text}\n")
        if kept:
            report.put_between_marks(name, text)
        every[name] = lines
    print(report.summary([line for lines in every.values() for line in lines]))
    write_results(path, every, kept)


def write_results(path, every, kept):
    """The JSON file, and the plots: of what was kept one to commit."""
    if kept:
        before = report.read_json(path)
        every = {**before, **every}
        if every.get("epochs"):
            plot_to(PLOT, every["epochs"])
    else:
        path = os.path.join(WORK, "results-part.json")
    report.write_json(path, every)
    plot_to(path.replace(".json", ".svg"), [line for lines in every.values() for line in lines])
    print(path, file=sys.stderr)


def main():
    told = arguments()
    os.makedirs(WORK, exist_ok=True)
    sections = all_sections(Sets(told.quick))
    picked = chosen(told, sections)
    if told.list:
        return print_list(picked)
    if not can_drop_caches():
        print("*** Not root: caches cannot be dropped, NO COLD ROW IS MEASURED. ***",
              file=sys.stderr)
    if left_mounted():
        sys.exit(f"mounted already: {' '.join(left_mounted())}")
    try:
        run_all(told, sections, picked)
    finally:
        peers.stop_workers()
    if left_mounted():
        sys.exit(f"left mounted: {' '.join(left_mounted())}")


if __name__ == "__main__":
    main()
