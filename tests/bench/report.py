"""What was measured, as a Markdown table, a JSON file and a plot."""

import json
import os
import platform
import re
import sys
import time

from harness import NR_CPUS, README, WORK

HEAD = ["| what: against what | mount | the other | ratio | goal | |",
        "| --- | ---: | ---: | ---: | ---: | --- |"]
MARKS = {"met": "met", "missed": "**missed**", "": ""}


def ratio(line):
    if line["ratio"] is None:
        return ""
    return f"{line['ratio']:.2f}" if line["ratio"] < 100 else f"{line['ratio']:,.0f}"


def as_markdown(lines):
    rows = [" | ".join((line["what"], line["ours"], line["theirs"], ratio(line), line["goal"],
                        MARKS[line["verdict"]])) for line in lines]
    return "\n".join(HEAD + [f"| {row} |" for row in rows])


def read_ahead(path):
    """KiB that the device below a path reads ahead; None where it does not say."""
    device = os.stat(path).st_dev
    name = f"/sys/dev/block/{os.major(device)}:{os.minor(device)}"
    for queue in (f"{name}/queue", f"{name}/../queue"):
        if os.path.exists(f"{queue}/read_ahead_kb"):
            return int(open(f"{queue}/read_ahead_kb", encoding="ascii").read())
    return None


def machine():
    release = platform.release().split("-")[0]
    load = os.getloadavg()[2]
    ahead = read_ahead(WORK)
    return {"date": time.strftime("%Y-%m-%d"), "processors": NR_CPUS, "kernel": release,
            "load": round(load, 1), "read_ahead_kb": ahead}


def footer(rounds):
    seen = machine()
    ahead = seen["read_ahead_kb"]
    return (f"Measured {seen['date']} by `make bench`: {rounds} rounds, {NR_CPUS} cores, Linux "
            f"{seen['kernel']}, load {seen['load']}"
            + (f", a disk that reads {ahead:,} KiB ahead." if ahead else "."))


def put_between_marks(name, text):
    """Replace what stands in the README between the marks of a section."""
    page = open(README, encoding="utf-8").read()
    page, found = re.subn(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)",
                          lambda m: f"{m.group(1)}{text}\n{m.group(2)}", page, flags=re.S)
    if found != 1:
        sys.exit(f"{README} has no place for {name}")
    open(README, "w", encoding="utf-8").write(page)


def write_json(path, lines, rounds, quick):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(dict(machine(), rounds=rounds, quick=quick, rows=lines), file, indent=1,
                  ensure_ascii=False)
        file.write("\n")


def summary(lines):
    """How many goals were met, and which were not."""
    met = sum(line["verdict"] == "met" for line in lines)
    missed = [line["what"] for line in full_names(lines) if line["verdict"] == "missed"]
    return "\n".join([f"{met} of {met + len(missed)} goals met.",
                      *(f"missed: {what}" for what in missed)])


def full_names(lines):
    """Lines whose names that begin with … are preceded by what they go on from."""
    told, above = [], ""
    for line in lines:
        if line["what"].startswith("…"):
            line = dict(line, what=f"{above} {line['what']}")
        else:
            above = line["what"].split(":")[0]
        told.append(line)
    return told
