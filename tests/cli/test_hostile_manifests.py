# SPDX-License-Identifier: MIT
"""Manifests, annotations, labels, schemas and data set files that are meant to do harm."""

import contextlib
import os
import socket
import subprocess

import hostile
import images
import pytest

DEEP = 100000
LONG = 20 << 20


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "source"
    images.write(path / "0.png", 0, ("png", "RGB"), (4, 4))
    return path


def row(more):
    return b'[{"file": "0.png", "label": ' + more + b"}]"


def coco(annotation):
    return (b'{"images": [{"id": 1, "file_name": "0.png", "width": 4, "height": 4}], '
            b'"categories": [{"id": 1, "name": "a"}], "annotations": [' + annotation + b"]}")


def nested(opening, closing, inside=b""):
    return opening * DEEP + inside + closing * DEEP


# Name, content, words of the sentence.
MANIFESTS = {
    "nested arrays": ("m.json", lambda: row(nested(b"[", b"]")), "nested more than 64 deep"),
    "nested objects": ("m.json", lambda: row(nested(b'{"a":', b"}", b"1")), "more than 64 deep"),
    "nested lines": ("m.jsonl", lambda: row(nested(b"[", b"]"))[1:-1], "maximum parsing depth"),
    "nested where nobody looks": ("m.json", lambda: b'{"x": ' + nested(b"[", b"]") +
                                  b', "images": []}', "nested more than 64 deep"),
    "nested and never closed": ("m.json", lambda: b"[" * DEEP, "nested more than 64 deep"),
    "1e400": ("m.json", lambda: row(b"1e400"), "overflow"),
    "an integer of a hundred thousand digits": ("m.json", lambda: row(b"9" * DEEP), "too big"),
    "NaN": ("m.json", lambda: row(b"NaN"), "NaN"),
    "a key twice": ("m.json", lambda: b'[{"file": "0.png", "file": "1.png"}]', "twice"),
    "an escaped NUL": ("m.json", lambda: row(b'"\\u0000"'), "NUL"),
    "half a surrogate": ("m.json", lambda: row(b'"\\ud800"'), "Unicode"),
    "no UTF-8": ("m.json", lambda: row(b'"\xff"'), "not UTF-8"),
    "UTF-16": ("m.json", lambda: row(b'"a"').decode().encode("utf-16"), "not JSON"),
    "UTF-16 as CSV": ("m.csv", lambda: "file,label\n".encode("utf-16"), "UTF-16"),
    "a NUL in CSV": ("m.csv", lambda: b"file,label\n0.png\0,a\n", "NUL"),
    "a million columns": ("m.csv", lambda: b",".join(b"c%d" % i for i in range(1000000)),
                          "4096 are the limit"),
    "a key for each row": ("m.json", lambda: b"[" + b",".join(
        b'{"file": "0.png", "k%d": 1}' % i for i in range(5000)) + b"]", "more than 4096 columns"),
    "quotes that never close": ("m.csv", lambda: b'file,label\n"0.png,a\n', "never closes"),
    "a name longer than any": ("m.csv", lambda: b"file\n" + b"x" * 5000 + b".png\n",
                               "no name is as long"),
    "a path deeper than any": ("m.csv", lambda: b"file\n" + b"a/" * 3000 + b"x.png\n",
                               "no name is as long"),
    "a box beyond floats": ("m.json", lambda: coco(
        b'{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1e400, 1, 1, 1]}'), "overflow"),
    "an id beyond integers": ("m.json", lambda: coco(b"").replace(b'"id": 1', b'"id": ' + b"9" * 30),
                              "too big"),
    "outlines nested": ("m.json", lambda: coco(b'{"id": 1, "image_id": 1, "bbox": ' +
                                               nested(b"[", b"]") + b"}"), "64 deep"),
}


@pytest.mark.fault(fault="manifest nested a hundred thousand deep, of endless numbers, no text",
                  moment="when it is read",
                  expected="refused in one line that names the place")
@pytest.mark.parametrize("name, content, words", MANIFESTS.values(), ids=MANIFESTS)
def test_a_hostile_manifest_is_refused(tfrecordfs, source, folder, name, content, words):
    (folder / name).write_bytes(content())
    result = hostile.run(tfrecordfs, "index", source, "--manifest", folder / name,
                         "--index", folder / "index", megabytes=64)
    assert words in result.error


# The beginning of a file that goes on for eight gigabytes, with what fills it.
ENDLESS = {
    "a CSV field": ("m.csv", b'file,label\n0.png,"', b"a", "16 MiB"),
    "a CSV line": ("m.csv", b"file,label\n0.png,", b"a", "16 MiB"),
    "a CSV header": ("m.csv", b"file,", b"a", "16 MiB"),
    "a JSON string": ("m.json", b'[{"file": "', b"a", "64 MiB"),
    "a JSON key": ("m.json", b'[{"', b"a", "64 MiB"),
    "a JSON line": ("m.jsonl", b'{"file": "', b"a", "64 MiB"),
    "a line of a list": ("m.lst", b"0.png ", b"a", "1 MiB"),
    "nothing but zeroes": ("m.csv", b"file,label\n", b"", "NUL"),
    "zeroes in JSON": ("m.json", b"[", b"", "0x00"),
}


def write_endless(path, head, filling):
    """As large as no memory; what is read of it is there, the rest are holes."""
    with open(path, "wb") as file:
        file.write(head + filling * (70 << 20))
        file.truncate(8 << 30)
    return path


@pytest.mark.fault(fault="manifest with a field, key or line of 8 GiB", moment="when it is read",
                  expected="refused at a limit, in 80 MB")
@pytest.mark.slow
@pytest.mark.parametrize("name, head, filling, words", ENDLESS.values(), ids=ENDLESS)
def test_what_never_ends_is_refused_at_a_limit(tfrecordfs, source, folder, name, head, filling,
                                               words):
    result = hostile.run(tfrecordfs, "index", source, "--manifest",
                         write_endless(folder / name, head, filling), "--index",
                         folder / "index", megabytes=80)
    assert words in result.error


@pytest.mark.parametrize("option, name, head, words", [
    ("--labels", "labels.txt", b"a\n", "64 MiB"),
    ("--labels", "labels.pbtxt", b'item { name: "', "64 MiB"),
    ("--schema", "schema.json", b'{"name": "', "the most that is read"),
], ids=["labels", "a label map", "a schema"])
def test_files_beside_the_manifest_have_limits_too(tfrecordfs, source, folder, option, name, head,
                                                   words):
    manifest = images.write_csv(folder / "m.csv", ["file", "label"], [["0.png", "a"]])
    result = hostile.run(tfrecordfs, "index", source, "--manifest", manifest, option,
                         write_endless(folder / name, head, b""), megabytes=16)
    assert words in result.error


# --- What is no file -------------------------------------------------------------------


@pytest.fixture
def odd_files(folder):
    """Paths that are no regular files, or that never end."""
    os.mkfifo(folder / "fifo")
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as sock:
        sock.bind(str(folder / "socket"))
    (folder / "loop").symlink_to("loop")
    return [folder / "fifo", folder / "socket", folder / "loop", "/dev/zero", "/dev/tty",
            "/proc/self/mem", "/proc/self/environ", "/proc/self/fd/0", folder]


@pytest.mark.fault(fault="FIFO, socket, device, /proc file or loop for a manifest or labels",
                  moment="when it is opened",
                  expected="refused at once")
@pytest.mark.slow
def test_what_is_no_file_is_no_manifest_nor_labels_nor_source(tfrecordfs, source, folder,
                                                              odd_files):
    manifest = images.write_csv(folder / "m.csv", ["file", "label"], [["0.png", "a"]])
    for path in odd_files:
        for arguments in ([source, "--manifest", path],
                          [source, "--manifest", manifest, "--labels", path], [path]):
            result = hostile.run(tfrecordfs, "index", *arguments, "--index", folder / "index",
                                 code=(1, 2), megabytes=16)
            assert result.error


@pytest.mark.fault(fault="pipe that nobody writes for a schema", moment="when it is read",
                  expected="refused after five seconds")
@pytest.mark.slow
def test_a_schema_that_is_silent_is_not_waited_for_for_ever(tfrecordfs, source, folder,
                                                            odd_files):
    manifest = images.write_csv(folder / "m.csv", ["file", "label"], [["0.png", "a"]])
    data_set = images.write_json(folder / "d.json", {
        "source": str(source), "manifest": str(manifest), "schema": str(folder / "fifo")})
    commands = [["schema", folder / "fifo"], ["index", data_set, "--index", folder / "index"],
                ["index", source, "--manifest", manifest, "--schema", folder / "fifo"]]
    if os.access("/proc/kmsg", os.R_OK):
        commands += [["schema", "/proc/kmsg"], ["index", "/proc/kmsg"]]
    for process in [tfrecordfs.start(*command) for command in commands]:
        _, err = process.communicate(timeout=100)
        assert process.returncode in (1, 2) and "cannot read" in err, err
    for path in odd_files[1:]:
        assert hostile.run(tfrecordfs, "schema", path, code=(1, 2), megabytes=16).error


def test_a_schema_may_come_out_of_a_pipe(tfrecordfs):
    command = " ".join(tfrecordfs.command("schema", "<(sleep 0.2; cat)"))
    text = b'{"name": "piped", "features": {"image/encoded": "image.encoded"}}'
    done = subprocess.run(["bash", "-c", command], input=text, capture_output=True, timeout=60,
                          check=True, env=tfrecordfs.environment())
    assert b"# piped" in done.stdout


# --- XML and YAML ----------------------------------------------------------------------

OBJECT = ("<object><name>a</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>3</xmax>"
          "<ymax>3</ymax></bndbox></object>")


def annotation(body, head=""):
    return (f"{head}<annotation><filename>0.jpg</filename><size><width>8</width>"
            f"<height>8</height><depth>3</depth></size>{body}</annotation>").encode()


LAUGHS = ('<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "lol">' +
          "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)) + "]>")
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>'
ANNOTATIONS = {
    "a billion laughs": (annotation(OBJECT.replace(">a<", ">&a11;<"), LAUGHS), "document type"),
    "an external entity": (annotation(OBJECT.replace(">a<", ">&x;<"), EXTERNAL), "document type"),
    "an external parameter": (annotation(OBJECT, PARAMETER), "document type"),
    "deep nesting": (annotation("<a>" * DEEP + "</a>" * DEEP), "nested deeper than 64"),
    "a hundred thousand attributes": (annotation(
        "<object " + " ".join(f'a{i}=""' for i in range(DEEP)) + "/>"), "no <name>"),
    "an unknown encoding": (annotation(OBJECT, '<?xml version="1.0" encoding="UTF-7"?>'),
                            "unknown encoding"),
    "an escape": (annotation(OBJECT.replace(">a<", ">&#27;[31m<")), "invalid character"),
    "megabytes of nothing": (annotation("<!--" + " " * LONG), "File too large"),
    "an infinite box": (annotation(OBJECT.replace(">1<", ">inf<")), "no number"),
    "a NUL": (annotation(OBJECT.replace(">a<", ">\0<")), "not well-formed"),
}


@pytest.mark.fault(fault="XML with entities, a billion laughs, deep nesting",
                  moment="when it is read",
                  expected="refused in one line")
@pytest.mark.parametrize("xml, words", ANNOTATIONS.values(), ids=ANNOTATIONS)
def test_hostile_xml_is_refused(tfrecordfs, folder, xml, words):
    images.write(folder / "voc/JPEGImages/0.jpg", 1, ("jpeg", "RGB"), (8, 8))
    for name, content in {"Annotations/0.xml": xml, "ImageSets/Main/train.txt": b"0\n"}.items():
        (folder / "voc" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "voc" / name).write_bytes(content)
    result = hostile.run(tfrecordfs, "index", folder / "voc", "--index", folder / "index",
                         megabytes=32)
    assert words in result.error and "root:" not in result.error


YAML_LAUGHS = "a0: &a0 [lol, lol]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12))
YAMLS = {
    "a billion laughs": (YAML_LAUGHS + "names: *a11\n", "alias"),
    "a list in itself": ("names: &x [*x]\n", "alias"),
    "a map merged into itself": ("x: &x {<<: *x}\nnames: [a]\n", "alias"),
    "deep nesting": ("names: " + "[" * DEEP + "]" * DEEP + "\n", "no name"),
    "deep nesting where nobody looks": ("x: " + "[" * DEEP + "]" * DEEP + "\nnames: [a]\n",
                                        "data.yaml"),
    "a class beyond all": ("names: {99999999999: a}\n", "beyond"),
    "a path upwards": ("names: [a]\nval: ../../../../etc\n", "does not exist beneath"),
    "an absolute path": ("names: [a]\nval: /etc\n", "does not exist beneath"),
    "a NUL": ('names: ["a\\0b"]\n', "not UTF-8"),
    "megabytes of nothing": ("names: [a]\n#" + " " * LONG, "File too large"),
}


@pytest.mark.fault(fault="YAML with aliases, a billion laughs, deep nesting",
                  moment="when it is read",
                  expected="refused in one line")
@pytest.mark.parametrize("yaml, words", YAMLS.values(), ids=YAMLS)
def test_hostile_yaml_is_refused(tfrecordfs, folder, yaml, words):
    images.write(folder / "yolo/train/images/0.jpg", 1, ("jpeg", "RGB"), (8, 8))
    (folder / "yolo/data.yaml").write_text("train: train/images\n" + yaml)
    result = hostile.run(tfrecordfs, "index", folder / "yolo", "--index", folder / "index",
                         megabytes=32)
    assert words in result.error


# --- Labels, schemas, data set files ----------------------------------------------------

TEXTS = {
    "a map nested": ("--labels", "l.pbtxt", "item {" * DEEP, "nested too deep"),
    "an id beyond 32 bits": ("--labels", "l.pbtxt", 'item { id: 4294967297 name: "a" }', "32 bits"),
    "a name that never ends": ("--labels", "l.pbtxt", 'item { id: 1 name: "a', "never closes"),
    "a name of megabytes": ("--labels", "l.pbtxt", f'item {{ id: 1 name: "{"a" * 9000000}" }}',
                            "over a MiB"),
    "a NUL for a name": ("--labels", "l.txt", "a\n\0\n", "0x00"),
    "a schema nested": ("--schema", "s.json", '{"features": {"a": ' + "[" * DEEP, "parsing depth"),
    "a schema that includes itself": ("--schema", "s.json",
                                      '{"include": "s.json", "features": {"a": "label.id"}}',
                                      "unknown member"),
    "ten thousand features": ("--schema", "s.json", '{"features": {' + ", ".join(
        f'"f{i}": "label.id"' for i in range(10000)) + "}}", "at most 256"),
    "a feature twice": ("--schema", "s.json", '{"features": {"a": "label.id", "a": "label.id"}}',
                        "duplicate"),
    "a constant beyond floats": ("--schema", "s.json", '{"features": {"a": {"value": 1e400}}}',
                                 "overflow"),
    "a NUL in a name": ("--schema", "s.json", '{"features": {"a\\u0000": "label.id"}}', "NUL"),
}


@pytest.mark.fault(fault="label map or schema nested, endless, including itself",
                  moment="when it is read",
                  expected="refused in one line")
@pytest.mark.parametrize("option, name, text, words", TEXTS.values(), ids=TEXTS)
def test_hostile_labels_and_schemas_are_refused(tfrecordfs, source, folder, option, name, text,
                                                words):
    manifest = images.write_csv(folder / "m.csv", ["file", "label"], [["0.png", "a"]])
    (folder / name).write_text(text)
    result = hostile.run(tfrecordfs, "index", source, "--manifest", manifest, option,
                         folder / name, code=(1, 2), megabytes=48)
    assert words in result.error


@pytest.mark.parametrize("text, words", [
    ('{"source": ' + "[" * DEEP, "parsing depth"), ('{"source": "d.json"}', "not a directory"),
    ('{"source": "a\\u0000b"}', "NUL"), ('{"source": ".", "index": "/etc"}', "of the command"),
    ('{"source": ".", "replace": true}', "of the command"), ('{"source": 1}', "must be a text"),
    ('{"source": ".", "seed": 1e400}', "overflow"), ('{"source": ".", "shards": 1e9}', "shards"),
])
def test_hostile_data_set_files_are_refused(tfrecordfs, folder, text, words):
    (folder / "d.json").write_text(text)
    result = hostile.run(tfrecordfs, "index", folder / "d.json", "--index", folder / "index",
                         code=(1, 2), megabytes=16)
    assert words in result.error and not (folder / "index").exists()
