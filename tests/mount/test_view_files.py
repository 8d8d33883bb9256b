# SPDX-License-Identifier: MIT
"""Views as directories: what a file system promises, tools that walk, commands of ours."""

import concurrent.futures
import errno
import os
import pathlib
import re
import shutil
import stat
import subprocess
import time

import pytest

import images
import program as programs
import view_model
from mount.view_fixtures import SPLIT, mounted, place, program, source  # noqa: F401

# pylint: disable=redefined-outer-name

KINDS = ["by-class", "by-index", "bysize", "epochs", "filter", "first", "folds", "from",
         "schemas", "shards"]
SHARD = "train-00000-of-00004.tfrecord"


def files(directory):
    return {str(p.relative_to(directory)): p.read_bytes()
            for p in sorted(pathlib.Path(directory).rglob("*")) if p.is_file()}


def output(*command, **options):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True,
                          text=True, **options).stdout


# --- Names and attributes ---------------------------------------------------------------


def test_a_view_lists_its_shards_and_files_and_no_views(mounted):
    for view in ("epochs/3", "balanced", "folds/5/0/shards/3", "by-class/cat"):
        names = os.listdir(mounted / view)
        assert names == sorted(names) and not set(names) & {*KINDS, "balanced", "SHA256SUMS"}
        assert {n for n in names if n.endswith(".tfrecord")} and "splits.csv" in names
        assert [n for n in names if (mounted / view / n).is_dir()] == ["index", "tfds"]
        # What tells of the source or of all records alone stands in the root alone.
        assert not set(names) & {"README.txt", "dataset.json", "report.html", "metadata.json"}


def test_entries_are_what_they_are_listed_as(mounted):
    seen = set()
    for directory in (".", "epochs/3", "epochs/3/index", "epochs/4", "shards/2/epochs/3",
                      "by-index/train/3", "epochs"):
        with os.scandir(mounted / directory) as entries:
            for entry in entries:
                status = (mounted / directory / entry.name).stat()
                assert entry.inode() == status.st_ino
                assert entry.is_dir() == stat.S_ISDIR(status.st_mode)
                assert entry.is_file() == stat.S_ISREG(status.st_mode)
                assert status.st_mode & 0o222 == 0 and status.st_dev == mounted.path.stat().st_dev
                assert status.st_ino not in seen
                seen.add(status.st_ino)


def test_kinds_on_the_way_are_empty_directories(mounted):
    for path in [*KINDS, "folds/5", "by-index/train", "epochs/2/shards", "epochs/2/folds/3"]:
        status = (mounted / path).stat()
        assert stat.S_ISDIR(status.st_mode) and status.st_nlink == 2
        assert os.listdir(mounted / path) == []
    assert not (mounted / "balanced/nothing").exists()


def test_ways_up_lead_where_they_came_from(mounted):
    deep = mounted / "epochs/3/shards/2"
    for up, there in (("..", "epochs/3/shards"), ("../..", "epochs/3"), ("../../..", "epochs"),
                      ("../../../..", "."), ("index/..", "epochs/3/shards/2")):
        assert os.path.samefile(deep / up, mounted / there)
    assert output("sh", "-c", "cd -P shards/2/epochs/3 && cd ../.. && pwd -P",
                  cwd=mounted.path).strip() == f"{mounted.path}/shards/2"
    assert os.path.realpath(deep / SHARD.replace("4", "2")) == f"{deep}/{SHARD.replace('4', '2')}"


def test_views_begin_at_a_view_only(mounted):
    for path in ("index/epochs/1", "tfds/epochs", "tfds/photos/shards/2",
                 "epochs/3/index/shards/2", "epochs/3/tfds/photos/1.0.0/epochs/4",
                 "epochs/1/.tfrecordfs", ".tfrecordfs/epochs/1", "by-index/train/0/index",
                 "by-index/train/0/splits.csv", "Epochs/1", "epoch/1"):
        assert not (mounted / path).exists(), path
    for path in (f"{SHARD}/epochs", f"epochs/3/{SHARD}/shards/2", "splits.csv/epochs"):
        with pytest.raises(NotADirectoryError):
            os.stat(mounted / path)


WRITES = {
    "mkdir": lambda d: os.mkdir(d / "new"),
    "create": lambda d: open(d / "new", "wb"),
    "open for writing": lambda d: open(d / SHARD, "r+b"),
    "truncate": lambda d: os.truncate(d / SHARD, 0),
    "unlink": lambda d: os.unlink(d / SHARD),
    "rmdir": lambda d: os.rmdir(d / "index"),
    "rename": lambda d: os.rename(d / SHARD, d / "new"),
    "link": lambda d: os.link(d / SHARD, d / "new"),
    "symlink": lambda d: os.symlink("x", d / "new"),
    "chmod": lambda d: os.chmod(d / SHARD, 0o777),
    "utime": lambda d: os.utime(d / SHARD),
    "setxattr": lambda d: os.setxattr(d / SHARD, "user.x", b"1"),
}


@pytest.mark.parametrize("what", WRITES)
def test_nothing_can_be_written_in_a_view(mounted, what):
    for view in ("epochs/3", "balanced"):
        with pytest.raises(OSError) as caught:
            WRITES[what](mounted / view)
        assert caught.value.errno == errno.EROFS
    for partial in ("epochs", "folds/5"):
        with pytest.raises(OSError) as caught:
            os.mkdir(mounted / partial / "1000")
        assert caught.value.errno in (errno.EROFS, errno.EEXIST)


def attributes(path):
    return {name.removeprefix("user.tfrecordfs."): os.getxattr(path, name).decode()
            for name in os.listxattr(path)}


def test_attributes_say_which_view_it_is(mounted):
    for view in ("epochs/3", "shards/2/epochs/3", "balanced/under", "folds/5/0/by-class/cat"):
        rows = view_model.rows(mounted / view)
        told = attributes(mounted / view)
        assert told["view"] == view and int(told["num_examples"]) == len(rows)
        shards = sorted((mounted / view).glob("*.tfrecord"))
        assert int(told["num_shards"]) == len(shards)
        assert int(told["size"]) == sum(p.stat().st_size for p in shards)
        for shard in shards:
            mine = attributes(shard)
            assert mine["view"] == view and mine["split"] == shard.name.split("-")[0]
            assert int(mine["num_examples"]) == sum(r["shard"] == shard.name for r in rows)
    assert attributes(mounted.path)["view"] == ""
    assert "fingerprint" not in attributes(mounted / "epochs/3")


# --- Tools ------------------------------------------------------------------------------


def test_tools_walk_and_copy_a_view_as_any_directory(mounted, folder):
    view = mounted / "epochs/3/shards/5"
    wanted = files(view)
    found = output("find", view, "-type", "f").splitlines()
    assert sorted(found) == sorted(f"{view}/{name}" for name in wanted)
    assert len(output("du", "-a", view).splitlines()) == len(list(view.rglob("*"))) + 1
    apparent = int(output("du", "-s", "--apparent-size", "-B1", view).split()[0])
    assert apparent == sum(map(len, wanted.values()))
    subprocess.run(["rsync", "-a", f"{view}/", folder / "rsync"], check=True)
    subprocess.run(["cp", "-r", view, folder / "cp"], check=True)
    subprocess.run(["tar", "-cf", folder / "x.tar", "-C", view, "."], check=True)
    (folder / "tar").mkdir()
    subprocess.run(["tar", "-xf", folder / "x.tar", "-C", folder / "tar"], check=True)
    for copy in ("rsync", "cp", "tar"):
        assert files(folder / copy) == wanted
    (folder / "cp/SHA256SUMS").write_bytes((view / "SHA256SUMS").read_bytes())
    checked = output("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=folder / "cp")
    assert len(checked.splitlines()) >= len(list(view.glob("*.tfrecord")))
    # As the mount itself has them, with no copy.
    output("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=view)


def test_ordinary_tools_look_at_one_record(mounted):
    record = mounted / "epochs/9/by-index/test/3"
    kind = output("sh", "-c", "head -c 4 image | od -An -tx1", cwd=record).split()
    assert kind[:2] in (["ff", "d8"], ["89", "50"], ["47", "49"], ["42", "4d"])
    assert output("cat", record / "label.txt").strip() in ("cat", "dog", "newt")
    output("python3", "-m", "json.tool", record / "example.json")
    assert output("find", record, "-type", "f", "-size", "+0").count("\n") == 3


def test_commands_take_views_as_any_path(mounted, program):
    for view in ("epochs/3", "shards/9/balanced", "folds/5/4/epochs/1"):
        for shard in list((mounted / view).glob("*.tfrecord"))[:3]:
            name = f"{view}/{shard.name}"
            assert program("cat", mounted.source, name, *SPLIT, "--index", "none",
                           binary=True).out == shard.read_bytes()
            shown = program("show", f"{shard}:0", "--json").json
            row = next(r for r in view_model.rows(mounted / view)
                       if (r["shard"], r["record"]) == (shard.name, "0"))
            assert shown["record"] == 0 and row["file"] in str(shown)
            where = program("where", shard, 0, "--json").json
            assert where["image"] == f"{mounted.source}/{row['file']}"
        table = program("cat", mounted.source, f"{view}/splits.csv", *SPLIT, "--index",
                        "none").out
        assert table == (mounted / view / "splits.csv").read_text()
        verified = program("verify", mounted / view, "--json").json
        assert len(verified["files"]) == len(list((mounted / view).glob("*.tfrecord")))
    for path in ("epochs/03/" + SHARD, "shards/71/train-00000-of-00071.tfrecord", "epochs/3"):
        program("cat", mounted.source, path, *SPLIT, "--index", "none", code=2)


SAMPLE = re.compile(r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z_]+="[^"\n]*"\})? [0-9.e+]+')


def test_metrics_are_prometheus_text_and_counters_only_grow(mounted):
    def scrape():
        text = (mounted / ".tfrecordfs/metrics").read_text()
        assert text.endswith("\n")
        kinds, values, described = {}, {}, set()
        for line in text.splitlines():
            if line.startswith("# HELP "):
                described.add(line.split()[2])
            elif line.startswith("# TYPE "):
                kinds[line.split()[2]] = line.split()[3]
            else:
                assert SAMPLE.fullmatch(line), line
                name, value = line.split()
                assert name not in values and name in kinds and name in described
                values[name] = float(value)
        assert set(kinds.values()) <= {"counter", "gauge"}
        assert all(name.endswith("_total") == (kind == "counter")
                   for name, kind in kinds.items())
        return kinds, values

    kinds, before = scrape()
    whole = (mounted / f"epochs/77/{SHARD}").read_bytes()
    _, after = scrape()
    assert after.keys() == before.keys()
    for name, kind in kinds.items():
        # Of errors there are numbers when there are errors.
        assert kind == "gauge" or after.get(name, 0) >= before.get(name, 0)
    grown = after["tfrecordfs_read_bytes_total"] - before["tfrecordfs_read_bytes_total"]
    assert grown >= len(whole) and after["tfrecordfs_views"] >= 1


# --- Mounts of other kinds --------------------------------------------------------------


def test_a_converters_mount_lists_no_views_and_has_them(program, place):
    images.write(place / "slim/flower_photos/daisy/0.jpg", 0, ("jpeg", "RGB"))
    for i in range(1, 720):
        label = "daisy" if i % 2 else "rose"
        images.write(place / f"slim/flower_photos/{label}/{i}.jpg", i % 9, ("jpeg", "RGB"))
    with programs.mounted(program, place / "slim/flower_photos", place / "slim-mnt", "--profile",
                          "slim-flowers", index=place / "index-slim") as mnt:
        assert not set(os.listdir(mnt.path)) & set(KINDS)
        shards = {p.name: p.read_bytes() for p in mnt.path.glob("*train*.tfrecord")}
        whole = sorted(r for s in shards.values() for r in view_model.framed(s))
        view = mnt / "epochs/3"
        mixed = [r for p in sorted(view.glob("*train*.tfrecord"))
                 for r in view_model.framed(p.read_bytes())]
        assert sorted(mixed) == whole != mixed
        assert (mnt / "by-class/daisy").is_dir() and (mnt / "shards/3").is_dir()


def test_shards_in_directories_have_views(program, source, place):
    name = "{split}/{split}-{shard}-of-{shards}"
    with programs.mounted(program, source, place / "nested-mnt", *SPLIT, "--shard-names", name,
                          index=place / "index-nested") as mnt:
        plain = sorted(r for p in (mnt / "train").iterdir()
                       for r in view_model.framed(p.read_bytes()))
        assert sorted(r for p in (mnt / "epochs/3/shards/2/train").iterdir()
                      for r in view_model.framed(p.read_bytes())) == plain
        assert os.listdir(mnt / "shards/2/train") == ["train-00000-of-00002",
                                                      "train-00001-of-00002"]
        assert not (mnt / "train/epochs/3").exists()
        assert os.getxattr(mnt / "epochs/3/test", "user.tfrecordfs.num_examples") == b"20"
        index = (mnt / "epochs/3/index/train/train-00000-of-00004.idx").read_text()
        assert len(index.splitlines()) == 17


def test_splits_of_other_names_are_all_trained_on(program, place):
    names = images.flat(place / "ab", 30)
    images.write_csv(place / "ab.csv", ["file", "label", "split"],
                     [[n, "x" if i % 2 else "y", "ab"[i % 3 == 0]] for i, n in enumerate(names)])
    with programs.mounted(program, place / "ab", place / "ab-mnt", "--manifest",
                          place / "ab.csv", "--shards", "2", index=place / "index-ab") as mnt:
        whole = view_model.read(mnt / "epochs/1")
        assert {s: len(r) for s, r in whole.items()} == {"a": 20, "b": 10}
        assert view_model.read(mnt / "epochs/1/from/4") == {s: r[4:] for s, r in whole.items()}
        # One of them has ended, the other goes on.
        assert view_model.read(mnt / "epochs/1/from/12") == {"a": whole["a"][12:]}
        folds = view_model.read(mnt / "folds/3/0")
        assert {s: len(r) for s, r in folds.items()} == {"train": 20, "validation": 10}
        assert sorted(sum(folds.values(), [])) == sorted(sum(whole.values(), []))


# --- Use --------------------------------------------------------------------------------


def test_fifty_views_are_read_at_once(mounted):
    wanted = {e: None for e in range(500, 550)}

    def read(epoch):
        directory = mounted / f"epochs/{epoch}/shards/{epoch % 7 + 1}"
        assert all(len(p.read_bytes()) == p.stat().st_size for p in directory.iterdir()
                   if p.is_file())
        return view_model.read(directory)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        first = dict(zip(wanted, pool.map(read, wanted)))
        again = dict(zip(wanted, pool.map(read, wanted)))
    assert first == again
    assert len({tuple(v["train"]) for v in first.values()}) == 50
    assert len({tuple(sorted(v["train"])) for v in first.values()}) == 1


def test_a_view_can_be_read_while_it_is_forgotten(mounted):
    """Readers of a few views, while the kernel is made to drop their inodes all the time."""
    if os.geteuid() != 0:
        pytest.skip("only root can make the kernel forget")
    wanted = {e: view_model.read(mounted / f"epochs/{e}") for e in range(4)}
    until = time.monotonic() + 2

    def read(epoch):
        while time.monotonic() < until:
            assert view_model.read(mounted / f"epochs/{epoch}") == wanted[epoch]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read, e) for e in wanted]
        while not all(reader.done() for reader in readers):
            pathlib.Path("/proc/sys/vm/drop_caches").write_text("2")
            time.sleep(0.05)
        for reader in readers:
            reader.result()


def test_a_mount_ends_with_views_in_use_once_they_are_closed(program, source, place):
    with programs.mounted(program, source, place / "busy-mnt", *SPLIT,
                          index=place / "index-busy") as mnt:
        for epoch in range(20):
            assert (mnt / f"epochs/{epoch}/{SHARD}").stat().st_size > 0
        with open(mnt / f"epochs/3/{SHARD}", "rb"):
            assert program("umount", mnt.path, code=None).code != 0
        assert shutil.disk_usage(mnt / "epochs/3").total >= 0
