# SPDX-License-Identifier: MIT
"""Commands under strace: which images they open, and calls that are slow, fail or kill."""

import contextlib
import re
import subprocess

import pytest

# Who is traced cannot look for leaks; what a sanitizer finds otherwise is told as ever.
UNLEAKED = {"LSAN_OPTIONS": "detect_leaks=0"}
# For images_opened().
OPENS = ["-s", "4096", "-e", "trace=open,openat,openat2"]
OPENED = re.compile(r"\bopen(?:at|at2)?\([^\"]*\"(?P<path>[^\"]*)\".*= \d+")


def require():
    """Skip where nothing can be traced."""
    try:
        subprocess.run(["strace", "-qq", "true"], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("strace is not installed")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"processes may not be traced here: {error.stderr.strip()}")


@contextlib.contextmanager
def traced(program, *options, log="/dev/null"):
    """What @program starts meanwhile is traced; give it UNLEAKED if it comes to its end."""
    require()
    before = program.prefix
    program.prefix = [*before, "strace", "-f", "-qq", "-o", str(log), *map(str, options)]
    try:
        yield
    finally:
        program.prefix = before


def images_opened(log):
    """Each as often as it was opened."""
    found = [OPENED.search(line) for line in log.read_text().splitlines()]
    return sorted(f["path"] for f in found
                  if f and f["path"].endswith((".png", ".jpg", ".gif", ".bmp")))
