# SPDX-License-Identifier: MIT
"""The fault matrix: which fault at which moment, what is expected, and the test that ran.

A test says what it is about, in as many rows as it has:

    @pytest.mark.fault(fault="image truncated", moment="between two reads",
                       expected="EIO for its record, others are read")

a case of parameters in its own pytest.param(..., marks=pytest.mark.fault(...)), and a unit test
in a comment that stands before it:

    /* fault: index truncated | when it is loaded | refused and built anew */
    static void a_truncated_index_is_refused(void **state)

conftest.py loads this file, which notes what became of each such test that ran below
build/check/faults; the unit tests' logs are there anyway.  As a program:

    fault_matrix.py write FILE (whole | partial)
                                    a table of what ran; exits 1 where a row did not pass
    fault_matrix.py update          the table of tests/README.md, likewise

Rows that did not run since the results were last removed (by `make check`) keep what README.md
says of them; in a whole table they have not passed.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parent
README = TESTS / "README.md"
RESULTS = TESTS.parent / "build/check"
FLAVOURS = {"release": "release", "address-undefined": "ASan", "thread": "TSan"}
FIELDS = ["fault", "moment", "expected"]
KEEP = re.compile(r"(?<=<!-- faults -->\n).*?(?=<!-- end of faults -->)", re.S)
NO_RESULT = "did not run"

Row = collections.namedtuple("Row", [*FIELDS, "test"])

# --- What Python tests say of themselves ----------------------------------------------


def rows_of(item):
    """The rows of one test of pytest."""
    name = item.nodeid.split("[")[0]
    for marker in item.iter_markers("fault"):
        words = marker.kwargs
        if (sorted(words) != sorted(FIELDS) or marker.args
                or any(re.search(r"[|\n\t]", words[field]) for field in FIELDS)):
            raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.fault takes fault, moment "
                                    "and expected, without | in them")
        yield Row(*(words[field] for field in FIELDS), name)


def flavour_of(program):
    name = pathlib.Path(program or "build/release/tfrecordfs").parent.name
    return name if name in FLAVOURS else "release"


def pytest_collection_modifyitems(items):
    listed = os.environ.get("TRFS_LIST_FAULTS")
    rows = [row for item in items for row in rows_of(item)]
    if listed:
        pathlib.Path(listed).write_text("".join("\t".join(row) + "\n" for row in rows),
                                        encoding="utf-8")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    rows = list(rows_of(item))
    if not rows:
        return
    worst = item.stash.setdefault(STASH, [])
    worst.append(report.outcome)
    if call.when != "teardown":
        return
    became = next((kind for kind in ("failed", "skipped") if kind in worst), "passed")
    path = RESULTS / "faults" / f"{flavour_of(os.environ.get('TRFS_PROGRAM'))}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write("".join("\t".join([became, item.nodeid, *row]) + "\n" for row in rows))


STASH = pytest.StashKey()

# --- What there is ----------------------------------------------------------------------


def python_rows():
    """Every row of the Python tests, as pytest collects them."""
    listed = RESULTS / "faults" / f"listed.{os.getpid()}"
    listed.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"TRFS_LIST_FAULTS": str(listed)}
    directories = sorted({path.parent for path in TESTS.glob("*/test_*.py")
                          if "mark.fault(" in path.read_text(encoding="utf-8")})
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "--collect-only", *directories],
                          env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"fault_matrix.py: no tests are found:\n{done.stdout}{done.stderr}")
    try:
        return {Row(*line.split("\t")) for line in
                listed.read_text(encoding="utf-8").splitlines()}
    finally:
        listed.unlink()


def unit_rows():
    """Every row of the C tests, from the comments that stand before them."""
    found = set()
    before = re.compile(r"((?:/\*(?:(?!\*/).)*\*/\s*)+)"
                        r"static void (\w+)\(\s*void \*\*state\)", re.S)
    for path in sorted((TESTS / "unit").glob("test_*.c")):
        for comments, name in before.findall(path.read_text(encoding="utf-8")):
            text = " ".join(re.sub(r"/\*|\*/|^\s*\*(?!/)", " ", comments, flags=re.M).split())
            for said in re.findall(r"fault: (.*?)(?= fault: |$)", text):
                words = [word.strip() for word in said.split("|")]
                if len(words) != len(FIELDS):
                    raise SystemExit(f"fault_matrix.py: {path}: {name}: 'fault: {said}' is not "
                                     "FAULT | MOMENT | EXPECTED")
                found.add(Row(*words, f"unit/{path.name}::{name}"))
    return found


def all_rows():
    return sorted(python_rows() | unit_rows(), key=lambda row: [word.lower() for word in row])


# --- What ran -----------------------------------------------------------------------------


def python_results():
    """{row: {flavour: {case: what became of it}}}"""
    results = collections.defaultdict(lambda: collections.defaultdict(dict))
    for flavour in FLAVOURS:
        path = RESULTS / "faults" / f"{flavour}.tsv"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for line in lines:
            became, case, *words = line.split("\t")
            results[Row(*words)][flavour][case] = became
    return results


def unit_results():
    """{(program, test): {flavour: {test: what became of it}}}"""
    results = collections.defaultdict(lambda: collections.defaultdict(dict))
    logs = sorted(RESULTS.glob("unit__*.log"), key=lambda path: path.stat().st_mtime)
    for log in logs:
        flavour = next((name for name in FLAVOURS if log.stem.endswith(name.replace("/", "_"))),
                       None)
        program = None
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            begun = re.match(r"# \S*/tests/unit/(\w+)$", line)
            said = re.match(r"(not )?ok \d+ (?:- )?(# SKIP )?(\w+)", line)
            if begun:
                program = begun[1]
            elif said and flavour:
                became = "skipped" if said[2] else "failed" if said[1] else "passed"
                results[f"unit/{program}.c::{said[3]}"][flavour][said[3]] = became
    return results


def summary(flavours):
    """One cell: "passed (release, ASan)"; a failure in any flavour or case is one."""
    became = {flavour: next(kind for kind in ("failed", "passed", "skipped")
                            if kind in cases.values())
              for flavour, cases in flavours.items()}
    for kind in ("failed", "passed", "skipped"):
        names = [FLAVOURS[name] for name in FLAVOURS if became.get(name) == kind]
        if names:
            return f"{kind} ({', '.join(names)})"
    return NO_RESULT


def results_of(rows, kept):
    """[(row, result)]; @kept: results of an older table"""
    python, unit = python_results(), unit_results()
    for row in rows:
        ran = unit.get(row.test) if row.test.startswith("unit/") else python.get(row)
        yield row, summary(ran) if ran else kept.get(row, NO_RESULT)


# --- The table ----------------------------------------------------------------------------

HEAD = ["| fault | moment | expected | test | result |", "| --- | --- | --- | --- | --- |"]


def table(results):
    lines = ["| " + " | ".join([*row[:3], f"`{row.test}`", result]) + " |"
             for row, result in results]
    return "\n".join([*HEAD, *lines]) + "\n"


def read_table(text):
    """{row: result} of a table that was written so."""
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")]
             for line in text.splitlines() if line.startswith("| ")][2:]
    return {Row(*words[:3], words[3].strip("`")): words[4] for words in cells}


def committed():
    """The table of tests/README.md: {row: result}"""
    return read_table(KEEP.search(README.read_text(encoding="utf-8"))[0])


def main(arguments):
    if arguments[:1] == ["write"] and arguments[2:] in (["whole"], ["partial"]):
        results = list(results_of(all_rows(), committed() if arguments[2] == "partial" else {}))
        pathlib.Path(arguments[1]).write_text(table(results), encoding="utf-8")
    elif arguments == ["update"]:
        results = list(results_of(all_rows(), committed()))
        text = README.read_text(encoding="utf-8")
        README.write_text(KEEP.sub(lambda _: table(results), text), encoding="utf-8")
    else:
        raise SystemExit(__doc__)
    bad = [f"{result}: {row.fault}, {row.moment}: {row.test}" for row, result in results
           if not result.startswith(("passed", "skipped"))]
    print("\n".join([*bad, f"{len(results)} rows, of which {len(bad)} did not pass"]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
