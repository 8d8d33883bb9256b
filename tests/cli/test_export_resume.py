# SPDX-License-Identifier: MIT
"""export that did not come to its end: killed, stopped, without room, images that changed."""

import os
import random
import re
import signal
import time

import exports
import pytest
import tracing

NR = 24
OPTIONS = ["--shards", NR, "--index", "none", "--side-files", "none", "--threads", 1]


@pytest.fixture
def large(folder):
    return exports.large_source(folder, NR)


@pytest.fixture
def whole(tfrecordfs, large, folder):
    """What an export that nobody disturbed wrote, by name."""
    tfrecordfs("export", large, folder / "whole", *OPTIONS)
    return exports.contents(folder / "whole")


@pytest.fixture
def go_on(tfrecordfs, large, folder, whole):
    """Type the same again: what is whole stays, the rest comes, nothing else is there."""
    def run(*options, kept=None):
        before = exports.who(folder / "out", "*-of-*")
        told = tfrecordfs("export", large, folder / "out", *OPTIONS, *options, "--json").json
        after = exports.who(folder / "out", "*-of-*")
        assert told["complete"] and told["kept"] == len(before) if kept is None else kept
        assert {name: after[name] for name in before} == before
        if not options:
            assert exports.contents(folder / "out") == whole
        assert not exports.half_written(folder / "out")
        assert exports.check_sums(folder / "out") == NR
    return run


@pytest.mark.fault(fault="SIGKILL", moment="at random moments of an export",
                   expected="what is whole is never written again; all is right at the end")
def test_killed_at_random_moments_it_goes_on(tfrecordfs, large, folder, go_on):
    numbers = random.Random(os.environ.get("TRFS_SEED"))
    seen = {}
    for _ in range(12):
        process = tfrecordfs.start("export", large, folder / "out", *OPTIONS)
        if numbers.random() < 0.5:
            exports.wait_for_shards(process, folder / "out", len(seen) + 1)
        time.sleep(numbers.random() * 0.05)
        process.kill()
        process.communicate()
        now = exports.who(folder / "out")
        assert {name: now[name] for name in seen} == seen
        seen = now
        assert not (folder / "out/SHA256SUMS").exists() or len(seen) == NR
    go_on()


@pytest.mark.fault(fault="SIGKILL", moment="of an export, with many threads, compressed",
                   expected="goes on as if nothing had been")
def test_killed_while_it_compresses_on_many_threads(tfrecordfs, large, folder):
    options = [*OPTIONS[:-2], "--compression", "gzip"]
    tfrecordfs("export", large, folder / "whole", *options)
    for number in (1, 5, 12):
        process = tfrecordfs.start("export", large, folder / "out", *options)
        exports.wait_for_shards(process, folder / "out", number, "*.gz")
        process.kill()
        process.communicate()
    before = exports.who(folder / "out", "*.gz")
    tfrecordfs("export", large, folder / "out", *options)
    after = exports.who(folder / "out", "*.gz")
    assert {name: after[name] for name in before} == before
    assert exports.contents(folder / "out") == exports.contents(folder / "whole")


# Calls that a killed export was in, and what is there then.
CALLS = ["openat:when=1", "fsync:when=1", "fsync:when=2", "fsync:when=7", "fdatasync:when=1",
         "fdatasync:when=2", "renameat:when=1", "renameat:when=2", "renameat:when=3",
         "writev:when=1", "writev:when=3", "mkdir:when=1"]


@pytest.mark.fault(fault="SIGKILL", moment="in each call that writes, syncs or renames",
                   expected="the same command goes on")
@pytest.mark.parametrize("call", CALLS)
def test_killed_in_any_call_it_goes_on(tfrecordfs, photos, folder, call):
    options = ["--shards", 3, "--index", "none", "--threads", 1]
    tfrecordfs("export", photos, folder / "whole", *options)
    name = call.split(":")[0]
    with tracing.traced(tfrecordfs, "-e", f"trace={name}",
                        "-e", f"inject={call.replace(':', ':signal=KILL:')}"):
        tfrecordfs("export", photos, folder / "out", *options, code=None, env=tracing.UNLEAKED)
    before = exports.who(folder / "out") if (folder / "out").exists() else {}
    tfrecordfs("export", photos, folder / "out", *options)
    after = exports.who(folder / "out")
    assert {name: after[name] for name in before} == before
    assert exports.contents(folder / "out") == exports.contents(folder / "whole")
    assert not exports.half_written(folder / "out")


@pytest.mark.fault(fault="SIGINT, SIGTERM, SIGHUP", moment="of an export",
                   expected="a sentence, exit code 1, nothing half written")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_in_good_order(tfrecordfs, large, folder, go_on, name):
    process = tfrecordfs.start("export", large, folder / "out", *OPTIONS)
    exports.wait_for_shards(process, folder / "out", 2)
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=60)
    there = len(exports.shards(folder / "out"))
    assert process.returncode == 1 and 2 <= there < NR, err
    assert out == "" and err == (
        f"tfrecordfs: stopped by a signal; {there} of {NR} files are whole in "
        f"{folder / 'out'}, and the same command goes on from there\n")
    assert not exports.half_written(folder / "out")
    assert not (folder / "out/SHA256SUMS").exists()
    go_on()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_that_is_ignored_stays_so_as_under_nohup(tfrecordfs, large, folder, name):
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_IGN)
    try:
        process = tfrecordfs.start("export", large, folder / "out", *OPTIONS)
    finally:
        signal.signal(number, before)
    exports.wait_for_shards(process, folder / "out", 2)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0 and err == ""
    assert exports.check_sums(folder / "out") == NR


def test_a_check_of_what_is_there_is_stopped_within_a_file(tfrecordfs, large, folder):
    options = [*OPTIONS, "--shards", 1]
    tfrecordfs("export", large, folder / "out", *options)
    shard, = exports.shards(folder / "out")
    os.utime(shard)
    with tracing.traced(tfrecordfs, "-P", shard, "-e", "trace=pread64",
                        "-e", "inject=pread64:signal=TERM:when=2"):
        told = tfrecordfs("export", large, folder / "out", *options, code=1,
                          env=tracing.UNLEAKED)
    assert told.error == "stopped by a signal"


def test_all_directories_are_on_the_disk_before_the_sums_are(tfrecordfs, photos, folder):
    trace = folder / "trace"
    with tracing.traced(tfrecordfs, "-yy", "-e", "trace=fsync,renameat", log=trace):
        tfrecordfs("export", photos, folder / "out", "--shards", 3, "--index", "none",
                   env=tracing.UNLEAKED)
    calls = trace.read_text().partition('"SHA256SUMS"')[0].splitlines()
    synced = {line.partition("<")[2].partition(">")[0] for line in calls if "fsync(" in line}
    assert {str(folder), str(folder / "out"), str(folder / "out/index")} <= synced


# --- Room ------------------------------------------------------------------------------


@pytest.mark.fault(fault="disk too small", moment="before an export begins",
                   expected="refused with both numbers, nothing is made")
def test_too_little_room_is_told_before_anything_is_written(tfrecordfs, large, folder):
    with exports.tiny_disk(folder / "tiny", "20m") as tiny:
        for _ in range(2):
            error = tfrecordfs("export", large, tiny / "out", *OPTIONS, code=1).error
            numbers = [int(word.replace(",", "")) for word in error.split() if word[0].isdigit()]
            assert numbers == [exports.free_bytes(tiny), pytest.approx(104e6, rel=0.01)]
            assert not list(tiny.iterdir())
        told = tfrecordfs("export", large, tiny, *OPTIONS, "--json", code=1)
        assert "bytes free" in told.json["failure"] and not told.json["complete"]


@pytest.mark.fault(fault="SIGKILL", moment="of an export that fills the disk",
                   expected="what was left half written is counted as room, and removed")
def test_what_was_left_half_written_is_room(tfrecordfs, large, folder, whole):
    with exports.tiny_disk(folder / "tiny", "100m") as tiny:
        process = tfrecordfs.start("export", large, tiny / "out", *OPTIONS)
        exports.wait_for_shards(process, tiny / "out", 3)
        process.kill()
        process.communicate()
        there = exports.who(tiny / "out")
        for name in exports.half_written(tiny / "out"):
            (tiny / "out" / name).unlink()
        left = tiny / "out/.tfrecordfs-export-0123456789abcdef-7.tmp"
        left.write_bytes(bytes(4_000_000))
        assert exports.free_bytes(tiny) < (NR - len(there)) * 4_320_000
        tfrecordfs("export", large, tiny / "out", *OPTIONS)
        assert not left.exists() and exports.contents(tiny / "out") == whole
        assert there.items() <= exports.who(tiny / "out").items()


@pytest.mark.fault(fault="disk full", moment="in the middle of an export",
                   expected="one sentence, what is whole stays, the same command goes on")
def test_a_disk_that_is_filled_meanwhile(tfrecordfs, large, folder, whole):
    with exports.tiny_disk(folder / "tiny", "120m") as tiny:
        process = tfrecordfs.start("export", large, tiny / "out", *OPTIONS)
        exports.wait_for_shards(process, tiny / "out", 3)
        exports.fill(tiny, 9_000_000)
        out, err = process.communicate(timeout=60)
        before = exports.who(tiny / "out")
        assert process.returncode == 1 and 3 <= len(before) < NR
        assert err.count("\n") == 1 and out == ""
        assert "No space left on device" in err and "the same command goes on" in err
        assert not exports.half_written(tiny / "out")
        assert "make room" in tfrecordfs("export", large, tiny / "out", *OPTIONS, code=1).error
        assert exports.who(tiny / "out") == before
        (tiny / "filler").unlink()
        tfrecordfs("export", large, tiny / "out", *OPTIONS)
        after = exports.who(tiny / "out")
        assert {name: after[name] for name in before} == before
        assert exports.contents(tiny / "out") == whole


@pytest.mark.fault(fault="disk full", moment="in an export that compresses less than hoped",
                   expected="doubted before, told, what is whole stays")
def test_compressed_files_are_tried_where_they_may_fit(tfrecordfs, large, folder):
    with exports.tiny_disk(folder / "tiny", "20m") as tiny:
        result = tfrecordfs("export", large, tiny / "out", *OPTIONS, "--compression=gzip",
                            code=1)
        assert "they fit only if" in result.err and "No space left on device" in result.error
        assert len(exports.shards(tiny / "out", "*.gz")) == 4
        assert not exports.half_written(tiny / "out")


@pytest.mark.fault(fault="limit of file sizes", moment="of an export",
                   expected="one sentence, nothing half written")
def test_a_limit_of_file_sizes(tfrecordfs, large, folder, go_on):
    tfrecordfs.prefix = ["prlimit", "--fsize=3000000"]
    error = tfrecordfs("export", large, folder / "out", *OPTIONS, code=1).error
    assert "File too large" in error and not exports.half_written(folder / "out")
    tfrecordfs.prefix = []
    go_on()


@pytest.mark.fault(fault="fsync fails", moment="of a shard that is exported",
                   expected="told, and it is not called whole")
def test_a_shard_that_does_not_get_to_the_disk_is_not_whole(tfrecordfs, large, folder, go_on):
    with tracing.traced(tfrecordfs, "-e", "trace=fsync",
                        "-e", "inject=fsync:error=EIO:when=5"):
        error = tfrecordfs("export", large, folder / "out", *OPTIONS, code=1,
                           env=tracing.UNLEAKED).error
    assert "Input/output error" in error and "of 24 files are whole" in error
    assert not exports.half_written(folder / "out")
    go_on()


# --- Images ----------------------------------------------------------------------------


@pytest.mark.fault(fault="image changed", moment="between the index and an export",
                   expected="its shard is named with it, all others are written, exit code 1")
def test_a_changed_image_costs_its_own_shard_and_is_named(tfrecordfs, large, folder, whole):
    options = [*OPTIONS[:2], "--index", folder / "index", *OPTIONS[4:]]
    tfrecordfs("index", large, *options[:4], "--quiet")
    image = large / "a/05.bmp"
    data, times = image.read_bytes(), (image.stat().st_atime_ns, image.stat().st_mtime_ns)
    image.write_bytes(data[:-1] + b"x")
    result = tfrecordfs("export", large, folder / "out", *options, code=1)
    (line,) = result.out.splitlines()
    shard, _, why = line.partition(": ")
    assert shard.startswith("train-") and "a/05.bmp changed after it was indexed" in why
    assert re.fullmatch(r"at byte \d+: a/05.bmp changed after it was indexed", why)
    assert "1 of 24 files could not be read" in result.error
    assert "mend" not in result.error and "with --reindex" in result.error
    assert exports.contents(folder / "out") == {
        name: data for name, data in whole.items() if name not in (shard, exports.SUMS)}
    told = tfrecordfs("export", large, folder / "out", *options, "--json", code=1).json
    assert told["kept"] == 23 and not told["complete"] and told["failure"] is None
    assert [failed["file"] for failed in told["failed"]] == [shard]
    # What it is now does not mix with what it was.
    before = exports.who(folder / "out")
    error = tfrecordfs("export", large, folder / "out", *options, "--reindex", code=2).error
    assert "as it was before its images, manifest or labels changed" in error
    assert exports.who(folder / "out") == before
    # Elsewhere it is as it is now; restored in place, the same goes on.
    tfrecordfs("index", large, *options[:4], "--quiet", "--reindex")
    tfrecordfs("export", large, folder / "new", *options)
    with open(image, "r+b") as file:
        file.write(data)
    os.utime(image, ns=times)
    tfrecordfs("export", large, folder / "out", *options, "--reindex")
    assert exports.contents(folder / "out") == whole


@pytest.mark.fault(fault="images deleted", moment="between the index and an export",
                   expected="five are named, the others counted")
def test_many_images_that_are_gone_are_counted(tfrecordfs, large, folder):
    options = [*OPTIONS[:2], "--index", folder / "index", *OPTIONS[4:]]
    tfrecordfs("index", large, *options[:4], "--quiet")
    for i in range(9):
        # The directory stays as it was found, so that the index is current.
        (large / f"a/{i:02}.bmp").write_bytes(b"")
    result = tfrecordfs("export", large, folder / "out", *options, code=1)
    assert len(result.out.splitlines()) == 6 and "and 4 more" in result.out
    assert "9 of 24 files" in result.error
    assert len(exports.shards(folder / "out")) == 15


@pytest.mark.fault(fault="image added", moment="between two runs of an export",
                   expected="refused in a sentence, nothing is written")
def test_a_source_that_grew_is_not_mixed_with_what_it_was(tfrecordfs, large, folder):
    process = tfrecordfs.start("export", large, folder / "out", *OPTIONS)
    exports.wait_for_shards(process, folder / "out", 2)
    process.kill()
    process.communicate()
    before = exports.who(folder / "out")
    (large / "a/new.bmp").write_bytes((large / "a/00.bmp").read_bytes())
    assert "do not mix" in tfrecordfs("export", large, folder / "out", *OPTIONS, code=2).error
    assert exports.who(folder / "out") == before
    (large / "a/new.bmp").unlink()
    tfrecordfs("export", large, folder / "out", *OPTIONS)
    after = exports.who(folder / "out")
    assert {name: after[name] for name in before} == before


# --- Files that changed in the destination ----------------------------------------------


@pytest.mark.parametrize("harm", ["truncate", "flip", "remove", "directory"])
@pytest.mark.fault(fault="exported shard cut, changed or removed", moment="before the next run",
                   expected="written anew, alone")
def test_a_shard_that_is_not_as_it_was_written_is_written_anew(tfrecordfs, large, folder, whole,
                                                               harm):
    tfrecordfs("export", large, folder / "out", *OPTIONS)
    before = exports.who(folder / "out")
    path = exports.shards(folder / "out")[7]
    if harm == "truncate":
        os.truncate(path, 100)
    elif harm == "flip":
        with open(path, "r+b") as file:
            file.write(b"\xff")
    else:
        path.unlink()
    if harm == "directory":
        path.mkdir()
        assert path.name in tfrecordfs("export", large, folder / "out", *OPTIONS, code=1).error
        path.rmdir()
    told = tfrecordfs("export", large, folder / "out", *OPTIONS, "--json").json
    assert told["kept"] == NR - 1 and told["mended"] == (harm in ("truncate", "flip"))
    after = exports.who(folder / "out")
    del before[path.name], after[path.name]
    assert before == after and exports.contents(folder / "out") == whole


def test_side_files_of_other_options_are_written_anew(tfrecordfs, photos, folder):
    command = ["export", photos, folder / "out", "--shards", 3, "--index", "none"]
    tfrecordfs(*command, "--side-files", "slim-labels")
    shards, before = exports.who(folder / "out"), (folder / "out/labels.txt").read_bytes()
    tfrecordfs(*command, "--side-files", "standard")
    tfrecordfs("export", photos, folder / "other", *command[3:], "--side-files", "standard")
    assert exports.contents(folder / "out") == exports.contents(folder / "other")
    assert (folder / "out/labels.txt").read_bytes() != before
    assert exports.who(folder / "out") == shards
    told = tfrecordfs(*command, "--side-files", "standard", "--json").json
    assert told["kept"] == told["whole"] and told["mended"] == 0


@pytest.mark.fault(fault="SIGKILL", moment="while a damaged shard of an export is written anew",
                   expected="it is still known, and written anew")
@pytest.mark.parametrize("call", ["unlinkat", "writev", "fdatasync"])
def test_killed_while_a_shard_is_mended(tfrecordfs, photos, folder, call):
    command = ["export", photos, folder / "out", "--shards", 4, "--index", "none"]
    tfrecordfs(*command)
    whole = exports.contents(folder / "out")
    path = exports.shards(folder / "out")[2]
    os.truncate(path, 100)
    with tracing.traced(tfrecordfs, "-e", f"trace={call}",
                        "-e", f"inject={call}:signal=KILL:when=1"):
        tfrecordfs(*command, code=None, env=tracing.UNLEAKED)
    assert path.stat().st_size == 100
    told = tfrecordfs(*command, "--json").json
    assert told["mended"] == 1 and exports.contents(folder / "out") == whole
