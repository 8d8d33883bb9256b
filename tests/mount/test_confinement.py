# SPDX-License-Identifier: MIT
"""The process that serves gives up its rights, and serves all the same."""

import errno
import os
import pathlib

import images
import program as programs
import pytest

# What prctl and capset report in /proc/PID/status.
FILTERING = "2"
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER = 1, 2, 3
ONE = ["--shards", 1]
SHARD = "train-00000-of-00001.tfrecord"


def status_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def capabilities(pid, which="CapEff"):
    bits = int(status_of(pid)[which], 16)
    return {i for i in range(64) if bits >> i & 1}


def confinement(mounted):
    return os.getxattr(mounted.path, "user.tfrecordfs.confinement").decode()


def is_sanitized(tfrecordfs):
    """Such builds keep their files and system calls, see the manual."""
    return "release" not in tfrecordfs.path.parts


def test_the_worker_is_confined_and_the_keeper_is_not(mount, tfrecordfs, photos, program_path):
    with mount(photos, *ONE) as mounted:
        worker, keeper = status_of(mounted.worker), status_of(mounted.pid)
        assert worker["NoNewPrivs"] == "1" and keeper["NoNewPrivs"] == "0"
        kept = {CAP_DAC_READ_SEARCH, CAP_FOWNER} if os.geteuid() == 0 else set()
        if is_sanitized(tfrecordfs):
            assert "capabilities dropped" in confinement(mounted)
            kept.discard(CAP_FOWNER)
        else:
            assert worker["Seccomp"] == FILTERING and keeper["Seccomp"] == "0"
            assert confinement(mounted).startswith("landlock ")
            for part in "no new privileges", "seccomp", "capabilities dropped":
                assert part in confinement(mounted)
        assert capabilities(mounted.worker) == capabilities(mounted.worker, "CapPrm") == kept
        assert capabilities(mounted.worker, "CapBnd") <= kept | capabilities(os.getpid(),
                                                                             "CapBnd") - {21}
        # Every thread of it, those that read ahead too; ThreadSanitizer has one of its own.
        mounted.shards()[0].read_bytes()
        threads = [(thread / "status").read_text()
                   for thread in pathlib.Path(f"/proc/{mounted.worker}/task").iterdir()]
        free = [status for status in threads if "NoNewPrivs:\t1" not in status]
        assert len(threads) > 3 and len(free) <= (program_path.parent.name == "thread")
        (told,) = tfrecordfs("status", mounted.path, "--json").json
        assert told["confinement"] == confinement(mounted)
        assert f"confined  {confinement(mounted)}" in tfrecordfs("status", mounted.path).out


def test_all_is_read_and_known_sums_are_written_confined(mount, tfrecordfs, photos, folder):
    expected = tfrecordfs("cat", photos, SHARD, *ONE, "--index", "none", binary=True).out
    with mount(photos, *ONE) as mounted:
        before = {path: path.stat().st_mtime_ns for path in mounted.index.iterdir()}
        assert mounted.shards()[0].read_bytes() == expected
        assert (mounted / "epochs/3" / SHARD).stat().st_size == len(expected)
        for path in mounted.path.iterdir():
            if path.is_file():
                path.read_bytes()
        assert (mounted / ".tfrecordfs/metrics").read_text()
    after = {path: path.stat().st_mtime_ns for path in mounted.index.iterdir()}
    assert after != before, "checksums were not kept"


@pytest.mark.fault(fault="SIGKILL of the worker", moment="while confined",
                   expected="the next is confined, too")
def test_a_worker_that_died_is_replaced_by_a_confined_one(mount, photos):
    with mount(photos, *ONE) as mounted:
        programs.kill_worker(mounted.program, mounted.path)
        assert mounted.shards()[0].read_bytes()
        assert status_of(mounted.worker)["NoNewPrivs"] == "1"


def test_off_confines_nothing(mount, photos):
    with mount(photos, *ONE, "--confine", "off") as mounted:
        status = status_of(mounted.worker)
        assert status["NoNewPrivs"] == "0" and status["Seccomp"] == "0"
        assert capabilities(mounted.worker) == capabilities(mounted.pid)
        assert confinement(mounted) == "none"
        assert mounted.shards()[0].read_bytes()


@pytest.mark.fault(fault="image swapped for a link that leads out", moment="while mounted",
                   expected="nothing outside is read")
def test_a_swapped_link_leads_out_for_nobody(mount, tfrecordfs, photos, folder):
    """Beneath what is named Landlock would allow it; the way out is closed twice."""
    victim = next(path for path in sorted(photos.rglob("*")) if path.is_file())
    secret = folder / "secret"
    secret.write_bytes(victim.read_bytes())
    with mount(photos, *ONE, "--cache", "none") as mounted:
        victim.unlink()
        victim.symlink_to(secret)
        with pytest.raises(OSError) as error:
            mounted.shards()[0].read_bytes()
        assert error.value.errno in (errno.EIO, errno.ESTALE)


def test_with_follow_links_lead_out_and_writing_stays_confined(mount, tfrecordfs, folder):
    images.write(folder / "elsewhere" / "a.bmp", 1, ("bmp", "RGB"), (20, 20))
    source = folder / "source"
    (source / "a").mkdir(parents=True)
    (source / "a" / "a.bmp").symlink_to(folder / "elsewhere" / "a.bmp")
    with mount(source, *ONE, "--follow") as mounted:
        assert mounted.shards()[0].read_bytes()
        if not is_sanitized(tfrecordfs):
            assert "for writing only" in confinement(mounted)


@pytest.mark.parametrize("how, words", [
    ("auto", "is confined without landlock"),
    ("require", "--confine require: landlock cannot be had"),
])
@pytest.mark.fault(fault="kernel without Landlock", moment="at the mount",
                   expected="told; refused with --confine require")
def test_a_kernel_without_landlock_is_told(tfrecordfs, photos, folder, how, words):
    """Played by a filter that the program starts with: it knows no such system call."""
    if is_sanitized(tfrecordfs):
        assert "with a sanitizer" in tfrecordfs("mount", photos, folder_of(folder), *ONE,
                                                "--confine", "require", code=3).error
        return
    tfrecordfs.prefix = ["python3", "-c", WITHOUT_LANDLOCK]
    result = tfrecordfs("mount", photos, folder_of(folder), *ONE, "--confine", how,
                        code=3 if how == "require" else 0)
    assert words in result.err
    if how == "auto":
        assert len([line for line in result.err.splitlines() if "landlock" in line]) == 1
        assert (folder / "mnt" / SHARD).read_bytes()
        assert os.getxattr(folder / "mnt", "user.tfrecordfs.confinement").startswith(
            b"no new privileges, seccomp")
        programs.unmount(tfrecordfs, folder / "mnt")
    assert not programs.mounts_below(folder)


def folder_of(folder):
    (folder / "mnt").mkdir(exist_ok=True)
    return folder / "mnt"


# Load the number of the call; landlock_create_ruleset, 444, fails with ENOSYS.
WITHOUT_LANDLOCK = """
import ctypes, os, struct, sys
code = [(0x20, 0, 0, 0), (0x15, 0, 1, 444), (6, 0, 0, 0x50000 | 38), (6, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))
class Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
libc = ctypes.CDLL(None)
program = Program(4, ctypes.addressof(code))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(program)) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_an_index_directory_of_another_user_is_written_by_root(mount, photos, folder):
    if os.geteuid() != 0:
        pytest.skip("only root has directories of other users to write in")
    (folder / "theirs").mkdir()
    programs.give_to_ordinary_user(folder / "theirs")
    with mount(photos, *ONE, index=folder / "theirs") as mounted:
        mounted.shards()[0].read_bytes()
        assert CAP_DAC_OVERRIDE in capabilities(mounted.worker)


def test_root_reads_images_of_others_confined(mount, tfrecordfs, photos):
    if os.geteuid() != 0:
        pytest.skip("only root reads what others keep for themselves")
    for path in photos.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            programs.give_to_ordinary_user(path)
    times = {path: path.stat().st_atime_ns for path in photos.rglob("*") if path.is_file()}
    with mount(photos, *ONE) as mounted:
        assert mounted.shards()[0].read_bytes()
    # Without a filter of calls it has not even the right to leave them alone.
    if not is_sanitized(tfrecordfs):
        assert times == {path: path.stat().st_atime_ns for path in times}
