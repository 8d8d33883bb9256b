# SPDX-License-Identifier: MIT
"""export of a mount: the bytes that it shows, whatever it was made with."""

import contextlib
import glob
import gzip
import os
import shutil
import signal
import subprocess
import time

import exports
import images
import program as programs
import pytest
import storage
import tracing
from converters import cases

OPTIONS = ["--shards", 6, "--split", "train=0.8,test=0.2"]


def shown(directory):
    """{path: bytes} of all that is listed, but for what points at other views."""
    return {path: data for path, data in exports.contents(directory).items()
            if not path.startswith("tfds/")}


def exported(directory):
    return {path: data for path, data in exports.contents(directory).items()
            if path != exports.SUMS}


def is_open(path):
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(link) == str(path):
                return True
    return False


@pytest.fixture
def mounted(mount, photos):
    with mount(photos, *OPTIONS) as mounted:
        yield mounted


def test_what_is_listed_is_exported_byte_for_byte(tfrecordfs, mounted, folder):
    tfrecordfs("export", mounted.path, folder / "out")
    assert exported(folder / "out") == shown(mounted.path)
    assert (folder / "out/SHA256SUMS").read_bytes() == (mounted / "SHA256SUMS").read_bytes()
    assert exports.check_sums(folder / "out") == 12


def test_a_source_and_its_mount_are_the_same_to_export(tfrecordfs, mounted, photos, folder):
    tfrecordfs("export", mounted.path, folder / "out")
    told = tfrecordfs("export", photos, folder / "out", *OPTIONS, "--json").json
    assert told["kept"] == told["whole"] > 12
    shutil.rmtree(folder / "out")
    tfrecordfs("export", photos, folder / "out", *OPTIONS)
    told = tfrecordfs("export", mounted.path, folder / "out", "--json").json
    assert told["kept"] == told["whole"] > 12


@pytest.mark.parametrize("view", ["epochs/7/shards/3", "folds/3/1", "by-class/cat",
                                  "schemas/tfds"])
def test_a_view_is_its_directory(tfrecordfs, mounted, photos, folder, view):
    tfrecordfs("export", mounted / view, folder / "out")
    assert exported(folder / "out") == shown(mounted / view)
    assert (folder / "out/SHA256SUMS").read_bytes() == (mounted / view / "SHA256SUMS").read_bytes()
    told = tfrecordfs("export", photos, folder / "out", *OPTIONS, "--view", view, "--json").json
    assert told["kept"] == told["whole"]


def test_a_directory_by_another_name(tfrecordfs, mounted, folder):
    (folder / "link").symlink_to(mounted.path)
    tfrecordfs("export", "link/epochs/../epochs/2/", folder / "out", cwd=folder)
    assert exported(folder / "out") == shown(mounted / "epochs/2")


def test_gzip_is_the_same_as_of_the_source(tfrecordfs, mounted, photos, folder, tf):
    tfrecordfs("export", mounted.path, folder / "out", "--compression", "gzip")
    tfrecordfs("export", photos, folder / "other", *OPTIONS, "--compression", "gzip")
    assert exports.contents(folder / "out") == exports.contents(folder / "other")
    for path in mounted.shards():
        data = (folder / "out" / f"{path.name}.gz").read_bytes()
        assert gzip.decompress(data) == path.read_bytes()
    files = [str(path) for path in exports.shards(folder / "out", "*.gz")]
    assert sum(1 for _ in tf.data.TFRecordDataset(files, compression_type="GZIP")) == 34


def test_without_side_files(tfrecordfs, mounted, folder):
    tfrecordfs("export", mounted.path, folder / "out", "--side-files", "none")
    assert set(exported(folder / "out")) == {path.name for path in mounted.shards()}


def test_a_converters_mount_with_directories_in_names(mount, tfrecordfs, folder, tf):
    case = cases.named("imagenet-gcs")
    source = folder / "source"
    source.mkdir()
    case.make(source)
    command = ["--profile", case.profile, *case.flags(source, folder / "mnt"), "--index",
               folder / "index"]
    tfrecordfs("mount", *command)
    try:
        tfrecordfs("export", folder / "mnt", folder / "out")
        assert exported(folder / "out") == shown(folder / "mnt")
        assert any("/" in name for name in exported(folder / "out"))
        assert (folder / "out/SHA256SUMS").read_text().splitlines()
        tfrecordfs("export", folder / "mnt/train", folder / "part")
        assert exported(folder / "part") == shown(folder / "mnt/train")
    finally:
        programs.unmount(tfrecordfs, folder / "mnt")


def test_an_ordinary_user_exports_what_he_may_read(mount, as_user, photos, folder):
    os.chmod("/dev/fuse", 0o666)
    programs.give_to_ordinary_user(photos, *photos.rglob("*"))
    with mount(photos, *OPTIONS, "--allow-other") as mounted:
        (as_user.home / "home").mkdir(exist_ok=True)
        as_user("export", mounted.path, as_user.home / "out")
        assert exported(as_user.home / "out") == shown(mounted.path)


# --- Refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("options, words", [
    (["--seed", "7"], "--seed is given where it is mounted"),
    (["--side-files", "standard"], "--side-files is given where it is mounted"),
    (["--manifest", "x"], "--manifest is given where it is mounted"),
    (["--index", "x"], "--index is given where it is mounted"),
    (["--reindex"], "--reindex is given where it is mounted"),
    (["--view", "epochs/7"], "name the directory"),
])
def test_options_that_a_mount_has_already(tfrecordfs, mounted, folder, options, words):
    error = tfrecordfs("export", mounted.path, folder / "out", *options, code=2).error
    assert words in error and not (folder / "out").exists()


@pytest.mark.parametrize("place", ["", "new", "index", "epochs/7", "epochs/7/new"])
def test_a_destination_in_the_mount(tfrecordfs, mounted, place):
    error = tfrecordfs("export", mounted.path, f"{mounted.path}/{place}", code=2).error
    assert "lies in" in error and "the mount" in error


@pytest.mark.parametrize("place", ["", "cat", "new", "cat/new"])
def test_a_destination_in_the_source_of_the_mount(tfrecordfs, mounted, photos, place):
    before = sorted(photos.rglob("*"))
    error = tfrecordfs("export", mounted.path, f"{photos}/{place}", code=2).error
    assert "lies in" in error and "the source of the images" in error
    assert sorted(photos.rglob("*")) == before


@pytest.mark.parametrize("place", ["index", "epochs", "by-index/train/0", "tfds"])
def test_a_directory_without_shards(tfrecordfs, mounted, folder, place):
    error = tfrecordfs("export", mounted / place, folder / "out", code=2).error
    assert "shows no shards" in error and not (folder / "out").exists()


@pytest.mark.fault(fault="mount is dead", moment="when it is exported",
                   expected="one sentence that says what to type")
def test_a_dead_mount(tfrecordfs, mnt, photos, folder):
    process = tfrecordfs.start("mount", photos, mnt, "--foreground", "--index", "none")
    programs.wait_until(lambda: os.path.ismount(mnt), 30, "the mount")
    for pid in programs.processes_of(tfrecordfs, mnt):
        os.kill(pid, signal.SIGKILL)
    process.communicate()
    error = tfrecordfs("export", mnt, folder / "out", code=1).error
    programs.force_unmount(mnt)
    assert "--replace" in error and not (folder / "out").exists()


def test_a_copy_of_a_mount_with_its_attributes_is_no_mount(tfrecordfs, mounted, folder):
    subprocess.run(["cp", "-a", mounted.path, folder / "copy"], check=False,
                   capture_output=True)
    assert tfrecordfs("export", folder / "copy", folder / "out", "--index", "none",
                      code=None).code in (1, 2)


# --- Faults ----------------------------------------------------------------------------


@pytest.mark.fault(fault="image changed", moment="while its mount is exported",
                   expected="its shard is named with it, all others are written, exit code 1")
def test_a_changed_image_is_named_by_the_mount(tfrecordfs, mounted, photos, folder):
    whole = shown(mounted.path)
    victim = sorted((photos / "dog").iterdir())[3]
    os.truncate(victim, 20)
    for path in mounted.shards():
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    result = tfrecordfs("export", mounted.path, folder / "out", "--side-files", "none", code=1)
    (line,) = result.out.splitlines()
    shard = line.partition(":")[0]
    assert f", of dog/{victim.name}: " in line and "Input/output error" in line
    assert "1 of 12 files could not be read" in result.error
    assert result.error.endswith(f"after tfrecordfs reload {mounted.path}")
    assert "--reindex" not in result.error
    assert exported(folder / "out") == {
        name: data for name, data in whole.items()
        if name.endswith(".tfrecord") and name != shard}
    programs.unmount(tfrecordfs, mounted.path)


@pytest.mark.fault(fault="mount reloaded", moment="while it is exported",
                   expected="both do not mix: one sentence")
def test_a_mount_that_is_reloaded_meanwhile(tfrecordfs, mount, folder):
    source = exports.large_source(folder)
    with mount(source, "--shards", 24) as mounted:
        whole = {path.name: path.read_bytes() for path in mounted.shards()}
        process = tfrecordfs.start("export", mounted.path, folder / "out", "--side-files",
                                   "none", "--threads", 1)
        exports.wait_for_shards(process, folder / "out", 2)
        process.send_signal(signal.SIGSTOP)
        for name in ("22.bmp", "23.bmp"):
            data = (source / "a" / name).read_bytes()
            (source / "a" / name).write_bytes(data[:-1] + b"x")
        tfrecordfs("reload", mounted.path)
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 1 and out == "" and err.count("\n") == 1
        assert "was reloaded meanwhile" in err and "goes on" not in err
        there = exported(folder / "out")
        assert 2 <= len(there) < 24 and there.items() < whole.items()
        error = tfrecordfs("export", mounted.path, folder / "out", "--side-files", "none",
                           code=2).error
        assert "as it was before" in error and exported(folder / "out") == there


@pytest.mark.fault(fault="mount reloaded to another number of shards",
                   moment="while it is exported", expected="one sentence; no file is blamed")
def test_a_mount_that_has_other_shards_meanwhile(tfrecordfs, mount, folder):
    source = images.class_folders(folder / "images", {"cat": 16})
    with mount(source, "--shard-size", 2) as mounted:
        names = [path.name for path in mounted.shards()]
        with tracing.traced(tfrecordfs, "-P", mounted / names[3], "-e", "trace=openat",
                            "-e", "inject=openat:delay_enter=3000000:when=1"):
            process = tfrecordfs.start("export", mounted.path, folder / "out", "--threads", 1,
                                       "--side-files", "none", env=tracing.UNLEAKED)
        exports.wait_for_shards(process, folder / "out", 3)
        for path in sorted((source / "cat").iterdir())[8:]:
            path.unlink()
        tfrecordfs("reload", mounted.path)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 1 and out == "" and err.count("\n") == 1, out + err
        assert "was reloaded meanwhile" in err and "could not be read" not in err
        there = [path.name for path in exports.shards(folder / "out")]
        assert 3 <= len(there) < len(names) and there == names[:len(there)]


@pytest.mark.fault(fault="mount reloaded twice, to what it was at last",
                   moment="around the opening of a shard that is exported",
                   expected="nothing of what was shown between is exported")
@pytest.mark.parametrize("kind", ["shard", "side file"])
def test_a_file_that_is_opened_between_two_reloads(tfrecordfs, mount, folder, kind):
    source = images.class_folders(folder / "images", {"cat": 8, "dog": 8})
    image = source / "cat" / sorted(os.listdir(source / "cat"))[0]
    with mount(source, "--shards", 4) as mounted:
        whole = shown(mounted.path)
        victim = "splits.csv"
        if kind == "shard":
            victim, = (path.name for path in mounted.shards()
                       if image.read_bytes() in path.read_bytes())
        delays = "delay_enter=4000000:delay_exit=4000000"
        with tracing.traced(tfrecordfs, "-P", mounted / victim, "-e", "trace=openat",
                            "-e", f"inject=openat:{delays}:when=1"):
            process = tfrecordfs.start("export", mounted.path, folder / "out", "--threads", 1,
                                       env=tracing.UNLEAKED)
        # What comes before it is written, and then its opening is delayed.
        nr = 4 if kind == "side file" else [path.name for path in mounted.shards()].index(victim)
        exports.wait_for_shards(process, folder / "out", nr)
        time.sleep(1)
        image.rename(folder / "kept")
        if kind == "shard":
            data = (folder / "kept").read_bytes()
            image.write_bytes(data[:-4] + bytes([data[-4] ^ 1]) + data[-3:])
        else:
            image.with_stem("abcd").write_bytes((folder / "kept").read_bytes())
        tfrecordfs("reload", mounted.path)
        programs.wait_until(lambda: is_open(mounted / victim), 30, "the file to be opened")
        image.with_stem("abcd").unlink(missing_ok=True)
        (folder / "kept").rename(image)
        tfrecordfs("reload", mounted.path)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert exported(folder / "out") == whole == shown(mounted.path)


@pytest.mark.fault(fault="mount reloaded without a change", moment="while it is exported",
                   expected="the export goes on")
def test_a_reload_that_changes_nothing_disturbs_nobody(tfrecordfs, mount, folder):
    source = exports.large_source(folder)
    with mount(source, "--shards", 24) as mounted:
        process = tfrecordfs.start("export", mounted.path, folder / "out", "--threads", 1)
        exports.wait_for_shards(process, folder / "out", 2)
        process.send_signal(signal.SIGSTOP)
        tfrecordfs("reload", mounted.path)
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert exported(folder / "out") == shown(mounted.path)


@pytest.mark.fault(fault="mount killed, or unmounted", moment="while it is exported",
                   expected="one sentence; typed again, the export goes on")
@pytest.mark.parametrize("end", ["killed", "unmounted"])
def test_a_mount_that_ends_meanwhile(tfrecordfs, mnt, folder, end):
    source = exports.large_source(folder)
    mounting = ["mount", source, mnt, "--shards", 24, "--index", folder / "index", "--quiet"]
    exporting = ["export", mnt, folder / "out", "--threads", 1]
    tfrecordfs(*mounting)
    try:
        process = tfrecordfs.start(*exporting)
        exports.wait_for_shards(process, folder / "out", 2)
        process.send_signal(signal.SIGSTOP)
        if end == "killed":
            for pid in {*programs.processes_of(tfrecordfs, mnt)} - {process.pid}:
                os.kill(pid, signal.SIGKILL)
        else:
            subprocess.run(["umount", "--lazy", mnt], check=True)
        process.send_signal(signal.SIGCONT)
        _, error = process.communicate(timeout=60)
        assert process.returncode == 1 and "is mounted no more: mount it again" in error
        assert error.count("tfrecordfs: ") == 1, error
        programs.force_unmount(mnt)
        tfrecordfs(*mounting)
        there = exports.who(folder / "out")
        tfrecordfs(*exporting)
        assert exported(folder / "out") == shown(mnt)
        assert there and there.items() <= exports.who(folder / "out").items()
    finally:
        programs.force_unmount(mnt)


@pytest.mark.fault(fault="SIGKILL", moment="of an export of a mount",
                   expected="what is whole is never written again")
def test_killed_and_gone_on_from_a_mount(tfrecordfs, mount, folder):
    source = exports.large_source(folder)
    with mount(source, "--shards", 24) as mounted:
        for number in (1, 4, 11):
            process = tfrecordfs.start("export", mounted.path, folder / "out")
            exports.wait_for_shards(process, folder / "out", number)
            process.kill()
            process.communicate()
        before = exports.who(folder / "out")
        assert before
        tfrecordfs("export", mounted.path, folder / "out")
        after = exports.who(folder / "out")
        assert {name: after[name] for name in before} == before
        assert exported(folder / "out") == shown(mounted.path)


@pytest.mark.fault(fault="storage does not answer", moment="of an export",
                   expected="a signal ends it in good order")
def test_storage_that_hangs_and_a_signal(tfrecordfs, program_path, folder):
    images.class_folders(folder / "photos", {"cat": 12, "dog": 12})
    options = ["--shards", 6, "--index", folder / "index", "--side-files", "none", "--threads",
               1]
    with storage.storage_of(program_path, folder / "photos", folder / "slow") as slow:
        tfrecordfs("index", slow.path, *options[:4], "--quiet")
        with slow.fault("cat", "read", 600_000):
            process = tfrecordfs.start("export", slow.path, folder / "out", *options)
            programs.wait_until(lambda: (folder / "out" / exports.RECORD).exists(), 30,
                                "the export to begin")
            process.send_signal(signal.SIGTERM)
            slow.mend()
            _, err = process.communicate(timeout=60)
        assert process.returncode in (0, 1), err
        tfrecordfs("export", slow.path, folder / "out", *options)
        assert exports.check_sums(folder / "out") == 6
