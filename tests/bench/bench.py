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
import rows_index
import rows_start
import rows_tensorflow
import views
from harness import ROOT, WORK, can_drop_caches, left_mounted
from measure import measure
from sets import Sets

# What stands between which marks of the README; views have a table of their own form.
SECTIONS = {
    "epochs": (rows_epochs, rows_tensorflow, rows_start, rows_cost),
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
    parser.add_argument("--list", action="store_true", help="only list groups and rows")
    told = parser.parse_args()
    told.rounds = told.rounds or (2 if told.quick else 5)
    return told


def chosen(told, sets):
    """Comparisons by section: what was asked for."""
    sections = {name: [comparison for module in modules for comparison in module.comparisons(sets)]
                for name, modules in SECTIONS.items()}
    groups = {comparison.group for section in sections.values() for comparison in section}
    unknown = set(told.only or ()) - groups - set(SECTIONS)
    if unknown:
        sys.exit(f"no group {', '.join(sorted(unknown))}; there are: {', '.join(sorted(groups))}, "
                 "views")
    wanted = told.only or (SECTIONS if told.all else ["epochs"])
    picked = {}
    for name, section in sections.items():
        some = [comparison for comparison in section
                if (name in wanted or comparison.group in wanted) and
                any(told.match in row.what for row in comparison.rows)]
        if some or (name == "views" and name in wanted):
            picked[name] = some
    return picked


def print_list(sections):
    for name, section in sections.items():
        print(f"section {name}")
        for comparison in section:
            for row in comparison.rows:
                print(f"  {comparison.group:<11}{row.what}  [{row.goal}]")


def measure_section(name, section, told):
    """Lines of a section, each printed when it is there."""
    lines = []
    for number, comparison in enumerate(section, 1):
        start = time.monotonic()
        some = measure(comparison, told.rounds)
        print(f"{name} {number}/{len(section)}, {time.monotonic() - start:.1f} s", file=sys.stderr)
        for line in some:
            print("  " + " | ".join((line["what"], line["ours"], line["theirs"],
                                     report.ratio(line), line["goal"], line["verdict"])),
                  flush=True)
        lines += some
    return lines


def keep(name, text, lines):
    """Write a section that was measured as a whole."""
    report.put_between_marks(name, text)
    if name == "epochs":
        title = "tfrecordfs against copies of its shards, and against other ways"
        with open(PLOT, "w", encoding="utf-8") as file:
            file.write(plot.svg(report.full_names(lines), title))


def run_all(told, sections):
    kept = not (told.quick or told.only or told.match)
    every = []
    for name, section in sections.items():
        lines = measure_section(name, section, told)
        text = f"{views.table(told.quick)}\n\n{report.footer(told.rounds)}" if name == "views" \
            else f"{report.as_markdown(lines)}\n\n{report.footer(told.rounds)}"
        print("\n" + text + "\n")
        if kept:
            keep(name, text, lines)
        every += lines
    print(report.summary(every))
    path = os.path.join(WORK, "results.json" if kept else "results-part.json")
    report.write_json(path, every, told.rounds, told.quick)
    with open(path.replace(".json", ".svg"), "w", encoding="utf-8") as file:
        file.write(plot.svg(report.full_names(every), "Ratios of this run"))
    print(f"{path}; {time.strftime('%H:%M')}", file=sys.stderr)


def main():
    told = arguments()
    os.makedirs(WORK, exist_ok=True)
    sections = chosen(told, Sets(told.quick))
    if told.list:
        return print_list(sections)
    if not can_drop_caches():
        print("*** Not root: caches cannot be dropped, NO COLD ROW IS MEASURED. ***",
              file=sys.stderr)
    if left_mounted():
        sys.exit(f"mounted already: {' '.join(left_mounted())}")
    try:
        run_all(told, sections)
    finally:
        peers.stop_workers()
    if left_mounted():
        sys.exit(f"left mounted: {' '.join(left_mounted())}")


if __name__ == "__main__":
    main()
