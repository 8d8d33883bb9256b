# SPDX-License-Identifier: MIT
"""Reloading: another generation takes the place of the one that is shown, at once."""

import json
import mmap
import os
import shutil
import signal
import threading

import images
import program as programs
import pytest

SHARDS = 4
OPTIONS = ["--shards", SHARDS, "--order", "local", "--label-column", "label"]


@pytest.fixture
def source(folder):
    """Images, and a manifest that gives each a label."""
    source = folder / "source"
    for i in range(24):
        images.write(source / f"{i:02}.png", i, ("png", "RGB"), (40, 30))
    write_manifest(source)
    return source


def write_manifest(source, **labels):
    rows = ["file,label"]
    for path in sorted(source.glob("*.png")):
        rows.append(f"{path.name},{labels.get('i' + path.stem, 'ant')}")
    (source / "labels.csv").write_text("\n".join([*rows, ""]))


@pytest.fixture
def shown(mount, source):
    write_manifest(source, i23="bee")
    with mount(source, "--manifest", source / "labels.csv", *OPTIONS) as mounted:
        yield mounted


def reload(mounted, code=0):
    return mounted.program("reload", mounted.path, code=code)


def fresh(mounted):
    """What a mount of the source as it is now would show, without FUSE or an index."""
    names = [path.name for path in mounted.shards()]
    return {name: mounted.program.run("cat", mounted.source, name, "--manifest",
                                      mounted.source / "labels.csv", *OPTIONS,
                                      "--index", "none", binary=True).out for name in names}


def inodes(mounted):
    return [path.stat().st_ino for path in mounted.shards()]


def attribute(mounted, name):
    return os.getxattr(mounted.path, f"user.tfrecordfs.{name}").decode()


def metric(mounted, name):
    text = (mounted / ".tfrecordfs/metrics").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith(f"tfrecordfs_{name} ")]
    return int(line.split()[1])


@pytest.mark.fault(fault="reload of another label", moment="while mounted",
                   expected="its shard is another file, others stay")
def test_a_changed_label_is_shown_and_only_its_shard_is_another_file(shown):
    before, numbers = shown.contents(), inodes(shown)
    write_manifest(shown.source, i23="bee", i07="bee")
    assert shown.contents() == before
    assert "1 of 4 shards" in reload(shown).out
    after = shown.contents()
    assert after == fresh(shown)
    changed = [name for name in after if after[name] != before[name]]
    assert changed == ["train-00001-of-00004.tfrecord"]
    assert [a == b for a, b in zip(inodes(shown), numbers)] == [True, False, True, True]
    assert attribute(shown, "generation") == "2"


@pytest.mark.fault(fault="reload of another label", moment="with pages in memory",
                   expected="unchanged shards keep them")
def test_shards_that_stay_the_same_keep_their_pages(shown):
    shown.contents()
    write_manifest(shown.source, i23="bee", i07="bee")
    reload(shown)
    served = metric(shown, "read_bytes_total")
    contents = shown.contents()
    again = metric(shown, "read_bytes_total") - served
    assert again == len(contents["train-00001-of-00004.tfrecord"])


def test_a_changed_shard_is_younger_and_the_others_are_as_old_as_before(shown):
    times = [path.stat().st_mtime_ns for path in shown.shards()]
    write_manifest(shown.source, i23="bee", i07="bee")
    status = os.stat(shown.source)
    os.utime(shown.source / "labels.csv", ns=(status.st_atime_ns, times[0]))
    reload(shown)
    after = [path.stat().st_mtime_ns for path in shown.shards()]
    assert after[1] > times[1]
    assert [after[i] for i in (0, 2, 3)] == [times[i] for i in (0, 2, 3)]


@pytest.mark.fault(fault="reload", moment="while a file is open and mapped",
                   expected="it stays what it was")
def test_a_file_that_is_open_stays_what_it_was(shown):
    path = shown / "train-00001-of-00004.tfrecord"
    before = path.read_bytes()
    with open(path, "rb", buffering=0) as file, open(path, "rb") as mapped, \
            mmap.mmap(mapped.fileno(), 0, prot=mmap.PROT_READ) as memory:
        assert file.read(100) == before[:100]
        write_manifest(shown.source, i23="bee", i07="bee")
        reload(shown)
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        assert file.read() == before[100:]
        assert bytes(memory) == before
        assert os.fstat(file.fileno()).st_size == len(before)
        assert path.read_bytes() != before


@pytest.mark.fault(fault="images added and removed", moment="between two reloads",
                   expected="the next shows them, or no more")
def test_images_that_come_and_go(shown):
    assert not (shown / "by-class/bee/validation-00000-of-00001.tfrecord").exists()
    images.write(shown.source / "99.png", 99, ("png", "RGB"), (40, 30))
    (shown.source / "03.png").unlink()
    write_manifest(shown.source, i23="bee", i99="cow")
    assert not (shown / "by-class/cow").exists()
    reload(shown)
    assert shown.contents() == fresh(shown)
    assert len(list((shown / "by-class/cow").glob("train-*"))) == 1
    assert "99.png" in (shown / "splits.csv").read_text()
    assert "03.png" not in (shown / "splits.csv").read_text()
    assert json.loads((shown / "stats.json").read_text())


def test_views_are_of_the_generation_that_is_shown(shown):
    names = sorted(path.name for path in (shown / "epochs/3").glob("*.tfrecord"))
    before = [(shown / "epochs/3" / name).read_bytes() for name in names]
    with open(shown / "epochs/3" / names[0], "rb", buffering=0) as file:
        write_manifest(shown.source, i23="bee", i07="bee")
        reload(shown)
        after = [(shown / "epochs/3" / name).read_bytes() for name in names]
        assert len([1 for a, b in zip(after, before) if a != b]) == 1
        assert file.read() == before[0]


@pytest.mark.fault(fault="image replaced", moment="before a reload",
                   expected="its new content is shown")
def test_an_image_whose_content_alone_changed_is_taken_in(shown):
    shard = shown / "train-00000-of-00004.tfrecord"
    images.write(shown.source / "02.png", 77, ("png", "RGB"), (60, 50))
    with pytest.raises(OSError):
        shard.read_bytes()
    reload(shown)
    assert shown.contents() == fresh(shown)


@pytest.mark.fault(fault="manifest broken", moment="before a reload",
                   expected="it fails with the reason, nothing changes")
def test_a_reload_that_fails_changes_nothing_and_says_why(shown):
    before, numbers = shown.contents(), inodes(shown)
    (shown.source / "05.png").write_bytes(b"no image")
    refused = reload(shown, code=1)
    assert "05.png" in refused.error and "failed" in refused.error
    assert inodes(shown) == numbers and attribute(shown, "generation") == "1"
    # Pages are there; what is read anew of that image fails as ever.
    assert shown.contents() == before
    answer = shown.program("reload", shown.path, "--json", code=1).json
    assert answer["reloaded"] is False and "05.png" in answer["message"]
    (shown.source / "05.png").unlink()
    write_manifest(shown.source, i23="bee")
    reload(shown)
    assert shown.contents() == fresh(shown)


def test_nothing_changed_means_nothing_changes(shown):
    numbers = inodes(shown)
    view = (shown / "epochs/1").stat().st_ino
    assert "nothing has changed" in reload(shown).out
    assert inodes(shown) == numbers and (shown / "epochs/1").stat().st_ino == view
    assert attribute(shown, "generation") == "1"
    assert shown.program("reload", shown.path, "--quiet").out == ""


def test_sighup_reloads(shown):
    write_manifest(shown.source, i23="bee", i07="bee")
    os.kill(shown.pid, signal.SIGHUP)
    programs.wait_until(lambda: attribute(shown, "generation") == "2", 20, "the reload")
    assert shown.contents() == fresh(shown)


def test_a_data_set_file_is_read_again(mount, folder, source):
    file = folder / "set.json"
    options = {"source": str(source), "manifest": str(source / "labels.csv"), "shards": 4}
    file.write_text(json.dumps(options))
    with mount(file) as mounted:
        assert len(mounted.shards()) == 4
        file.write_text(json.dumps({**options, "shards": 6}))
        reload(mounted)
        assert [p.name for p in mounted.shards()] == [f"train-{i:05}-of-00006.tfrecord"
                                                      for i in range(6)]
        file.write_text('{"source": 3')
        assert "set.json" in reload(mounted, code=1).error
        assert len(mounted.shards()) == 6


def test_what_is_no_mount_cannot_be_reloaded(tfrecordfs, folder):
    assert "mounted" in tfrecordfs("reload", folder, code=3).error
    assert tfrecordfs("reload", folder / "missing", code=3).error


def kill_worker(shown):
    programs.kill_worker(shown.program, shown.path)
    assert attribute(shown, "restarts") == "1"


def test_another_worker_shows_what_the_first_showed(shown):
    before = shown.contents()
    write_manifest(shown.source, i23="bee", i07="bee")
    kill_worker(shown)
    assert shown.contents() == before


@pytest.mark.fault(fault="SIGKILL of the worker", moment="after a reload",
                   expected="the next shows what was reloaded")
def test_another_worker_shows_what_was_reloaded_last(shown):
    before = shown.contents()
    write_manifest(shown.source, i23="bee", i07="bee")
    reload(shown)
    after = shown.contents()
    kill_worker(shown)
    assert shown.contents() == after != before


@pytest.mark.fault(fault="SIGKILL of the worker", moment="in the midst of a reload",
                   expected="the command says that it was lost; what was shown still is")
def test_a_reload_that_dies_with_its_worker_is_told(mount, source, folder):
    schema = folder / "mine.json"
    schema.write_text('{"name": "mine", "features": {"image": "image.encoded"}}')
    with mount(source, "--manifest", source / "labels.csv", *OPTIONS, "--schema",
               schema) as shown:
        before = shown.contents()
        # A pipe that nobody writes is waited for.
        schema.unlink()
        os.mkfifo(schema)
        waiting = shown.program.start("reload", shown.path)
        programs.wait_until(lambda: " running " in attribute(shown, "reload"), 20, "a reload")
        kill_worker(shown)
        _, said = waiting.communicate(timeout=20)
        assert waiting.returncode == 3 and "before it had reloaded" in said
        assert shown.contents() == before


@pytest.mark.fault(fault="reload", moment="while many read",
                   expected="each file is of one data set")
def test_readers_see_one_generation_or_the_other(shown):
    def labels(n):
        return {f"i{i:02}": "bee" if (i + n) % 3 else "ant" for i in range(24)}
    versions, seen, stop = [], [], threading.Event()

    def look(path):
        while not stop.is_set():
            try:
                seen.append((path.name, path.read_bytes()))
            except OSError as error:
                seen.append((path.name, error.strerror))

    readers = [threading.Thread(target=look, args=(path,)) for path in shown.shards()]
    versions.append(shown.contents())
    for reader in readers:
        reader.start()
    try:
        for n in range(1, 6):
            write_manifest(shown.source, **labels(n))
            reload(shown)
            versions.append(shown.contents())
            assert versions[-1] == fresh(shown)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    known = {(name, data) for version in versions for name, data in version.items()}
    assert set(seen) <= known and len({data for _, data in seen}) > SHARDS


@pytest.mark.slow
@pytest.mark.fault(fault="many reloads", moment="one after the other",
                   expected="what nobody has open is let go")
def test_a_generation_that_nobody_has_open_is_let_go(shown):
    with open(shown / "train-00001-of-00004.tfrecord", "rb", buffering=0) as file:
        file.read(10)
        for n in range(7, 10):
            write_manifest(shown.source, i23="bee", **{f"i{n:02}": "bee"})
            reload(shown)
        assert metric(shown, "generations") > 1
    programs.wait_until(lambda: metric(shown, "generations") == 1, 60, "the old generations to go")


def replace_source(source):
    moved = source.with_name("moved")
    shutil.copytree(source, moved)
    source.rename(source.with_name("old"))
    moved.rename(source)
    images.write(source / "02.png", 77, ("png", "RGB"), (60, 50))


@pytest.mark.fault(fault="source replaced by another directory",
                   moment="before a reload, unconfined",
                   expected="the new one is shown")
def test_a_source_that_is_another_directory_now(mount, source):
    with mount(source, "--manifest", source / "labels.csv", *OPTIONS, "--confine",
               "off") as shown:
        replace_source(source)
        reload(shown)
        assert shown.contents() == fresh(shown)


@pytest.mark.fault(fault="source replaced by another directory",
                   moment="before a reload, confined",
                   expected="it fails with the reason, nothing changes")
def test_a_confined_mount_keeps_to_the_source_it_has(shown):
    if attribute(shown, "confinement").startswith("landlock"):
        before = shown.contents()
        replace_source(shown.source)
        error = reload(shown, code=1).error
        assert f"cannot open the directory {shown.source}: Permission denied" in error
        assert "mount again, or with --confine off" in error
        assert shown.contents() == before


def test_a_source_that_is_a_link_is_switched_while_confined(mount, source):
    other = source.with_name("other")
    shutil.copytree(source, other)
    images.write(other / "02.png", 77, ("png", "RGB"), (60, 50))
    link = source.with_name("link")
    link.symlink_to("source")
    with mount(link, "--manifest", link / "labels.csv", *OPTIONS) as shown:
        link.unlink()
        link.symlink_to("other")
        reload(shown)
        assert shown.contents() == fresh(shown)
        assert shown.program("status", shown.path, "--json").json[0]["source"] == str(other)


def test_a_manifest_elsewhere_is_replaced_while_confined(mount, source, folder):
    listing = folder / "lists" / "labels.csv"
    listing.parent.mkdir()
    (source / "labels.csv").rename(listing)
    with mount(source, "--manifest", listing, *OPTIONS) as shown:
        before = shown.contents()
        new = listing.with_name("new")
        new.write_text(listing.read_text().replace("03.png,ant", "03.png,bee"))
        new.replace(listing)
        reload(shown)
        assert shown.contents() != before
        assert list(shown.index.glob("*")), "the new index was saved"


def test_a_watched_source_reloads_by_itself(mount, source, folder):
    manifest = folder / "elsewhere" / "labels.csv"
    manifest.parent.mkdir()
    write_manifest(source)
    shutil.move(source / "labels.csv", manifest)
    images.write(source / "late" / "1.png", 1, ("png", "RGB"), (40, 30))
    with mount(source, "--manifest", manifest, *OPTIONS, "--watch",
               index=source / ".index") as mounted:
        # A file that does not count, and our own index within the source.
        (manifest.parent / "other.csv").write_text("")
        before = mounted.contents()
        new = manifest.with_suffix(".new")
        new.write_text(manifest.read_text() + "late/1.png,bee\n")
        new.rename(manifest)
        programs.wait_until(lambda: attribute(mounted, "generation") == "2", 20, "a reload")
        assert mounted.contents() != before
        images.write(source / "new" / "deep" / "2.png", 2, ("png", "RGB"), (40, 30))
        programs.wait_until(lambda: attribute(mounted, "reload").startswith("2 idle"), 20,
                            "another look, at what turns out not to count")
        images.write(source / "new" / "deep" / "3.png", 3, ("png", "RGB"), (40, 30))
        programs.wait_until(lambda: attribute(mounted, "reload").startswith("3 idle"), 20,
                            "a look at a file in a directory that is new")
        assert attribute(mounted, "generation") == "2"
