# SPDX-License-Identifier: MIT
"""What a mount says of itself, and what is said of one that says nothing."""

import ast
import contextlib
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import time

import pytest

import program as programs
import terminal
import tracing


def is_stopped(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/stat")
    return all(task.read_text().rsplit(")", 1)[1].split()[0] == "T" for task in tasks)


@contextlib.contextmanager
def stopped(mounted):
    """The processes of a mount do nothing for a while."""
    pids = programs.processes_of(mounted.program, mounted.path)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    # A thread that still takes a request would keep whoever asked from being killed.
    programs.wait_until(lambda: all(map(is_stopped, pids)), 30, "all threads to stop")
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def timed(call, *arguments, **options):
    started = time.monotonic()
    result = call(*arguments, **options)
    return result, time.monotonic() - started


def test_status_says_what_is_shown_and_done(mount, photos, tfrecordfs):
    with mount(photos) as mounted:
        for path in mounted.shards():
            path.read_bytes()
        os.listdir(mounted / "epochs/3")
        out = tfrecordfs("status", mounted.path).out
        assert f"{mounted.path}: serving\n" in out and str(photos) in out
        assert "34 records in 16 shards" in out and "log level notice" in out
        assert re.search(r"^  failing +nothing\n  stuck +nothing$", out, re.M)
        rows = out.splitlines()[1:]
        assert all(re.fullmatch(r"  [a-z]{2,9} +\S.*", row) for row in rows)
        assert len({len(row) - len(row[2:].lstrip("abcdefghijklmnopqrstuvwxyz").lstrip())
                    for row in rows}) == 1
        seen, = tfrecordfs("status", mounted.path, "--json").json
        assert seen == {**seen, "alive": True, "state": "serving", "num_examples": 34,
                        "failed_reads": 0, "failing": [], "stuck": [], "generation": 1,
                        "restarts": 0, "index_damaged": False, "source": str(photos)}
        assert seen["reads"] >= 16 and seen["read_bytes"] == seen["size"]
        assert seen["threads"] >= 2 and seen["worker_pid"] != seen["pid"]
        assert json.loads((mounted / ".tfrecordfs/status").read_text())["reads"] >= 16


@pytest.mark.fault(fault="mount hangs (SIGSTOP)", moment="status, --probe, debug",
                   expected="told within the timeout; others are listed")
def test_a_mount_that_hangs_is_told_and_delays_no_other(mount, photos, tfrecordfs, folder):
    with mount(photos) as hung, mount(photos, at="other") as other:
        with stopped(hung):
            result, seconds = timed(tfrecordfs, "status", "--json", "--timeout", "1", code=3)
            states = {mount["mountpoint"]: mount["state"] for mount in result.json}
            assert states[str(hung.path)] == "hung" and states[str(other.path)] == "serving"
            assert 1 <= seconds < 5
            result, seconds = timed(tfrecordfs, "status", hung.path, "--probe", "--timeout",
                                    "0.5", code=3)
            assert result.out == result.err == "" and seconds < 3
            tfrecordfs("status", other.path, "--probe", "--timeout", "0.5")
            assert "hung" in tfrecordfs("status", hung.path, "--timeout", "0.5", code=3).out
            text = tfrecordfs("debug", hung.path, "--timeout", "0.3").out
            assert "(left out: no answer" in text and "wchan=" in text
        tfrecordfs("status", hung.path, "--probe")


@pytest.mark.fault(fault="mount hangs (SIGSTOP)", moment="umount --lazy",
                   expected="unmounted within seconds")
def test_a_mount_that_hangs_can_be_ended(mount, photos, tfrecordfs):
    with mount(photos) as mounted:
        with stopped(mounted):
            _, seconds = timed(tfrecordfs, "umount", "--lazy", mounted.path)
            assert seconds < 6 and not programs.mounts_below(mounted.path)


def test_timeouts_are_seconds(tfrecordfs):
    for wrong in ("x", "0", "-1", "", "5x", "nan", "1e9"):
        assert "--timeout" in tfrecordfs("status", "--timeout", wrong, code=2).error
        assert "--timeout" in tfrecordfs("debug", "/", "--timeout", wrong, code=2).error


def test_the_level_of_the_log_is_switched_at_run_time(mount, photos, tfrecordfs):
    with mount(photos, "--log-level", "error") as mounted:
        shard = mounted.shards()[0]
        shard.read_bytes()
        assert tfrecordfs("log", mounted.path).out == ""
        tfrecordfs("log", mounted.path, "debug")
        assert tfrecordfs("status", mounted.path, "--json").json[0]["log_level"] == "debug"
        (mounted / "epochs/2" / shard.name).read_bytes()
        out = tfrecordfs("log", mounted.path).out
        assert re.search(rf"^\S+Z debug: opened epochs/2/{shard.name}$", out, re.M)
        tfrecordfs("log", mounted.path, "warning")
        lines = tfrecordfs("log", mounted.path, "--json").json["lines"]
        assert lines == out.splitlines() + lines[len(out.splitlines()):]
        shard.read_bytes()
        assert tfrecordfs("log", mounted.path, "--json").json["lines"] == lines
        assert "debug" in tfrecordfs("log", mounted.path, "loud", code=2).error


def test_a_log_level_that_is_none(tfrecordfs, photos, folder):
    (folder / "mnt").mkdir()
    assert "loud" in tfrecordfs("mount", photos, folder / "mnt", "--log-level", "loud",
                                code=2).error


def test_only_who_mounted_switches_the_level(mount, photos, tfrecordfs, as_user):
    if os.geteuid() != 0:
        pytest.skip("not root: there is no other user to be")
    with mount(photos) as mounted:
        assert as_user("log", mounted.path, "debug", code=3).error


def test_where_nothing_is_mounted(tfrecordfs, folder):
    for command in ("log", "debug", "status"):
        assert "nothing of ours" in tfrecordfs(command, folder, code=3).error
    assert "nothing of ours" in tfrecordfs("log", folder, "debug", code=3).error


def test_a_debug_bundle_has_what_helps_and_no_image(mount, photos, tfrecordfs, folder):
    with mount(photos, at="a mount") as mounted, mount(photos, at="another") as other:
        gone = max(photos.glob("cat/*"), key=lambda path: path.stat().st_size)
        content = gone.read_bytes()
        gone.unlink()
        for path in mounted.shards():
            with contextlib.suppress(OSError):
                path.read_bytes()
        tfrecordfs("debug", mounted.path, folder / "bundle.txt")
        assert "bundle.txt" in tfrecordfs("debug", mounted.path, folder / "bundle.txt",
                                          code=1).error
        data = (folder / "bundle.txt").read_bytes()
        parts = re.findall(r"^===== (.*)$", data.decode(), re.M)
        pid = tfrecordfs("status", mounted.path, "--json").json[0]["worker_pid"]
        assert parts[:4] == ["versions", "the kernel's entry of the mount", "version",
                             "status"]
        assert {"metrics", "log", "dataset.json", "problems.csv", f"process {pid}",
                f"threads of process {pid}"} <= set(parts)
        for word in (b"libfuse 3.", b"libjpeg", b"Linux ", str(mounted.path).encode(),
                     b"tfrecordfs_reads_total", f"cat/{gone.name} vanished".encode(),
                     b"Max open files", b"libfuse3.so", b"comm=tfrecordfs"):
            assert word in data, word
        assert str(other.path).encode() not in data
        assert b"a\\040mount" in data
        assert (folder / "bundle.txt").stat().st_mode & 0o777 == 0o600
        assert content[200:260] not in data and len(content) > 260 and b"(left out:" not in data


def test_several_mounts_are_a_table_and_one_is_a_page(mount, photos, tfrecordfs):
    with mount(photos) as one, mount(photos, at="another") as other:
        for path in other.shards():
            path.read_bytes()
        lines = tfrecordfs("status").out.splitlines()
        assert lines[0].split() == ["STATE", "RECORDS", "NOW", "FAIL", "STUCK", "UP",
                                    "MOUNTPOINT"]
        rows = {line.split()[-1]: line.split() for line in lines[1:]}
        for path in (one.path, other.path):
            assert rows[str(path)][:2] == ["serving", "34"]
            assert rows[str(path)][4:6] == ["0", "0"]
        screen = terminal.run(tfrecordfs, "status", columns=60)
        assert "RECORDS" not in screen.lines[0] and screen.in_style(32)
        # But for the path, which is whole, as it is what one pastes next.
        assert all(len(line[:-len(line.split()[-1])]) <= 39 for line in screen.lines)
        assert {line.split()[-1] for line in screen.lines} >= {str(one.path), str(other.path)}
        page = terminal.run(tfrecordfs, "status", other.path, columns=60)
        assert all(len(line) <= 60 for line in page.lines[1:])
        assert page.in_style(32) == ["serving", "nothing", "nothing"]


def test_what_fails_and_hangs_stands_first_and_in_red(mount, photos, tfrecordfs):
    victim = sorted((photos / "cat").iterdir())[0]
    with mount(photos, "--cache", "none") as mounted, mount(photos, at="dead") as dead:
        victim.unlink()
        for path in mounted.shards():
            with contextlib.suppress(OSError):
                path.read_bytes()
        page = terminal.run(tfrecordfs, "status", mounted.path, columns=60)
        assert page.lines[1] == "  failing   1 of the source's files"
        assert page.in_style(31) == ["1"] and page.in_style(33) == ["serving"]
        assert re.match(rf" {{12}}\d+ times? in \d+ s: cat/{victim.name}", page.lines[2])
        for pid in programs.processes_of(dead.program, dead.path):
            os.kill(pid, signal.SIGKILL)
        programs.wait_until(lambda: not programs.processes_of(dead.program, dead.path), 30, "end")
        table = terminal.run(tfrecordfs, "status", columns=200, code=3)
        assert "dead    " in table.in_style(31) and "serving " in table.in_style(33)
        assert f"tfrecordfs umount {dead.path}" in table.text
        tfrecordfs("umount", dead.path)


def test_what_is_printed_to_be_pasted_can_be(photos, tfrecordfs, folder, tf):
    place = folder / "it's a  \"mount\"\\"
    place.mkdir()
    out = tfrecordfs("mount", photos, place, "--index", "none").out
    try:
        assert f"Mounted {place} in" in out
        (python,) = re.findall(r'glob\((".*")\)\)', out)
        assert len(tf.io.gfile.glob(ast.literal_eval(python))) == 16
        (listing,) = re.findall(r"ls -l .*", out)
        (end,) = re.findall(r"tfrecordfs (umount .*)", out)
        assert shlex.split(end) == ["umount", str(place)]
        listed = subprocess.run(["sh", "-c", listing], capture_output=True, text=True, check=True)
        assert "train-00000-of-00016.tfrecord" in listed.stdout
        for pid in programs.processes_of(tfrecordfs, place):
            os.kill(pid, signal.SIGKILL)
        programs.wait_until(lambda: not programs.processes_of(tfrecordfs, place), 30, "end")
        (end,) = re.findall(r"To clear it: *tfrecordfs (.*)",
                            tfrecordfs("status", place, code=3).out)
        assert shlex.split(end) == ["umount", str(place)]
    finally:
        tfrecordfs("umount", place)


def test_rates_are_of_now(mount, photos, tfrecordfs):
    with mount(photos, "--cache", "none") as mounted:
        def rate():
            return tfrecordfs("status", mounted.path, "--json").json[0]["bytes_per_second"]
        assert rate() == 0
        for path in mounted.shards():
            path.read_bytes()
        assert 0 < rate() <= sum(path.stat().st_size for path in mounted.shards())
        programs.wait_until(lambda: rate() == 0, 30, "the rate to be nothing again")


@pytest.mark.fuse_required
@pytest.mark.fault(fault="mount ended", moment="while it is asked",
                   expected="the probe does not take the directory for a mount")
def test_a_mount_that_ends_while_it_is_asked_does_not_answer(tfrecordfs, photos, mnt):
    tracing.require()
    tfrecordfs("mount", photos, mnt)
    with tracing.traced(tfrecordfs, "-P", f"{mnt}/.tfrecordfs/status",
                        "-e", "inject=openat:delay_enter=2000000"):
        probe = tfrecordfs.start("status", "--probe", mnt, env=tracing.UNLEAKED)
    time.sleep(1)
    subprocess.run(["umount", mnt], check=True)
    assert probe.wait(30) == 3
