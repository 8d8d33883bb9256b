# SPDX-License-Identifier: MIT
"""schema: the Python that it prints reads what the schema makes."""

import json
import subprocess
import sys

import images
import pytest


def run_module(text):
    names = {}
    exec(compile(text, "schema.py", "exec"), names)  # pylint: disable=exec-used
    return names


def write_shards(tfrecordfs, source, folder, *options):
    names = [f"train-0000{i}-of-00002.tfrecord" for i in range(2)]
    for name in names:
        (folder / name).write_bytes(tfrecordfs("cat", source, name, "--shards", 2, "--index",
                                               "none", *options, binary=True).out)
    return str(folder / "train-*.tfrecord")


@pytest.mark.parametrize("name, label", [("slim", "image/class/label"), ("simple", "label")])
def test_the_whole_output_is_a_module_that_trains(tfrecordfs, tf, photos, folder, name, label):
    pattern = write_shards(tfrecordfs, photos, folder, "--schema", name)
    module = run_module(tfrecordfs("schema", name).out)
    assert label in module["FEATURES"]
    pairs = list(module["dataset"](pattern))
    assert len(pairs) == 34
    assert sorted(int(label) for _, label in pairs) == [0] * 17 + [1] * 11 + [2] * 6
    assert all(image.dtype == tf.uint8 and image.shape[2] == 3 for image, _ in pairs)
    batch = module["dataset"](pattern).map(
        lambda image, label: (tf.image.resize(image, [8, 8]), label)).batch(34)
    assert next(iter(batch))[0].shape == (34, 8, 8, 3)


def test_no_file_is_told_and_not_an_empty_data_set(tfrecordfs, tf, folder):
    module = run_module(tfrecordfs("schema", "slim").out)
    with pytest.raises(FileNotFoundError):
        module["dataset"](str(folder / "nothing-*"))


def test_a_schema_of_ones_own_with_every_kind(tfrecordfs, tf, folder):
    names = images.flat(folder / "s", 8)
    manifest = images.write_csv(folder / "m.csv", ["filename", "label", "age"],
                                [[n, "ab"[i % 2], "" if i == 3 else i]
                                 for i, n in enumerate(names)])
    (folder / "own.json").write_text(json.dumps({"name": "own\nimport os", "features": {
        'quote"\\\n': {"value": "x"}, "i": "image.encoded",
        "three": {"value": [1, 2, 3]}, "text": {"value": ["a", "b"]},
        "age": {"from": "column.age", "type": "float", "missing": "absent"},
        "list": {"from": "column.age", "type": "int64", "missing": "empty"}}}))
    pattern = write_shards(tfrecordfs, folder / "s", folder, "--manifest", manifest, "--schema",
                           folder / "own.json")
    out = tfrecordfs("schema", folder / "own.json").out
    assert "\nimport os" not in out
    module = run_module(out)
    assert module["FEATURES"]["three"].shape == [3]
    assert isinstance(module["FEATURES"]["age"], tf.io.VarLenFeature)
    read = list(module["dataset"](pattern))
    assert len(read) == 8
    ages = [tf.sparse.to_dense(example["age"]).numpy().tolist() for _, example in read]
    assert sorted(ages) == [[], *([float(i)] for i in range(8) if i != 3)]
    assert all(example["three"].numpy().tolist() == [1, 2, 3] for _, example in read)
    assert all('quote"\\\n' in example for _, example in read)


def test_json_is_a_schema_to_begin_with(tfrecordfs, folder):
    text = tfrecordfs("schema", "slim", "--json").out
    assert text.endswith("}\n")
    (folder / "mine.json").write_text(text)
    assert tfrecordfs("schema", folder / "mine.json").out == tfrecordfs("schema", "slim").out


def test_lists(tfrecordfs):
    schemas = tfrecordfs("schema", "--json").json["schemas"]
    assert {s["name"] for s in schemas} >= {"slim", "simple"}
    out = tfrecordfs("schema").out
    assert all(s["name"] in out and s["description"] in out for s in schemas)
    sources = tfrecordfs("schema", "--sources", "--json").json["sources"]
    out = tfrecordfs("schema", "--sources").out
    assert all(s["source"] in out for s in sources) and "image.encoded" in out
    assert "stands alone" in tfrecordfs("schema", "slim", "--sources", code=2).error


def test_the_nearest_schema_is_named(tfrecordfs):
    assert 'did you mean "slim"' in tfrecordfs("schema", "slimm", code=2).error


def test_the_module_is_valid_python_when_piped(tfrecordfs, folder):
    (folder / "records.py").write_text(tfrecordfs("schema", "slim").out)
    subprocess.run([sys.executable, "-m", "py_compile", folder / "records.py"], check=True)
