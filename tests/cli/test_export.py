# SPDX-License-Identifier: MIT
"""export: the files, their bytes, names and checksums, and what is said."""

import gzip
import json
import os
import pty
import re
import shutil
import subprocess

import exports
import images
import oracle
import pytest
from converters import cases

OPTIONS = ["--shards", 6, "--index", "none", "--split", "train=0.8,test=0.2"]


@pytest.fixture
def export(tfrecordfs, photos, folder):
    def run(*arguments, to="out", options=OPTIONS, **keywords):
        return tfrecordfs("export", photos, folder / to, *options, *arguments, **keywords)
    return run


@pytest.fixture
def cat(tfrecordfs, photos):
    def run(name, options=OPTIONS):
        return tfrecordfs("cat", photos, name, *options, binary=True).out
    return run


def test_shards_and_side_files_have_the_bytes_of_cat(export, cat, folder):
    export()
    found = exports.contents(folder / "out")
    assert sum(name.endswith(".tfrecord") for name in found) == 12
    assert {"labels.txt", "splits.csv", "schema.py", "dataset.json",
            "index/train-00000-of-00006.idx"} < set(found)
    assert all(cat(name) == data for name, data in found.items())


def test_tensorflow_reads_as_many_records_as_there_are_images(export, folder, tf):
    export()
    read = list(oracle.records(*exports.shards(folder / "out")))
    assert len(read) == 34
    assert {len(r["image/encoded"]) for r in read} == {1}


def test_sha256sums_is_that_of_a_mount_and_the_files_are_right(export, cat, folder):
    export()
    assert (folder / "out/SHA256SUMS").read_bytes() == cat("SHA256SUMS")
    assert exports.check_sums(folder / "out") == 12


def test_without_side_files_there_are_shards_and_their_sums_alone(export, folder):
    export("--side-files", "none")
    assert {path.suffix for path in (folder / "out").iterdir()} - {".tfrecord"} == {""}
    assert {path.name for path in (folder / "out").iterdir()} - {
        path.name for path in exports.shards(folder / "out")} == {exports.SUMS, exports.RECORD}


def test_nothing_points_at_views_that_are_not_there(export, folder):
    export()
    assert not (folder / "out/tfds").exists()


def test_a_view(export, cat, folder):
    export("--view", "/epochs/7/shards/3/")
    names = [path.name for path in exports.shards(folder / "out")]
    assert len(names) == 6 and names[0] == "test-00000-of-00003.tfrecord"
    for name, data in exports.contents(folder / "out").items():
        assert data == cat(f"epochs/7/shards/3/{name}")


@pytest.mark.parametrize("view, words", [("epochs", "no view"), ("epochs/x", "no view"),
                                         ("nonsense", "epochs/7"), ("..", "no view"),
                                         ("by-index/train/0", "single record"),
                                         ("filter/label=nobody", "no view")])
def test_a_view_that_is_none_is_refused_before_anything_is_made(export, folder, view, words):
    assert words in export("--view", view, code=2).error
    assert not (folder / "out").exists()


def test_a_data_set_file(export, tfrecordfs, photos, folder):
    (folder / "mine.json").write_text(json.dumps(
        {"source": "photos", "split": "train=0.8,test=0.2", "shards": 6}))
    tfrecordfs("export", folder / "mine.json", folder / "other", "--index", "none",
               "--side-files", "none")
    export("--side-files", "none")
    assert exports.contents(folder / "other") == exports.contents(folder / "out")


def test_any_number_of_threads_writes_the_same(export, folder):
    for threads in (0, 1, 3, 64, 1000):
        export("--threads", threads, "--side-files", "none", to=f"out{threads}")
    first = exports.contents(folder / "out0")
    assert len(first) == 13
    assert all(exports.contents(folder / f"out{threads}") == first
               for threads in (1, 3, 64, 1000))


def test_records_larger_than_what_is_read_at_a_time(tfrecordfs, folder):
    source = exports.large_source(folder, count=3, side=2000)
    tfrecordfs("export", source, folder / "out", "--shards", 2, "--index", "none",
               "--side-files", "none")
    for path in exports.shards(folder / "out"):
        assert path.read_bytes() == tfrecordfs("cat", source, path.name, "--shards", 2,
                                               "--index", "none", binary=True).out
    assert exports.check_sums(folder / "out") == 2


# --- Compressed ------------------------------------------------------------------------


def test_gzip_is_read_by_tensorflow_and_by_gzip(export, cat, folder, tf):
    export("--compression", "gzip")
    files = exports.shards(folder / "out", "*.gz")
    assert len(files) == 12 and files[0].name == "test-00000-of-00006.tfrecord.gz"
    for path in files:
        plain = gzip.decompress(path.read_bytes())
        assert plain == cat(path.name.removesuffix(".gz"))
        read = [bytes(r.numpy()) for r in tf.data.TFRecordDataset(str(path),
                                                                 compression_type="GZIP")]
        (folder / "plain").write_bytes(plain)
        assert read == [bytes(r.numpy()) for r in tf.data.TFRecordDataset(str(folder / "plain"))]
    assert exports.check_sums(folder / "out") == 12


def test_gzip_is_the_same_each_time_and_has_no_time_in_it(export, folder):
    export("--compression=gzip")
    export("--compression=gzip", "--threads", 1, to="again")
    assert exports.contents(folder / "out") == exports.contents(folder / "again")
    for path in exports.shards(folder / "out", "*.gz"):
        assert path.read_bytes()[3:8] == bytes(5)  # no name, no time


def test_gzip_comes_without_side_files(export, folder):
    export("--compression=gzip")
    assert {path.name for path in (folder / "out").iterdir() if path.suffix != ".gz"} == {
        exports.SUMS, exports.RECORD}


def test_gzip_of_what_compresses_well(tfrecordfs, folder):
    for i in range(3):
        images.write_sparse_bmp(folder / f"black/a/{i}.bmp", 1500, 1500)
    tfrecordfs("export", folder / "black", folder / "out", "--compression", "gzip",
               "--shards", 1, "--index", "none")
    (path,) = exports.shards(folder / "out", "*.gz")
    assert path.stat().st_size < 200_000
    assert gzip.decompress(path.read_bytes()) == tfrecordfs(
        "cat", folder / "black", path.stem, "--shards", 1, "--index", "none", binary=True).out


@pytest.mark.parametrize("word", ["zlib", "GZIP", "", "gz"])
def test_another_compression_is_refused(export, word):
    assert "none or gzip" in export(f"--compression={word}", code=2).error


# --- What is said ----------------------------------------------------------------------


def test_the_last_lines_can_be_typed(export, folder, tf):
    for options, name in (([], "out"), (["--compression=gzip"], "a b"), ([], 'c[d]*e?f"g\\h'),
                          (["--compression=gzip"], "[!x]")):
        lines = export(*options, to=name).out.splitlines()
        assert lines[0].startswith(f"{folder / name} holds all: 12 shards and ")
        check = re.search(r"\(cd .*\)", lines[1])[0]
        done = subprocess.run(["bash", "-c", check], check=False, capture_output=True)
        assert done.returncode == 0 and done.stdout == b""
        python = lines[2].split("  ", 1)[1]
        count = sum(1 for _ in eval(python, {"tf": tf}))  # pylint: disable=eval-used
        # All shards of the first split, train.
        assert count == 28, python


def test_names_of_shards_that_are_patterns(export, tf):
    out = export("--side-files", "none", "--shard-names", "[{split}]*{shard}?").out
    python = out.splitlines()[2].split("  ", 1)[1]
    assert sum(1 for _ in eval(python, {"tf": tf})) == 28  # pylint: disable=eval-used


def test_one_shard_a_split_is_read_alone(export, tf):
    out = export("--side-files", "none", options=["--shards", 1, "--index", "none",
                                                  "--split", "train=0.5,test=0.5"]).out
    python = out.splitlines()[2].split("  ", 1)[1]
    assert sum(1 for _ in eval(python, {"tf": tf})) == 17  # pylint: disable=eval-used


def test_json(export, folder):
    told = export("--json").json
    others = [name for name in exports.contents(folder / "out")
              if not name.endswith(".tfrecord") and name != exports.SUMS]
    size = sum(len(data) for name, data in exports.contents(folder / "out").items()
               if name != exports.SUMS)
    assert told.pop("seconds") >= 0
    assert told == {"bytes_written": size, "complete": True, "compression": "none",
                    "destination": str(folder / "out"), "failed": [], "failure": None,
                    "kept": 0, "mended": 0, "other_files": len(others), "shards": 12,
                    "whole": 12 + len(others)}
    again = export("--json").json
    assert again["complete"] and again["kept"] == again["whole"] and not again["bytes_written"]


def test_quiet_says_nothing(export):
    result = export("--quiet")
    assert (result.out, result.err) == ("", "")


def test_a_terminal_sees_a_bar_of_bytes(tfrecordfs, folder):
    source = exports.large_source(folder)
    ours, theirs = pty.openpty()
    done = subprocess.run(tfrecordfs.command("export", source, folder / "out", "--shards", 24,
                                             "--threads", 1, "--index", "none"),
                          stdout=subprocess.DEVNULL, stderr=theirs, timeout=60,
                          env=tfrecordfs.environment(), check=False)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert re.search(r"Writing +\d+% \[#* *\] \d[\d.]* [kMG]B/104 MB  \d[\d.]* [kMG]B/s", shown)


def test_what_was_skipped_is_told(export, photos):
    (photos / "cat/empty.jpg").write_bytes(b"")
    assert "cat/empty.jpg" in export(code=1).error
    assert "skipped 1 image" in export("--on-bad", "skip").err


def test_names_with_directories_in_them(export, cat, folder):
    options = [*OPTIONS, "--shard-names", "sets/{split}/{shard:02}.rec"]
    for compression, ending in (("none", ""), ("gzip", ".gz")):
        directory = folder / compression
        export("--side-files", "none", f"--compression={compression}", to=compression,
               options=options)
        names = [f"sets/{split}/{i:02}.rec" for split in ("train", "test") for i in range(6)]
        lines = (directory / exports.SUMS).read_text().splitlines()
        assert [line.split("  ")[1] for line in lines] == [name + ending for name in names]
        assert exports.check_sums(directory) == 12
        for name in names:
            data = (directory / f"{name}{ending}").read_bytes()
            assert (gzip.decompress(data) if ending else data) == cat(name, options)


@pytest.mark.parametrize("name", ["SHA256SUMS", ".tfrecordfs-export", ".tfrecordfs-export-1"])
def test_a_shard_that_is_called_as_files_of_the_export_is_refused(export, folder, name):
    error = export("--shard-names", name, "--shards", 1, code=2, options=[
        "--index", "none", "--side-files", "none"]).error
    assert "--shard-names" in error and not (folder / "out").exists()


@pytest.mark.parametrize("name", ["inception", "imagenet-gcs"])
def test_a_converters_command_line_fills_its_directory(tfrecordfs, folder, tf, name):
    case = cases.named(name)
    source, output = folder / "source", folder / "made"
    source.mkdir()
    case.make(source)
    tfrecordfs("export", "--profile", case.profile, *case.flags(source, output), "--index",
               "none", "--quiet")
    (folder / "oracle").mkdir()
    case.write(source, folder / "oracle")
    made, wanted = exports.contents(output), exports.contents(folder / "oracle")
    del made[exports.SUMS]
    assert made.keys() == wanted.keys()
    assert exports.check_sums(output) == len(made)


def test_an_export_that_was_moved_is_known_by_its_checksums(export, folder):
    export()
    shutil.copytree(folder / "out", folder / "copy")
    before = exports.who(folder / "copy")
    told = export("--json", to="copy").json
    assert told["kept"] == told["whole"] and told["mended"] == 0
    assert exports.who(folder / "copy") == before
