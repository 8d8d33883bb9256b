# SPDX-License-Identifier: MIT
"""Whole shards are, byte for byte, what a naive converter with TensorFlow writes."""

import json
import random

import images
import oracle
import pytest

pytestmark = pytest.mark.usefixtures("tf")


@pytest.fixture
def cat(tfrecordfs, folder):
    """{name: bytes} of all shards of a source that is cut into --shards @count."""
    def cat_all(source, *options, count=3, split="train"):
        names = [f"{split}-{i:05}-of-{count:05}.tfrecord" for i in range(count)]
        return {name: tfrecordfs("cat", source, name, "--shards", count, *options,
                                 "--index", folder / "index", binary=True).out
                for name in names}
    return cat_all


def labelled_rows(names, labels, columns=None):
    """Rows of a manifest; ids are the ranks of the sorted class names."""
    classes = sorted(set(labels), key=str.encode)
    return [oracle.Row(name, [classes.index(label)], [label], columns[i] if columns else {}, i)
            for i, (name, label) in enumerate(zip(names, labels))]


def test_class_folders(cat, photos, folder):
    oracle.check_shards(cat(photos), oracle.SLIM, photos, oracle.rows_of_folders(photos),
                        folder / "expected")


def test_the_simple_schema_whose_keys_begin_one_another(cat, photos, folder):
    rows = oracle.rows_of_folders(photos)
    shards = cat(photos, "--schema", "simple", "--order", "manifest", count=1)
    (data,) = shards.values()
    assert data == oracle.shard(folder / "expected", oracle.SIMPLE, photos, rows)


def test_order_manifest_lists_the_rows_as_they_stand(cat, photos, folder):
    rows = oracle.rows_of_folders(photos)
    shards = cat(photos, "--order", "manifest", count=4)
    assert b"".join(shards.values()) == oracle.shard(folder / "expected", oracle.SLIM, photos,
                                                     rows)


def test_csv_with_quotes_and_columns_of_numbers(cat, folder):
    names = images.flat(folder / "images", 23)
    random.Random(3).shuffle(names)
    labels = [["raccoon", "badger, young", 'a "great" tit'][i % 3] for i in range(23)]
    columns = [{"age": i * 7 - 20, "weight": i / 8, "note": f"Größe {i}\nline two"}
               for i in range(23)]
    images.write_csv(folder / "labels.csv", ["weight", "Filename", "label", "age", "note"],
                     [[c["weight"], n, lab, c["age"], c["note"]]
                      for n, lab, c in zip(names, labels, columns)])
    schema = {**oracle.SLIM,
              "meta/age": {"from": "column.age", "type": "int64"},
              "meta/weight": {"from": "column.weight", "type": "float"},
              "meta/note": {"from": "column.note", "type": "bytes"}}
    images.write_json(folder / "schema.json", {"features": schema})
    oracle.check_shards(cat(folder / "images", "--manifest", folder / "labels.csv",
                            "--schema", folder / "schema.json"),
                        schema, folder / "images", labelled_rows(names, labels, columns),
                        folder / "expected")


@pytest.mark.parametrize("write, suffix", [(images.write_json, "json"),
                                           (images.write_jsonl, "jsonl")])
def test_json_with_lists_and_other_scripts(cat, folder, write, suffix):
    names = images.flat(folder / "images", 12)
    labels = ["猫" if i % 2 else "σκύλος" for i in range(12)]
    objects = [{"file_name": n, "label": lab, "box": [i, i + 0.5], "tags": ["a", f"t{i}"],
                "count": i} for i, (n, lab) in enumerate(zip(names, labels))]
    manifest = write(folder / f"manifest.{suffix}", objects)
    schema = {"name": "file.path", "image": "image.encoded",
              "label": "label.id", "text": "label.text",
              "box": {"from": "column.box", "type": "float"},
              "tags": {"from": "column.tags", "type": "bytes"},
              "count": {"from": "column.count", "type": "int64"}}
    images.write_json(folder / "schema.json", {"features": schema})
    oracle.check_shards(cat(folder / "images", "--manifest", manifest,
                            "--schema", folder / "schema.json"),
                        schema, folder / "images", labelled_rows(names, labels, objects),
                        folder / "expected", key="name")


def test_a_schema_of_every_source(tfrecordfs, cat, folder):
    names = images.flat(folder / "images", 12)
    for i, name in enumerate(names):
        if i % 2:
            target = folder / "images" / "sub folder" / f"x.{name}"
            target.parent.mkdir(exist_ok=True)
            (folder / "images" / name).rename(target)
            names[i] = f"sub folder/x.{name}"
    labels = [["z", "y", "x"][i % 3] for i in range(12)]
    columns = [{"n": i if i % 4 else "", "r": i / 3, "t": f"t{i}" if i % 3 else ""}
               for i in range(12)]
    images.write_csv(folder / "m.csv", ["file", "label", "n", "r", "t"],
                     [[n, lab, *c.values()] for n, lab, c in zip(names, labels, columns)])
    sources = [s for s in tfrecordfs("schema", "--sources", "--json").json["sources"]]
    # Masks, objects and pixels need sources of their own: see test_contents.py.
    elsewhere = ("mask.", "objects.", "panoptic.", "trimap.", "image.pixels", "column.NAME")
    schema = {f"all/{s['source']}": s["source"] for s in sources
              if not s["source"].startswith(elsewhere)}
    schema.update({
        "constant/text": {"value": "RGB"}, "constant/int": {"value": -7},
        "constant/list": {"value": [1.5, 2.5]}, "constant/none": {"value": [], "type": "int64"},
        "label/from one": {"from": "label.id", "add": 1},
        "n/absent": {"from": "column.n", "type": "int64", "missing": "absent"},
        "n/empty": {"from": "column.n", "type": "int64", "missing": "empty"},
        "n/value": {"from": "column.n", "type": "int64", "missing": -1},
        "n/text": {"from": "column.n", "type": "bytes", "missing": "none"},
        "r": {"from": "column.r", "type": "float"},
        "t": {"from": "column.t", "type": "bytes", "missing": "absent"},
    })
    assert len(sources) > 12
    images.write_json(folder / "schema.json", {"name": "every", "features": schema})
    oracle.check_shards(cat(folder / "images", "--manifest", folder / "m.csv",
                            "--schema", folder / "schema.json"),
                        schema, folder / "images", labelled_rows(names, labels, columns),
                        folder / "expected", key="all/file.path")


def test_several_labels_in_a_cell(cat, folder):
    names = images.flat(folder / "images", 9)
    labels = [["Mass"], ["Nodule", "Mass"], ["Effusion", "Mass", "Nodule"]]
    classes = ["Effusion", "Mass", "Nodule"]
    rows = [oracle.Row(n, [classes.index(x) for x in labels[i % 3]], labels[i % 3], {}, i)
            for i, n in enumerate(names)]
    images.write_csv(folder / "m.csv", ["Image Index", "Finding Labels"],
                     [[n, "|".join(labels[i % 3])] for i, n in enumerate(names)])
    oracle.check_shards(cat(folder / "images", "--manifest", folder / "m.csv",
                            "--label-sep", "|"),
                        oracle.SLIM, folder / "images", rows, folder / "expected")


def test_ids_of_a_labels_file(cat, photos, folder):
    (folder / "labels.txt").write_text("newt\ncat\ndog\nnever seen\n")
    ids = {"newt": 0, "cat": 1, "dog": 2}
    rows = oracle.rows_of_folders(photos)
    for row in rows:
        row.label_ids = [ids[row.label_texts[0]]]
    oracle.check_shards(cat(photos, "--labels", folder / "labels.txt"), oracle.SLIM, photos,
                        rows, folder / "expected")


def test_every_window_is_a_slice(tfrecordfs, photos, folder):
    name, options = "train-00000-of-00001.tfrecord", ["--shards", 1, "--index", folder / "i"]
    whole = tfrecordfs("cat", photos, name, *options, binary=True).out
    numbers = random.Random(5)
    windows = [(0, 0), (0, 1), (0, 12), (11, 2), (len(whole) - 4, 4), (len(whole) - 1, 9),
               (len(whole), 5)]
    windows += [(numbers.randrange(len(whole)), numbers.randrange(3000)) for _ in range(25)]
    for offset, length in windows:
        window = tfrecordfs("cat", photos, name, *options, "--offset", offset,
                            "--length", length, binary=True).out
        assert window == whole[offset:offset + length], (offset, length)
    assert tfrecordfs("cat", photos, name, *options, "--offset", 100, binary=True).out \
        == whole[100:]


def test_a_shard_that_is_not_there(tfrecordfs, photos):
    error = tfrecordfs("cat", photos, "train-00000-of-00999.tfrecord", code=None)
    assert error.code in (1, 2)
    assert "train-00000-of-00999.tfrecord" in error.error


def test_a_record_as_json_agrees_with_tensorflow(tfrecordfs, cat, photos, folder):
    (name, data), *_ = cat(photos).items()
    (folder / name).write_bytes(data)
    shown = tfrecordfs("show", f"{folder / name}:3", "--json").json
    record = list(oracle.records(folder / name))[3]
    assert json.dumps(shown).count(record["image/filename"][0].decode()) >= 1
