# SPDX-License-Identifier: MIT
"""export into what is something else: one sentence, and nothing is lost or changed."""

import os
import shutil
import subprocess

import exports
import images
import pytest
import tracing

OPTIONS = ["--shards", 4, "--index", "none"]


@pytest.fixture
def out(tfrecordfs, photos, folder):
    """An export that is whole."""
    tfrecordfs("export", photos, folder / "out", *OPTIONS)
    return folder / "out"


@pytest.fixture
def refused(tfrecordfs, photos, out):
    """What is said of the same export with other arguments; @out stays as it is."""
    def run(*options, source=photos, code=2):
        before = {path: (path.stat().st_mtime_ns, path.read_bytes())
                  for path in out.rglob("*") if path.is_file()}
        error = tfrecordfs("export", source, out, *OPTIONS, *options, code=code).error
        assert {path: (path.stat().st_mtime_ns, path.read_bytes())
                for path in out.rglob("*") if path.is_file()} == before
        return error
    return run


OTHERS = {
    ("--seed", "7"): "other options", ("--shards", "5"): "other options",
    ("--split", "train=0.5,test=0.5"): "other options", ("--schema", "simple"): "other options",
    ("--view", "epochs/1"): "the view", ("--compression", "gzip"): "--compression none",
}


@pytest.mark.fault(fault="destination holds other shards", moment="when an export begins",
                   expected="refused in a sentence, nothing is changed")
@pytest.mark.parametrize("options", OTHERS, ids=" ".join)
def test_shards_made_otherwise(refused, options):
    error = refused(*options)
    assert OTHERS[options] in error and "export into another directory" in error


def test_shards_of_a_view_and_of_all(tfrecordfs, photos, folder, refused):
    assert "of the whole data set, not of the view epochs/1: " in refused("--view", "epochs/1")
    tfrecordfs("export", photos, folder / "view", *OPTIONS, "--view", "epochs/1")
    error = tfrecordfs("export", photos, folder / "view", *OPTIONS, code=2).error
    assert "of the view epochs/1, not of the whole data set: " in error


def test_shards_of_another_source(refused, folder):
    other = images.class_folders(folder / "other", {"cat": 3, "dog": 3}, seed=70)
    error = refused(source=other)
    assert str(folder / "photos") in error and str(other) in error


def test_a_label_that_changed(tfrecordfs, folder):
    names = images.flat(folder / "photos", 8)
    rows = [[name, "ab"[i % 2]] for i, name in enumerate(names)]
    manifest = images.write_csv(folder / "m.csv", ["file", "label"], rows)
    command = ["export", folder / "photos", folder / "out", "--manifest", manifest, *OPTIONS]
    tfrecordfs(*command)
    rows[3][1] = "a"
    images.write_csv(manifest, ["file", "label"], rows)
    assert "labels changed" in tfrecordfs(*command, code=2).error
    rows[3][1] = "b"
    images.write_csv(manifest, ["file", "label"], rows)
    assert "holds all already" in tfrecordfs(*command).out


def test_side_files_are_added_and_left_out_as_asked(tfrecordfs, photos, folder):
    command = ["export", photos, folder / "out", *OPTIONS]
    tfrecordfs(*command, "--side-files", "none")
    assert not (folder / "out/labels.txt").exists()
    told = tfrecordfs(*command, "--json", code=None)
    # The option is part of what shards do not depend on.
    assert told.code == 0 and told.json["kept"] == 4
    assert (folder / "out/labels.txt").exists()
    assert tfrecordfs(*command, "--side-files", "none", "--json").json["kept"] == 4
    assert (folder / "out/labels.txt").exists()


@pytest.mark.parametrize("name", ["notes.txt", "train-00000-of-00004.tfrecord", ".hidden"])
def test_files_of_others(tfrecordfs, photos, folder, name):
    (folder / "out").mkdir()
    (folder / "out" / name).write_text("mine")
    error = tfrecordfs("export", photos, folder / "out", *OPTIONS, code=2).error
    assert name in error and "an empty directory" in error
    assert {p.name: p.read_text() for p in (folder / "out").iterdir()} == {name: "mine"}


def test_files_of_others_beside_an_export_stay(tfrecordfs, photos, out):
    (out / "notes.txt").write_text("mine")
    tfrecordfs("export", photos, out, *OPTIONS)
    assert (out / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["train-00001-of-00004.tfrecord", "SHA256SUMS", "labels.txt"])
def test_a_file_of_that_name_that_was_not_exported(tfrecordfs, photos, out, name):
    record = out / exports.RECORD
    record.write_text("".join(line for line in record.read_text().splitlines(True)
                              if not line.endswith(f" {name}\n")))
    (out / name).write_text("mine")
    error = tfrecordfs("export", photos, out, *OPTIONS, code=2).error
    assert name in error and "move it away" in error
    assert (out / name).read_text() == "mine"


def test_a_new_file_system_is_empty(tfrecordfs, photos, folder):
    (folder / "out/lost+found").mkdir(parents=True)
    tfrecordfs("export", photos, folder / "out", *OPTIONS)


# --- The record ------------------------------------------------------------------------


@pytest.mark.fault(fault="record of an export damaged", moment="when it goes on",
                   expected="refused, or what it lacks is written; never believed wrongly")
def test_a_record_that_is_cut_anywhere(tfrecordfs, photos, out):
    text = (out / exports.RECORD).read_bytes()
    head = text.index(b"file ")
    before = exports.contents(out)
    for length in [*range(0, head, 7), *range(head, len(text), 311)]:
        (out / exports.RECORD).write_bytes(text[:length])
        result = tfrecordfs("export", photos, out, *OPTIONS, code=None)
        assert result.code in (0, 2) and (result.code == 0) == (result.err == "")
        if result.code:
            assert "damaged" in result.error or "no tfrecordfs export wrote it" in result.error
        assert exports.contents(out) == before


def test_a_record_of_nonsense(tfrecordfs, photos, out):
    lines = (out / exports.RECORD).read_bytes().splitlines(True)
    hexadecimal = next(line for line in lines if line.startswith(b"file ")).split(b" ")[1]
    for number, line in ((0, b"tfrecordfs export 2\n"), (2, b"fingerprint 12\n"),
                         (3, b"content " + hexadecimal[:-1] + b"x\n"), (5, b"compression\n"),
                         (1, b"source\n"), (4, b"\n")):
        odd = list(lines)
        odd[number] = line
        (out / exports.RECORD).write_bytes(b"".join(odd))
        assert "damaged" in tfrecordfs("export", photos, out, *OPTIONS, code=2).error
    odd = [*lines, b"file\n", b"file " + hexadecimal + b" 1 2 3\n", b"\xff\x00\n", b"\n",
           b"file " + hexadecimal + b" 99999999999999999999999 2 3 x\n"]
    (out / exports.RECORD).write_bytes(b"".join(odd))
    assert "holds all already" in tfrecordfs("export", photos, out, *OPTIONS).out


# --- Places ----------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["", "new", "cat", "cat/new", "cat/../new/"])
def test_a_destination_in_the_source(tfrecordfs, photos, place):
    before = sorted(photos.rglob("*"))
    error = tfrecordfs("export", photos, f"{photos}/{place}", *OPTIONS, code=2).error
    assert "the source of the images" in error
    assert sorted(photos.rglob("*")) == before


def test_a_destination_whose_parent_is_not_there(tfrecordfs, photos, folder):
    error = tfrecordfs("export", photos, folder / "no/out", *OPTIONS, code=1).error
    assert f"mkdir -p {folder}/no/out" in error and not (folder / "no").exists()


def test_a_source_whose_name_is_no_line_is_known_again(tfrecordfs, photos, folder):
    source = photos.rename(folder / "two\nlines")
    tfrecordfs("export", source, folder / "out", *OPTIONS)
    assert "holds all already" in tfrecordfs("export", source, folder / "out", *OPTIONS).out


def test_a_destination_by_a_link_into_the_source(tfrecordfs, photos, folder):
    (folder / "link").symlink_to(photos)
    assert "lies in" in tfrecordfs("export", photos, folder / "link/x", *OPTIONS, code=2).error


def test_a_destination_beside_the_source_of_a_similar_name(tfrecordfs, photos, folder):
    tfrecordfs("export", photos, f"{photos}-exported", *OPTIONS)


@pytest.mark.parametrize("make, words", [
    (lambda path: path.write_text("x"), "Not a directory"),
    (lambda path: path.symlink_to("/nowhere"), "No such file"),
    (lambda path: os.mkfifo(path), "Not a directory"),  # pylint: disable=unnecessary-lambda
])
def test_a_destination_that_is_no_directory(tfrecordfs, photos, folder, make, words):
    make(folder / "out")
    assert words in tfrecordfs("export", photos, folder / "out", *OPTIONS, code=1).error


def test_a_destination_whose_parent_is_missing(tfrecordfs, photos, folder):
    error = tfrecordfs("export", photos, folder / "a/b", *OPTIONS, code=1).error
    assert "cannot make the directory" in error
    assert "DEST is empty" in tfrecordfs("export", photos, "", *OPTIONS, code=2).error


@pytest.mark.fault(fault="a directory in the destination is a link",
                   moment="when an export begins, and while it writes",
                   expected="refused in a sentence; nothing is written where it leads")
@pytest.mark.parametrize("openat2", ["there", "lacking"])
@pytest.mark.parametrize("moment", ["before", "meanwhile"])
def test_links_in_the_destination_are_not_followed(tfrecordfs, photos, folder, moment, openat2):
    command = ["export", photos, folder / "out", *OPTIONS, "--side-files", "none",
               "--shard-names", "sets/{split}/{shard:02}.rec", "--threads", 1]
    away = folder / "away"
    (away / "train").mkdir(parents=True)
    tfrecordfs("export", photos, folder / "out", *OPTIONS, "--side-files", "none",
               "--shard-names", "sets/{split}/{shard:02}.rec")
    shutil.rmtree(folder / "out/sets")
    if moment == "before":
        (folder / "out/sets").symlink_to("../away")
        (away / "train/00.rec").write_text("mine")
    faults = ["-e", "inject=openat2:error=ENOSYS"] if openat2 == "lacking" else []
    if moment == "meanwhile":
        faults += ["-e", "inject=fsync:delay_exit=1500000:when=3+"]
    with tracing.traced(tfrecordfs, "-e", "trace=openat2,fsync", *faults):
        process = tfrecordfs.start(*command, env=tracing.UNLEAKED)
    if moment == "meanwhile":
        while not exports.half_written(folder / "out") and process.poll() is None:
            pass
        (folder / "out/sets").symlink_to("../away")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2, err
    assert "would be written behind a symbolic link" in err and "out/sets/train/00.rec" in err
    assert os.listdir(away) == ["train"]
    assert os.listdir(away / "train") == (["00.rec"] if moment == "before" else [])
    (folder / "out/sets").unlink()
    tfrecordfs(*command)
    assert exports.check_sums(folder / "out") == 4


@pytest.mark.fault(fault="the destination cannot be looked at", moment="when an export goes on",
                   expected="that is said; nothing is taken for missing, or for nobody's")
@pytest.mark.parametrize("call", ["newfstatat:error=EIO", "openat:error=EIO", "openat:error=EMFILE",
                                  "getdents64:error=EIO"])
def test_errors_of_looking_are_no_facts(tfrecordfs, photos, folder, out, call):
    shard = exports.shards(out)[1]
    before = exports.who(out)
    name = call.split(":", maxsplit=1)[0]
    path = shard
    if name == "getdents64":
        path = folder / "foreign"
        path.mkdir()
        (path / "notes.txt").write_text("mine")
    # What is opened beneath a directory is called as it is there.
    called = path if name == "getdents64" else path.name
    with tracing.traced(tfrecordfs, "-P", called, "-e", f"trace={name}", "-e", f"inject={call}"):
        error = tfrecordfs("export", photos, path if name == "getdents64" else out, *OPTIONS,
                           code=1, env=tracing.UNLEAKED).error
    assert f"cannot list {path}: " in error or f"cannot look at {path}: " in error
    assert exports.who(out) == before
    assert name != "getdents64" or os.listdir(path) == ["notes.txt"]
    assert "holds all already" in tfrecordfs("export", photos, out, *OPTIONS).out


@pytest.mark.fault(fault="destination read-only", moment="when an export begins, and goes on",
                   expected="one sentence")
def test_a_read_only_destination(tfrecordfs, photos, out, folder):
    (folder / "locked").mkdir()
    for path in folder / "locked", out:
        if subprocess.run(["mount", "--bind", "-o", "ro", path, path], check=False,
                          capture_output=True).returncode:
            pytest.skip("only root can mount")
        try:
            if path == out:
                # Nothing has to be written.
                assert "holds all already" in tfrecordfs("export", photos, path, *OPTIONS).out
                continue
            error = tfrecordfs("export", photos, path, *OPTIONS, code=1).error
            assert "Read-only file system" in error
            error = tfrecordfs("export", photos, path / "new", *OPTIONS, code=1).error
            assert "cannot make the directory" in error
        finally:
            subprocess.run(["umount", path], check=True)


def test_a_destination_of_another_user(as_user, photos, folder):
    if not as_user.prefix:
        pytest.skip("root is needed to make a directory that others cannot write")
    (folder / "locked").mkdir(mode=0o755)
    assert "Permission denied" in as_user("export", photos, folder / "locked", *OPTIONS,
                                          code=1).error
