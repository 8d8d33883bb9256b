# SPDX-License-Identifier: MIT
"""Runs commands that lack something at one place at a time: tests/scarcity/runner.c."""

import re
import subprocess

RESOURCES = "mpt"


def program_of(program, name="commands"):
    return program.path.parent / "tests/scarcity" / name


def try_all(program, commands, resources=RESOURCES, name="commands", timeout=880):
    """Each of @commands, lists of arguments, must hold; how often something was refused.

    Sanitizers take ten times as long: once a site is enough for them, and one command for
    the one that looks for races.
    """
    flavour = program.path.parent.name
    if flavour != "release":
        resources += "1"
    if flavour == "thread":
        commands = commands[:1]
    lines = "".join("\t".join(map(str, command)) + "\n" for command in commands)
    done = subprocess.run([program_of(program, name), resources], input=lines, text=True,
                          capture_output=True, timeout=timeout, errors="replace",
                          env=program.environment())
    last = re.search(r"^(\d+) commands, (\d+) sites, (\d+) runs, (\d+) refused, (\d+) failed$",
                     done.stdout, re.M)
    assert last, f"{done.stdout[-3000:]}\n{done.stderr}"
    nr_commands, _, runs, refused, failed = map(int, last.groups())
    assert failed == 0, done.stdout[:20_000] + last[0]
    assert nr_commands == len(commands) and refused >= 0.9 * runs, last[0]
    return refused
