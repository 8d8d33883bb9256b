# SPDX-License-Identifier: MIT
"""What a mount promises, sentence by sentence: which tests show it, and those missing."""

import hashlib
import os
import random
import re
import shutil

import documents
import images
import oracle
import program as programs
import pytest
import tracing

SHOWN_BY = {
    "The size of a shard is exact from the first `stat` and never changes.": [
        "mount/test_bytes.py::test_sizes_are_exact_before_the_first_read",
        "docs/test_promises.py::test_sizes_stay_whatever_happens_to_the_images"],
    "Any window equals the same slice of the whole, from any thread, through read or mmap.": [
        "cli/test_bytes.py::test_every_window_is_a_slice",
        "mount/test_bytes.py::test_random_windows_of_a_cold_mount_are_slices",
        "mount/test_bytes.py::test_threads_that_read_at_once_see_the_same",
        "mount/test_bytes.py::test_maps_show_the_same",
        "mount/test_bytes.py::test_direct_reads_see_the_same",
        "unit/test_stream.c::every_window_is_a_slice"],
    "Bytes depend on the manifest, the options and the images only: mounts of the same source "
    "on different machines are identical.": [
        "mount/test_bytes.py::test_mounts_of_one_source_are_alike",
        "cli/test_splits.py::test_threads_and_the_order_of_directories_change_nothing",
        "engines/test_nodes.py::test_all_show_the_same_from_the_first_mount_on",
        "docs/test_promises.py::test_another_place_user_time_and_locale_show_the_same"],
    "A read gives the right bytes or an error.": [
        "docs/test_promises.py::test_reads_while_images_change_are_right_or_fail"],
    "An image that changed, shrank or vanished after it was indexed makes reads of its record "
    "fail (EIO) and is named by `status` and in the system log.": [
        "mount/test_changes.py::test_only_the_record_of_a_changed_image_fails",
        "mount/test_changes.py::test_the_log_names_the_image",
        "mount/test_faults.py::"
        "test_a_failing_file_is_named_everywhere_until_it_can_be_read_again"],
    "Where storage does not answer, reads of its records wait, a signal ends them, and all "
    "others go on.": [
        "mount/test_faults_hang.py::test_others_go_on_while_one_image_hangs",
        "mount/test_faults_hang.py::test_who_waits_for_an_image_can_be_interrupted",
        "mount/test_faults_hang.py::test_threads_do_not_run_out_when_many_images_hang"],
    "Nothing is written but the index, and checksums beside it.": [
        "docs/test_promises.py::test_the_kernel_sees_no_write_but_of_the_index",
        "mount/test_files.py::test_every_call_that_would_write_gives_erofs"],
    "No path leads out of the source directory; `--follow` allows symbolic links that do.": [
        "cli/test_bad_input.py::test_a_bad_row_is_refused_by_name",
        "cli/test_bad_input.py::test_links_that_leave_are_followed_when_told",
        "docs/test_promises.py::test_no_path_leads_out_until_links_are_followed",
        "unit/test_root_path.c::what_leaves_the_root_is_refused",
        "unit/test_root.c::links_swapped_in_meanwhile_never_lead_out"],
    "No image is dropped silently.": [
        "docs/test_promises.py::test_every_file_is_a_record_or_named_or_counted",
        "cli/test_bad_images.py::test_a_bad_image_is_refused_or_skipped",
        "cli/test_bad_input.py::test_bad_rows_can_be_skipped_and_are_listed"],
}

WRITING = re.compile(r"""
    ^\d+\s+(?P<call>open|openat|openat2|creat|mkdir|mkdirat|mknod|mknodat|rename|renameat
        |renameat2|unlink|unlinkat|link|linkat|symlink|symlinkat|rmdir|truncate|ftruncate
        |chmod|fchmod|fchmodat|chown|fchown|fchownat|utimensat|setxattr|fsetxattr)
    \((?:(?:AT_FDCWD|\d+)<(?P<at>[^>]*)>(?:,\s)?)?(?:"(?P<path>[^"]*)")?(?P<rest>.*)$""", re.X)


def test_every_promise_is_shown_by_a_test():
    promises = documents.sentences(documents.section("What a mount promises"))
    assert sorted(promises) == [1, 2, 3, 4, 5, 6]
    said = {sentence for item in promises.values() for sentence in item}
    assert said == set(SHOWN_BY), "README.md promises what no test shows, or no more"
    documents.assert_tests_exist(name for names in SHOWN_BY.values() for name in names)


@pytest.mark.fuse_required
@pytest.mark.fault(fault="images deleted, cut, grown", moment="while mounted",
                   expected="sizes stay; EIO for their records")
def test_sizes_stay_whatever_happens_to_the_images(mount, tfrecordfs, photos, folder):
    def sizes():
        return {path.name: os.stat(path).st_size for path in mounted.shards()}
    with mount(photos, "--shards", 4) as mounted:
        before = sizes()
        for i, path in enumerate(images.paths(photos)[::3]):
            [os.unlink, lambda p: os.truncate(p, 10),
             lambda p: p.write_bytes(p.read_bytes() * 3)][i % 3](photos / path)
        tfrecordfs("index", photos, "--shards", 4, "--index", folder / "index", "--reindex",
                   "--on-bad", "skip")
        for path in mounted.shards():
            with pytest.raises(OSError):
                path.read_bytes()
        assert sizes() == before


@pytest.mark.fuse_required
def test_another_place_user_time_and_locale_show_the_same(as_user, work, folder):
    def sums(shards):
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in shards}
    line = ("tfrecordfs mount ./images ./mnt --manifest labels.csv "
            "--split train=0.7,test=0.3 --group patient_id --threads {}")
    with work.mounted(line.format(1)) as shards:
        expected = sums(shards)
    copy = folder / "elsewhere"
    copy.mkdir()
    for path in random.Random(4).sample(sorted(p for p in (work / "images").rglob("*.*")), 200):
        target = copy / path.relative_to(work.directory)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        os.utime(target, (1e9, 1e9))
    shutil.copy(work / "labels.csv", copy / "labels.csv")
    shutil.rmtree(work / "images")
    (copy / "images").rename(work / "images")
    changed = {"LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Chatham", "HOME": str(folder / "other"),
               "XDG_CACHE_HOME": None}
    with work.mounted(line.format(8), env=changed) as shards:
        assert sums(shards) == expected
    for name, digest in list(expected.items())[:3]:
        shown = as_user("cat", work / "images", name, "--manifest", work / "labels.csv",
                        "--split", "train=0.7,test=0.3", "--group", "patient_id",
                        "--index", "none", binary=True).out
        assert hashlib.sha256(shown).hexdigest() == digest


@pytest.mark.fuse_required
@pytest.mark.fault(fault="images rewritten", moment="while they are read",
                   expected="right bytes or EIO, never a mixture")
def test_reads_while_images_change_are_right_or_fail(mount, folder):
    source, numbers = folder / "source", random.Random(11)
    for i in range(12):
        images.write(source / "a" / f"{i:02}.bmp", i, ("bmp", "RGB"), (60, 60))
    with mount(source, "--shards", 1, "--order", "manifest") as mounted:
        (path,) = mounted.shards()
        whole = path.read_bytes()
    failed = 0
    with mount(source, "--shards", 1, "--order", "manifest") as mounted:
        (path,) = mounted.shards()
        fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
        try:
            for step in range(200):
                if step % 20 == 10:
                    victim = source / "a" / f"{numbers.randrange(12):02}.bmp"
                    victim.write_bytes(numbers.randbytes(victim.stat().st_size))
                offset = numbers.randrange(len(whole))
                try:
                    read = os.pread(fd, numbers.randrange(1, 20000), offset)
                except OSError:
                    failed += 1
                else:
                    assert read == whole[offset:offset + len(read)] and read
        finally:
            os.close(fd)
    assert 0 < failed < 200


def written(log, folder):
    """Every path that the calls in @log of strace may have changed."""
    for line in log.read_text(errors="replace").splitlines():
        call = WRITING.match(line)
        if not call or re.search(r"= -1 E", call["rest"]):
            continue
        if call["call"].startswith("open") and not re.search("O_(WRONLY|RDWR|CREAT|TRUNC)",
                                                              call["rest"]):
            continue
        yield os.path.join(folder, call["at"] or "", call["path"] or "")


@pytest.mark.fuse_required
def test_the_kernel_sees_no_write_but_of_the_index(tfrecordfs, photos, folder):
    log, mnt = folder / "log", folder / "mnt"
    mnt.mkdir()
    with tracing.traced(tfrecordfs, "-y", "-s", "4096", "-e", "trace=%file,%desc", log=log):
        process = tfrecordfs.start("mount", photos, mnt, "--index", folder / "index")
    try:
        programs.wait_until(lambda: programs.mounts_below(mnt), 60, "the mount")
        for path in mnt.rglob("*"):
            if path.is_file():
                path.read_bytes()
        tfrecordfs("umount", mnt)
    finally:
        programs.force_unmount(mnt)
        process.communicate(timeout=60)
    # Devices and the kernel's own settings are no files.
    changed = {path for path in written(log, folder)
               if not path.startswith(("/dev/", "/sys/", "/proc/"))}
    assert changed and all(path.startswith(f"{folder}/index") for path in changed), changed


def test_no_path_leads_out_until_links_are_followed(work, folder):
    """Of class folders: a link to an image, and one to a directory of images."""
    picture = images.write(folder / "outside" / "secret.png", 3, ("png", "RGB"))
    (work / "images/cat/link.png").symlink_to(picture)
    said = work("tfrecordfs check ./images", code=1).out
    assert re.search(r"cat/link\.png: .*(link|outside|leaves|leads)", said)
    assert work("tfrecordfs check ./images --follow --json").json["images"] == 201
    (work / "images/cat/link.png").unlink()
    (work / "images/cat/more").symlink_to(picture.parent)
    assert "cat/more is a link that leads out" in work("tfrecordfs check ./images", code=1).err
    assert work("tfrecordfs check ./images --follow --json").json["images"] == 201


def test_every_file_is_a_record_or_named_or_counted(tfrecordfs, tf, photos, folder):
    """Whatever its name, its extension, its place and its content."""
    jpeg, cat = images.encode(0), photos / "cat"
    good = {"UPPER.JPEG": jpeg, "no extension": jpeg, "text.txt": jpeg, "sub/deep/1.jpg": jpeg,
            "ünïcode.jpg": jpeg, "-dash.jpg": jpeg}
    bad = {"empty.jpg": b"", "notes.md": b"# notes\n", "cut.jpg": jpeg[:-9], "page.tiff": b"II*\0"}
    passed_over = {".hidden.jpg": jpeg, "Thumbs.db": b"x", "../LICENSE.txt": b"free"}
    for name, content in (good | bad | passed_over).items():
        (cat / name).parent.mkdir(parents=True, exist_ok=True)
        (cat / name).write_bytes(content)
    files = set(images.paths(photos))
    options = ["--shards", 1, "--on-bad", "skip"]
    report = tfrecordfs("check", photos, *options, "--json", code=1).json
    out = tfrecordfs("check", photos, *options, code=1).out
    (folder / "shard").write_bytes(tfrecordfs("cat", photos, "train-00000-of-00001.tfrecord",
                                              *options, "--index", "none", binary=True).out)
    shown = set(oracle.files_in(folder / "shard"))
    named = {path for path in files if re.search(rf"^{re.escape(path)}: ", out, re.M)}
    assert {f"cat/{name}" for name in good} <= shown and not shown & named
    assert named == {f"cat/{name}" for name in bad}
    assert files - shown - named == {"cat/.hidden.jpg", "cat/Thumbs.db", "LICENSE.txt"}
    assert report["ignored"] == 3 and "hidden or no images by name: 3" in out
