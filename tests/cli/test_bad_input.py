# SPDX-License-Identifier: MIT
"""Bad sources, manifests, labels and options: what one reads, and the exit code."""

import os
import re

import images
import pytest

# Manifests that cannot be right: name, content, and words of the message in their order.
BAD_MANIFESTS = {
    "ragged row": ("m.csv", b"file,label\na.png,x\nb.png,y,z\n", ["m.csv:3", "3 fields", "2"]),
    "quote that never closes": ("m.csv", b'file,label\na.png,x\n"b.png,y\nc.png,z\n',
                                ["m.csv:3", "quote", "never closes"]),
    "text after a quote": ("m.csv", b'file,label\n"a"b.png,x\n', ["m.csv:2", "quote"]),
    "column twice": ("m.csv", b"file,label,file\na.png,x,a.png\n", ["m.csv:1", '"file"', "twice"]),
    "empty": ("m.csv", b"", ["m.csv", "is empty"]),
    "header alone": ("m.csv", b"file,label\n", ["m.csv", "no rows"]),
    "UTF-16": ("m.csv", "file,label\na.png,x\n".encode("utf-16"), ["m.csv:1", "UTF-8"]),
    "Latin-1": ("m.csv", b"file,label\na.png,caf\xe9\n", ["m.csv:2", "UTF-8"]),
    "NUL": ("m.csv", b"file,label\na.p\0ng,x\n", ["m.csv:2", "NUL"]),
    "JSON cut off": ("m.json", b'[{"file": "a.png", "label": "x"},\n {"file": "b.p',
                     ["m.json:2", "cut off"]),
    "JSON with a comma too many": ("m.json", b'[\n{"file": "a.png",, "label": "x"}]',
                                   ["m.json:2"]),
    "JSON of numbers": ("m.json", b"[1, 2]", ["m.json:1", "object"]),
    "JSON not UTF-8": ("m.json", b'[{"file": "a.png", "label": "caf\xe9"}]', ["m.json:1", "UTF-8"]),
    "JSON key twice": ("m.json", b'[{"file": "a.png", "file": "b.png", "label": "x"}]',
                       ["m.json:1", "twice"]),
    "JSON empty": ("m.json", b"", ["m.json", "empty"]),
    "JSON Lines with a bad line": ("m.jsonl", b'{"file": "a.png", "label": "x"}\n{"file": \n',
                                   ["m.jsonl:2"]),
    "JSON Lines with an array": ("m.jsonl", b'["a.png"]\n', ["m.jsonl:1", "object"]),
    "unknown kind": ("m.xyz", b"\x00\x01\x02", ["m.xyz", "cannot tell"]),
}

# Rows that are in doubt: the rows under "file,label", and words of the message.
BAD_ROWS = {
    "missing image": (["a.png,x", "gone.png,y"], ["gone.png", "m.csv:3"]),
    "repeated row": (["a.png,x", "b.png,y", "a.png,x"], ["m.csv:4: a.png", "repeats line 2"]),
    "contradicting row": (["b.png,x", "a.png,x", "a.png,y"],
                          ["m.csv:3: a.png", "labelled otherwise in line 4"]),
    "row without label": (["a.png,x", "b.png,"], ["b.png", "m.csv:3", "label"]),
    "row without file": (["a.png,x", ",y"], ["m.csv:3"]),
    "path that leaves the source": (["a.png,x", "../secret.png,y"],
                                    ["../secret.png", "m.csv:3"]),
    "absolute path elsewhere": (["a.png,x", "/etc/passwd,y"], ["/etc/passwd", "m.csv:3"]),
    "directory": (["a.png,x", "folder,y"], ["folder", "m.csv:3"]),
    "FIFO": (["a.png,x", "fifo,y"], ["fifo", "m.csv:3"]),
    "link that leaves the source": (["a.png,x", "link.png,y"], ["link.png", "m.csv:3"]),
}


@pytest.fixture
def source(folder):
    """Four images, and what is no image but can be named as one."""
    path = folder / "images"
    for i, name in enumerate(["a.png", "b.png", "c.png", "d.png"]):
        images.write(path / name, i, ("png", "RGB"))
    images.write(folder / "secret.png", 99)
    (path / "folder").mkdir()
    os.mkfifo(path / "fifo")
    (path / "link.png").symlink_to("../secret.png")
    return path


@pytest.fixture
def refuse(tfrecordfs, folder):
    """Run check; the message, after making sure of exit code and of every word."""
    def check(source, *options, code=1, words=()):
        result = tfrecordfs("check", source, *options, code=code, timeout=60)
        said = result.err + result.out
        place = 0
        for word in words:
            assert word in said[place:], f"{word!r} is not said (in this order):\n{result}"
            place = said.index(word, place)
        # The other commands that look at a source say it in one line.
        again = tfrecordfs("index", source, *options, "--index", folder / "index", code=code)
        assert again.error
        return result
    return check


@pytest.mark.parametrize("name, content, words", BAD_MANIFESTS.values(), ids=BAD_MANIFESTS)
def test_a_bad_manifest_is_refused_with_its_line(refuse, source, folder, name, content, words):
    (folder / name).write_bytes(content)
    refuse(source, "--manifest", folder / name, words=words)


@pytest.mark.parametrize("rows, words", BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_refused_by_name(refuse, source, folder, rows, words):
    (folder / "m.csv").write_text("file,label\n" + "\n".join(rows) + "\n")
    result = refuse(source, "--manifest", folder / "m.csv")
    for word in words:
        assert word in result.err + result.out, f"{word!r} is not said:\n{result}"


@pytest.mark.parametrize("rows, words", BAD_ROWS.values(), ids=BAD_ROWS)
def test_bad_rows_can_be_skipped_and_are_listed(tfrecordfs, source, folder, rows, words):
    (folder / "m.csv").write_text("file,label\n" + "\n".join(rows) + "\nc.png,x\nd.png,z\n")
    options = ["--manifest", folder / "m.csv", "--on-bad", "skip"]
    result = tfrecordfs("index", source, *options, "--index", folder / "index")
    assert re.search("left out|skipped", result.out + result.err), result
    listed = tfrecordfs("check", source, *options, code=None).out
    for word in words:
        assert word in listed


def test_the_first_five_bad_images_are_named(tfrecordfs, source, folder):
    (folder / "m.csv").write_text(
        "file,label\na.png,x\n" + "".join(f"gone{i}.png,x\n" for i in range(40)))
    result = tfrecordfs("index", source, "--manifest", folder / "m.csv",
                        "--index", folder / "index", code=1)
    assert "40 of 41" in result.error
    assert [f"gone{i}.png" in result.error for i in range(7)] == [True] * 5 + [False] * 2


def test_links_that_leave_are_followed_when_told(tfrecordfs, source, folder):
    (folder / "m.csv").write_text("file,label\na.png,x\nlink.png,y\n")
    tfrecordfs("index", source, "--manifest", folder / "m.csv", "--follow",
               "--index", folder / "index")


def test_neither_manifest_nor_class_folders(refuse, folder):
    images.flat(folder / "flat", 3)
    refuse(folder / "flat", words=["no class folders", "--manifest"])


def test_an_empty_source(refuse, folder):
    (folder / "empty").mkdir()
    refuse(folder / "empty", words=["is empty"])


def test_a_source_that_is_not_there(tfrecordfs, folder):
    result = tfrecordfs("index", folder / "nowhere", code=1)
    assert "nowhere" in result.error and "No such file" in result.error


def test_a_source_that_is_a_file(tfrecordfs, folder):
    (folder / "file").write_text("")
    assert "is a file" in tfrecordfs("index", folder / "file", code=2).error


def test_a_manifest_that_is_not_there(tfrecordfs, source, folder):
    result = tfrecordfs("index", source, "--manifest", folder / "nowhere.csv", code=1)
    assert "nowhere.csv" in result.error and "No such file" in result.error


def test_a_fifo_as_manifest_does_not_block(tfrecordfs, source, folder):
    os.mkfifo(folder / "m.csv")
    result = tfrecordfs("index", source, "--manifest", folder / "m.csv", code=2, timeout=10)
    assert "not a regular file" in result.error


def test_a_class_that_is_not_in_the_labels_file(refuse, source, folder):
    (folder / "m.csv").write_text("file,label\na.png,raccoon\nb.png,racoon\n")
    (folder / "labels.txt").write_text("badger\nraccoon\n")
    refuse(source, "--manifest", folder / "m.csv", "--labels", folder / "labels.txt",
           words=["m.csv:3", '"racoon"', "labels.txt", '"raccoon"'])


def test_bad_labels_files(refuse, source, folder):
    (folder / "m.csv").write_text("file,label\na.png,x\n")
    for content, words in [("x\ny\nx\n", ["labels.txt:3", '"x"', "line 1"]),
                           ("x\n\ny\n", ["labels.txt:2", "blank"]),
                           ("", ["labels.txt", "is empty"]),
                           ("0:x\n0:y\n", ["labels.txt:2", "line 1"])]:
        (folder / "labels.txt").write_text(content)
        refuse(source, "--manifest", folder / "m.csv", "--labels", folder / "labels.txt",
               words=words)


def test_a_split_that_would_be_empty(refuse, source, folder):
    (folder / "m.csv").write_text("file,label\na.png,x\nb.png,x\n")
    refuse(source, "--manifest", folder / "m.csv",
           "--split", "train=0.98,validation=0.01,test=0.01", words=["split", "would be empty"])


def test_splits_that_lack_for_some_rows(refuse, source, folder):
    (folder / "m.csv").write_text("file,label,split\na.png,x,train\nb.png,x,\n")
    refuse(source, "--manifest", folder / "m.csv", words=["lacks a split", "b.png"])


@pytest.mark.parametrize("options, words", [
    (["--split", "train=0.8,test=0.1"], ["--split", "adds up to 0.9"]),
    (["--split", "train=lots"], ["--split", "lots"]),
    (["--group", "patient"], ["patient", "no such column"]),
    (["--label-column", "lable"], ["lable", "no such column", "label"]),
    (["--schema", "slimm"], ["slimm", "slim"]),
    (["--shards", "0"], ["--shards"]),
    (["--shards", "many"], ["--shards", "many"]),
    (["--seed", "-1"], ["--seed"]),
    (["--order", "random"], ["--order", "random", "shuffled"]),
    (["--on-bad", "ignore"], ["--on-bad", "ignore", "skip"]),
    (["--formats", "web"], ["web"]),
    (["--shard", "4"], ["--shard", "shards"]),
    (["--manifest"], ["--manifest"]),
])
def test_wrong_options_are_usage_errors(tfrecordfs, source, folder, options, words):
    (folder / "m.csv").write_text("file,label\na.png,x\nb.png,y\n")
    result = tfrecordfs("index", source, "--manifest", folder / "m.csv", *options, code=2)
    for word in words:
        assert word in result.error
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("schema, words", [
    ('{"features": {"a": "image.encodedd"}}', ["s.json", "image.encodedd", "image.encoded"]),
    ('{"features": {"a": {"from": "column.agee", "type": "int64"}}}', ["agee", "age"]),
    ('{"features": {"a": {"from": "column.age"}}}', ["age", "type"]),
    ('{"features": {}}', ["s.json", "features"]),
    ('{"features": {"a": "file.path", "a": "file.name"}}', ["s.json"]),
    ('{"features": ', ["s.json"]),
    ('[]', ["s.json"]),
])
def test_wrong_schema_files(tfrecordfs, source, folder, schema, words):
    (folder / "m.csv").write_text("file,label,age\na.png,x,1\n")
    (folder / "s.json").write_text(schema)
    result = tfrecordfs("index", source, "--manifest", folder / "m.csv",
                        "--schema", folder / "s.json", code=2)
    for word in words:
        assert word in result.error


def test_a_cell_that_does_not_fit_its_type(tfrecordfs, source, folder):
    (folder / "m.csv").write_text("file,label,age\na.png,x,1\nb.png,x,old\n")
    (folder / "s.json").write_text('{"features": {"a": {"from": "column.age", "type": "int64"}}}')
    result = tfrecordfs("index", source, "--manifest", folder / "m.csv",
                        "--schema", folder / "s.json", "--index", folder / "index", code=1)
    assert "b.png" in result.error and "old" in result.error
