# SPDX-License-Identifier: MIT
"""tfrecordfs-formats(5): every example of it, as it stands."""

import json
import re

import documents
import images
import oracle
import pytest

PAGE = (documents.TOP / "src/cli/tfrecordfs-formats.5").read_text()
INDEX = (documents.TOP / "src/index/format.h").read_text()
CLASS, BOXES = "image/class/text", "image/object/class/text"
SIZE = (40, 20)


def section(title, text=PAGE, macro="Sh"):
    found = re.search(rf"^\.{macro} {re.escape(title)}\n(.*?)(?=^\.{macro} |^\.Sh |\Z)", text,
                      re.M | re.S)
    assert found, f"the page has no section {title}"
    return found[1]


def files(text):
    """{name: content} of the examples of files in @text."""
    found = re.findall(r"^\.(?:It )?Pa (\S+)\n(?:[^.].*\n|\.Ql .*\n)*\.Bd -literal.*\n((?:.*\n)*?)\.Ed",
                       text, re.M)
    return {name: documents.plain_mdoc(content) for name, content in found}


def members(text, name):
    """What the page calls the members of a side file."""
    item = re.search(rf"^\.It Pa {name}\n(.*?)(?=^\.It )", text, re.M | re.S)[1]
    return set(re.findall(r"^\.Ql (\w+)", item, re.M))


def commands(text):
    return [documents.plain_mdoc(line) for line in re.findall(r"^\.Dl \$ (.*)$", text, re.M)]


# What each kind of manifest has to show: feature, {image: (split, values)}.
MANIFESTS = {
    "Class folders": (CLASS, {"cat/1.jpg": ("train", ["cat"]),
                              "dog/more/2.jpg": ("train", ["dog"])}),
    "CSV and TSV": (CLASS, {"a.jpg": ("train", ["cat"]), "b.jpg": ("train", ["dog, large"]),
                            "c.jpg": ("validation", ["cat"])}),
    "Flags": (CLASS, {"a.jpg": ("train", ["cat"]), "b.jpg": ("train", ["cat", "dog"])}),
    "Lists": (CLASS, {"a.jpg": ("train", ["cat"]), "b.jpg": ("train", ["dog"])}),
    "JSON": (CLASS, {"a.jpg": ("train", ["cat"]), "b.jpg": ("train", ["cat", "dog"])}),
    "JSON Lines": (CLASS, {"a.jpg": ("train", ["cat"]), "b.jpg": ("train", ["dog"])}),
    "Hugging Face's metadata": (CLASS, {"a.jpg": ("train", ["cat"]),
                                        "b.jpg": ("train", ["dog"])}),
    "COCO": (BOXES, {"a.jpg": ("train", ["cat"])}),
    "Object detection's CSV": (BOXES, {"a.jpg": ("train", ["cat", "dog"])}),
    "Pascal VOC": (BOXES, {"JPEGImages/a.jpg": ("train", ["cat"])}),
    "YOLO": (BOXES, {"train/images/a.jpg": ("train", ["dog"]),
                     "valid/images/b.jpg": ("validation", ["cat"])}),
}


def write(terminal, text):
    for name, content in files(text).items():
        (terminal / name).parent.mkdir(parents=True, exist_ok=True)
        (terminal / name).write_text(content)


def photos(terminal, paths):
    for seed, path in enumerate(paths):
        images.write(terminal / "images" / path, seed, ("jpeg", "RGB"), SIZE)


@pytest.fixture
def example(terminal):
    """The first example of the page, ready to be mounted."""
    photos(terminal, MANIFESTS["CSV and TSV"][1])
    write(terminal, section("CSV and TSV", macro="Ss"))
    return terminal


def shown(shards, key):
    return {record["image/filename"][0].decode():
            (path.name.split("-")[0], [value.decode() for value in record[key]])
            for path in shards for record in oracle.records(path)}


def test_every_kind_of_manifest_has_its_example():
    titles = re.findall(r"^\.Ss (.*)$", section("MANIFESTS"), re.M)
    assert titles == list(MANIFESTS)
    assert all(files(section(title, macro="Ss")) for title in titles)


@pytest.mark.fuse_required
@pytest.mark.parametrize("title", MANIFESTS)
def test_a_manifest_is_read_as_it_stands(terminal, title):
    key, expected = MANIFESTS[title]
    text = section(title, macro="Ss")
    photos(terminal, expected)
    write(terminal, text)
    (line,) = commands(text)
    with terminal.mounted(line) as shards:
        assert shown(shards, key) == expected


@pytest.mark.fuse_required
def test_tabs_stand_for_commas_and_lines_may_end_in_crlf(example):
    text = (example / "labels.csv").read_text().replace('"dog, large"', "dog")
    (example / "labels.tsv").write_bytes(
        b"\xef\xbb\xbf" + text.replace(",", "\t").replace("\n", "\r\n").encode())
    with example.mounted("tfrecordfs mount ./images ./mnt --manifest labels.tsv") as shards:
        assert shown(shards, CLASS)["b.jpg"] == ("train", ["dog"])


@pytest.mark.parametrize("name, ids", [("labels.txt", {"dog": 0, "cat": 1}),
                                       ("ids.txt", {"dog": 7, "cat": 3}),
                                       ("classes.csv", {"dog": 2, "cat": 1}),
                                       ("map.pbtxt", {"dog": 1, "cat": 2})])
def test_a_labels_file_is_read_as_it_stands(terminal, name, ids):
    texts = files(section("LABELS FILES"))
    assert set(texts) == {"labels.txt", "ids.txt", "classes.csv", "map.pbtxt"}
    images.class_folders(terminal / "images", {"cat": 2, "dog": 2})
    (terminal / name).write_text(texts[name])
    said = terminal(f"tfrecordfs check ./images --labels {name} --json").json
    assert {entry["name"]: entry["id"] for entry in said["classes"]} == ids


@pytest.mark.fuse_required
def test_a_schema_is_read_as_it_stands(example):
    write(example, section("SCHEMA FILES"))
    with example.mounted("tfrecordfs mount ./images ./mnt --manifest labels.csv "
                         "--schema ./mine.json --order manifest --shards 1") as shards:
        read = [record for path in shards for record in oracle.records(path)
                if path.name.startswith("train")]
    assert [(r["label"], r["age"], r["origin"]) for r in read] == [
        ([1], [3.0], [b"clinic"]), ([2], [-1.0], [b"clinic"])]


@pytest.mark.fuse_required
def test_a_data_set_file_is_read_as_it_stands(example):
    text = section("DATA SET FILES")
    write(example, text)
    (example / "labels.txt").write_text("dog, large\ncat\n")
    (line,) = commands(text)
    with example.mounted(line) as shards:
        assert len(shards) == 3
        assert shown(shards, CLASS) == MANIFESTS["CSV and TSV"][1]
        full = json.loads((example / "mnt/dataset.json").read_text())
        wanted = json.loads(files(text)["photos.json"])
        for name in ("source", "manifest", "labels"):
            wanted[name] = str(example / wanted[name])
        assert {name: full[name] for name in wanted} == wanted


@pytest.mark.fuse_required
def test_shards_are_called_as_the_page_says(terminal):
    images.class_folders(terminal / "images", {"cat": 16})
    rows = re.findall(r"^\.It (\S+) Ta (\S+)$", section("SHARD NAMES"), re.M)
    assert len(rows) == 3
    for template, name in rows:
        with terminal.mounted(f"tfrecordfs mount ./images ./mnt --shards 16 --name pets "
                              f"--shard-names '{template}' --side-files none"):
            assert (terminal / "mnt" / name).is_file()
            assert len([p for p in (terminal / "mnt").rglob("*")
                        if p.is_file() and "pets" in p.name or p.suffix == ".tfrecord"]) == 16


@pytest.mark.fuse_required
def test_side_files_are_as_they_stand(example):
    text = section("SIDE FILES")
    with example.mounted("tfrecordfs mount ./images ./mnt --manifest labels.csv --shards 1 "
                         "--order manifest") as shards:
        there = files(text)
        assert len(there) == 8
        for name, content in there.items():
            assert (example / "mnt" / name).read_text() == content, name
        stats, features = (json.loads((example / "mnt" / name).read_text())
                           for name in ("stats.json", "features.json"))
        assert members(text, "stats.json") == set(stats)
        assert members(text, "features.json") == {
            *features, *features["features"]["image/encoded"]}
        first = shards[0].stem
        lines = [(example / f"mnt/index/{first}{ending}").read_text()
                 for ending in (".idx", ".tfindex")]
        size = shards[0].stat().st_size
        starts = [[int(n) for n in line.split()] for line in lines[0].splitlines()]
        assert lines[0] == lines[1] and starts[0][0] == 0 and sum(starts[-1]) == size
        example("cd mnt && sha256sum --check --quiet SHA256SUMS")
        for name in ("metadata.json", "tfds/images/1.0.0/dataset_info.json",
                     "tfds/images/1.0.0/features.json"):
            json.loads((example / "mnt" / name).read_text())


@pytest.mark.fuse_required
def test_saved_files_begin_as_the_page_says(example, tfrecordfs):
    said = documents.plain_mdoc(section("SAVED FILES"))
    assert "four of the version" in said and "src/index/format.h" in said
    (example / "hashes.json").write_text('{"features": {"image": "image.encoded", '
                                         '"hash": "image.sha256"}}')
    with example.mounted("tfrecordfs mount ./images ./mnt --manifest labels.csv "
                         "--schema ./hashes.json --index ./kept") as shards:
        for path in shards:
            path.read_bytes()
    kept = {path.suffix: path.read_bytes() for path in (example / "kept").iterdir()}
    assert {*kept, ".part"} == set(re.findall(r"SOURCE-FINGERPRINT(\.\w+)", said))
    index, number = kept[".index"], lambda data, at, n: int.from_bytes(data[at:at + n], "little")
    assert index.startswith(b"TRFSIDX\n") and number(index, 48, 8) == len(index)
    assert number(index, 8, 4) == int(re.search(r"TRFS_INDEX_VERSION\s+(\d+)u", INDEX)[1])
    for suffix, size in ((".crc32c", 4), (".sha256", 32)):
        assert kept[suffix].startswith(b"TRFSSUM\n") and number(kept[suffix], 12, 4) == size
        assert kept[suffix][16:48] == index[16:48]
        assert len(kept[suffix]) <= 64 + 3 * (size + 8)
    example("tfrecordfs index ./images --manifest labels.csv --index ./parts --part 2/8")
    (part,) = [path.read_bytes() for path in (example / "parts").glob("*.part-2-of-8")]
    assert part.startswith(b"TRFSPRT\n") and (number(part, 12, 4), number(part, 16, 4)) == (2, 8)
