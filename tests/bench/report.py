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
    load = os.getloadavg()[1]
    ahead = read_ahead(WORK)
    return {"date": time.strftime("%Y-%m-%d"), "processors": NR_CPUS, "kernel": release,
            "load": round(load, 1), "read_ahead_kb": ahead}


def span(values):
    least, most = min(values), max(values)
    return f"{least}" if least == most else f"{least} to {most}"


def footer(lines):
    dates = span([line["machine"]["date"] for line in lines])
    loads = span([line["machine"]["load"] for line in lines])
    ahead = lines[-1]["machine"]["read_ahead_kb"]
    return (f"Measured {dates} by `make bench`: {span([line['rounds'] for line in lines])} rounds, "
            f"{NR_CPUS} cores, Linux {lines[-1]['machine']['kernel']}, load {loads}"
            + (f", a disk that reads {ahead:,} KiB ahead." if ahead else "."))


def put_between_marks(name, text):
    """Replace what stands in the README between the marks of a section."""
    page = open(README, encoding="utf-8").read()
    page, found = re.subn(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)",
                          lambda m: f"{m.group(1)}{text}\n{m.group(2)}", page, flags=re.S)
    if found != 1:
        sys.exit(f"{README} has no place for {name}")
    open(README, "w", encoding="utf-8").write(page)


def write_json(path, sections):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(sections, file, indent=1, ensure_ascii=False)
        file.write("\n")


def read_json(path):
    """Lines by section; none where nothing was kept."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def merged(path, name, keys, lines):
    """Lines of a section in the order of keys: these, and for others what was kept before."""
    kept = {line["key"]: line for line in read_json(path).get(name, ())}
    kept.update((line["key"], line) for line in lines)
    return [kept[key] for key in keys if key in kept]


def summary(lines):
    """How many goals were met, and which were not."""
    met = sum(line["verdict"] == "met" for line in lines)
    missed = [line["key"] for line in lines if line["verdict"] == "missed"]
    return "\n".join([f"{met} of {met + len(missed)} goals met.",
                      *(f"missed: {what}" for what in missed)])
