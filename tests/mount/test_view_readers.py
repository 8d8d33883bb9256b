# SPDX-License-Identifier: MIT
"""Readers of shards, as their users run them, on views and the files beside these.

Each runs in a process of its own: their protobuf messages do not go together in one.
"""

import csv
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import textwrap

import pytest

import images
import program as programs
import view_model
from mount.view_fixtures import place, program  # noqa: F401


@pytest.fixture(scope="module")
def pets(program, place):  # noqa: F811
    """Three classes of RGB images that every reader can decode, shown as tfds has them."""
    for i in range(48):
        images.write(place / f"pets/{['cat', 'dog', 'newt'][i % 3]}/{i:02}.jpg", i,
                     ("jpeg", "RGB"))
    with programs.mounted(program, place / "pets", place / "pets-mnt", "--split",
                          "train=0.75,test=0.25", "--shards", "3",
                          index=place / "index-pets") as mounted:
        yield mounted


def run(script, *arguments, timeout=200):
    """What a Python script prints as JSON on its last line."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script),
                           *map(str, arguments)], capture_output=True, text=True,
                          timeout=timeout, check=False,
                          env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent",
                               "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def examples(records):
    return sorted(r[12:-4].hex() for r in records)


def test_tensorflow_datasets_opens_and_slices(pets):
    said = run("""
        import collections, json, sys
        import tensorflow_datasets as tfds
        mnt = sys.argv[1]
        said = {}
        for view in "", "/epochs/7", "/folds/4/1", "/schemas/tfds":
            builder = tfds.builder_from_directory(mnt + view + "/tfds/pets/1.0.0")
            rows = list(tfds.as_numpy(builder.as_dataset(split="train")))
            said[view] = [[r["image/filename"].decode(), int(r["label"]), list(r["image"].shape)]
                          for r in rows]
        said["names"] = builder.info.features["label"].names
        said["sizes"] = {n: s.num_examples for n, s in builder.info.splits.items()}
        tail = tfds.load("pets", data_dir=mnt + "/tfds", split="train[75%:]")
        said["tail"] = [r["image/filename"].decode() for r in tfds.as_numpy(tail)]
        pairs = tfds.load("pets", data_dir=mnt + "/tfds", split="test", as_supervised=True)
        said["pairs"] = [int(label) for image, label in tfds.as_numpy(pairs)]
        print(json.dumps(said))
        """, pets.path)
    assert said["names"] == ["cat", "dog", "newt"]
    assert said["sizes"] == {"train": 36, "test": 12}
    for view in ("", "/epochs/7", "/folds/4/1", "/schemas/tfds"):
        rows = [r for r in view_model.rows(pathlib.Path(f"{pets.path}{view}"))
                if r["split"] == "train"]
        assert sorted((r["file"], ["cat", "dog", "newt"].index(r["label"])) for r in rows) == (
            sorted((name, label) for name, label, _ in said[view]))
        assert all(shape[2] == 3 for _, _, shape in said[view])
    order = [r["file"] for r in view_model.rows(pets.path) if r["split"] == "train"]
    assert sorted(said["tail"]) == sorted(order[27:])
    assert sorted(said["pairs"]) == sorted([0, 1, 2] * 4)


def test_pytorch_s_reader_with_the_index_and_several_workers(pets):
    said = run("""
        import json, sys
        from tfrecord import reader
        mnt = sys.argv[1]
        wanted = {"image/encoded": "byte", "image/class/label": "int"}
        said = {}
        for view in "", "epochs/5/":
            for workers in 1, 2, 5:
                read = []
                for number in range(3):
                    name = f"train-{number:05}-of-00003"
                    for worker in range(workers):
                        read += [bytes(e["image/encoded"]).hex() for e in reader.tfrecord_loader(
                            f"{mnt}/{view}{name}.tfrecord", f"{mnt}/{view}index/{name}.tfindex",
                            wanted, shard=(worker, workers) if workers > 1 else None)]
                said[f"{view}{workers}"] = read
        print(json.dumps(said))
        """, pets.path)
    wanted = sorted((pets.source / r["file"]).read_bytes().hex()
                    for r in view_model.rows(pets.path) if r["split"] == "train")
    for name, read in said.items():
        assert sorted(read) == wanted, name


def test_grain_reads_and_resumes(pets):
    said = run("""
        import glob, json, sys
        import grain
        files = sorted(glob.glob(sys.argv[1] + "/epochs/2/train-*"))
        dataset = grain.experimental.TFRecordIterDataset(files[0])
        everything = [r.hex() for r in dataset]
        iterator = iter(dataset)
        for _ in range(5):
            next(iterator)
        state = json.loads(json.dumps(iterator.get_state()))
        again = iter(dataset)
        again.set_state(state)
        print(json.dumps([everything, [r.hex() for r in again]]))
        """, pets.path)
    shard = (pets / "epochs/2/train-00000-of-00003.tfrecord").read_bytes()
    wanted = [r[12:-4].hex() for r in view_model.framed(shard)]
    assert said == [wanted, wanted[5:]]


@pytest.mark.slow
def test_ray_reads_a_sorted_list(pets):
    said = run("""
        import glob, json, os, sys
        os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
        import ray
        ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR")
        files = sorted(glob.glob(sys.argv[1] + "/epochs/4/train-*"))
        rows = ray.data.read_tfrecords(files).take_all()
        print(json.dumps(sorted(r["image/filename"].decode() for r in rows)))
        """, pets.path)
    assert said == sorted(r["file"] for r in view_model.rows(pets / "epochs/4")
                          if r["split"] == "train")


def test_croissant_is_valid_and_its_records_can_be_read(pets):
    said = run("""
        import json, sys
        import mlcroissant
        dataset = mlcroissant.Dataset(jsonld=sys.argv[1] + "/metadata.json")
        issues = dataset.metadata.ctx.issues
        rows = [{k.split("/")[1]: v.decode() if isinstance(v, bytes) else v
                 for k, v in r.items()} for r in dataset.records("examples")]
        print(json.dumps([sorted(issues.errors), rows]))
        """, pets.path)
    assert said[0] == []
    assert [(r["file"], r["split"], r["shard"], int(r["record"])) for r in said[1]] == [
        (r["file"], r["split"], r["shard"], int(r["record"]))
        for r in view_model.rows(pets.path)]


def dali_index(path):
    """As NVIDIA DALI's TFRecord reader takes an index apart: pairs of offset and size."""
    words = path.read_text().split()
    return list(zip(map(int, words[::2]), map(int, words[1::2])))


def test_dali_finds_every_record_by_the_index(pets):
    for view in ("", "epochs/3/", "balanced/"):
        for shard in (pets.path / view).glob("*.tfrecord"):
            whole = shard.read_bytes()
            index = dali_index(shard.parent / "index" / f"{shard.stem}.idx")
            assert [whole[o:o + n] for o, n in index] == list(view_model.framed(whole))


def test_dali_itself(pets):
    said = run("""
        import json, sys
        from nvidia.dali import fn, pipeline_def, tfrecord

        @pipeline_def(batch_size=6, num_threads=1, device_id=None)
        def pipe(directory):
            names = [f"train-{i:05}-of-00003" for i in range(3)]
            return fn.readers.tfrecord(
                path=[f"{directory}/{name}.tfrecord" for name in names],
                index_path=[f"{directory}/index/{name}.idx" for name in names], name="reader",
                features={"image/filename": tfrecord.FixedLenFeature((), tfrecord.string, "")}
            )["image/filename"]

        said = {}
        for view in sys.argv[2:]:
            p = pipe(sys.argv[1] + "/" + view)
            p.build()
            assert p.epoch_size("reader") == 36
            batches = [p.run()[0] for _ in range(6)]
            said[view] = [bytes(b.at(i)).decode() for b in batches for i in range(6)]
        print(json.dumps(said))
        """, pets.path, ".", "epochs/3", "balanced/epochs/4")
    for view, read in said.items():
        assert read == [r["file"] for r in view_model.rows(pets / view)
                        if r["split"] == "train"]


def test_files_beside_the_shards_are_what_python_reads(pets):
    stats = json.loads((pets / "stats.json").read_text())
    rows = view_model.rows(pets.path)
    assert stats["records"] == len(rows) == 48
    assert {name: s["records"] for name, s in stats["splits"].items()} == {"train": 36,
                                                                          "test": 12}
    for split, said in stats["splits"].items():
        for shard, numbers in said["shards"].items():
            assert numbers["bytes"] == (pets / shard).stat().st_size
            assert numbers["records"] == sum(r["shard"] == shard for r in rows)
        for name, count in said["classes"].items():
            assert count == sum(r["split"] == split and r["label"] == name for r in rows)
    assert int((pets / "num_examples.txt").read_text()) == 36
    assert json.loads((pets / "class_weights.json").read_text()) == {"0": 1, "1": 1, "2": 1}
    assert (pets / "labels.txt").read_text() == "cat\ndog\nnewt\n"
    assert (pets / "labels.csv").read_text() == (
        "class,id,records\ncat,0,16\ndog,1,16\nnewt,2,16\n")
    assert "item {\n  id: 1\n  name: 'dog'\n}\n" in (pets / "label_map.pbtxt").read_text()
    assert (pets / "problems.csv").read_text() == "file,line,problem,reason\n"
    assert (pets / "leaks.csv").read_text() == "kind,value,split,file\n"
    assert "tfrecordfs umount" in (pets / "README.txt").read_text()
    for path in sorted(pets.path.rglob("*")):
        if path.is_file():
            assert len(path.read_bytes()) == path.stat().st_size, path


def test_the_parser_that_is_shown_reads_the_records(pets, tf):
    namespace = {}
    exec((pets / "epochs/1/schema.py").read_text(), namespace)  # pylint: disable=exec-used
    pairs = list(namespace["dataset"](f"{pets.path}/epochs/1/train-*.tfrecord"))
    assert len(pairs) == 36 and all(image.shape[2] == 3 for image, label in pairs)
    assert json.loads((pets / "features.json").read_text())["features"]["image/class/label"][
        "type"] == "int64"


def test_mounting_dataset_json_shows_the_same_bytes(pets, program, place):  # noqa: F811
    again = place / "again.json"
    again.write_bytes((pets / "dataset.json").read_bytes())
    with programs.mounted(program, again, place / "again-mnt",
                          index=place / "index-again") as other:
        assert other.contents() == pets.contents()
        assert (other / "epochs/9/train-00000-of-00003.tfrecord").read_bytes() == (
            pets / "epochs/9/train-00000-of-00003.tfrecord").read_bytes()


def test_windows_of_files_of_lines_are_slices(pets):
    whole = (pets / "splits.csv").read_bytes()
    numbers = random.Random(3)
    with open(pets / "splits.csv", "rb") as file:
        for _ in range(100):
            start, length = numbers.randrange(len(whole)), numbers.randrange(1000)
            file.seek(start)
            assert file.read(length) == whole[start:start + length]


def test_equal_images_in_two_splits_are_told(program, place):  # noqa: F811
    for i in range(40):
        # Every fourth image is one of five, with another label each time.
        seed = i % 5 if i % 4 == 0 else i + 100
        images.write(place / f"twins/{'cat' if i % 2 else 'dog'}/{i:02}.jpg", seed,
                     ("jpeg", "RGB"))
    with programs.mounted(program, place / "twins", place / "twins-mnt", "--split",
                          "train=0.5,test=0.5", "--shards", "1",
                          index=place / "index-twins") as mounted:
        assert "leaks-content.csv" not in os.listdir(mounted.path)
        with open(mounted / "leaks-content.csv", newline="", encoding="utf-8") as file:
            told = [(r["value"], r["split"], r["file"]) for r in csv.DictReader(file)]
        hashes = {}
        for row in view_model.rows(mounted.path):
            digest = hashlib.sha256((mounted.source / row["file"]).read_bytes()).hexdigest()
            hashes.setdefault(digest, []).append((digest, row["split"], row["file"]))
        wanted = [twin for twins in hashes.values() if len({s for _, s, _ in twins}) > 1
                  for twin in twins]
        assert wanted and sorted(told) == sorted(wanted)
