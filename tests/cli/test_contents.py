# SPDX-License-Identifier: MIT
"""Contents that are not the image file as it is: hashes, masks, pixels, images made anew."""

import hashlib
import io
import json
import os

import images
import oracle
import pytest
from PIL import Image


@pytest.fixture
def records(tfrecordfs, folder, tf):
    """Examples of a source shown by @features, by file name, from one shard of all rows."""
    def read(features, source, *options, **expected):
        (folder / "mine.json").write_text(json.dumps({"features": features}))
        run = tfrecordfs("cat", source, "train-00000-of-00001.tfrecord", "--shards", 1,
                         "--schema", folder / "mine.json", "--order", "manifest", *options,
                         "--index", folder / "index", binary=True, **expected)
        if expected:
            return run.error
        path = folder / "shard"
        path.write_bytes(run.out)
        return {example["name"][0].decode(): example for example in oracle.records(path)}
    return read


def bytes_of(example, key):
    (value,) = example[key]
    return value


def pixels_of(tf, data):
    return tf.io.decode_image(data, channels=3, expand_animations=False).numpy()


def some_images(folder, kinds, size=(13, 9)):
    """{name: bytes} of one image a kind, in class folder images/a."""
    found = {}
    for i, kind in enumerate(kinds):
        name = f"a/{i:02}.{images.EXTENSIONS.get(kind[0], kind[0])}"
        found[name] = images.encode(i, kind, size)
        (folder / "images" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "images" / name).write_bytes(found[name])
    return found


STILL = [kind for kind in images.KINDS if kind[0] != "gif"]


def test_sha256_is_of_the_file(records, photos):
    found = records({"name": "file.path", "hash": "image.sha256", "bytes": "image.encoded"},
                    photos)
    assert len(found) > 10
    for name, example in found.items():
        data = (photos / name).read_bytes()
        assert bytes_of(example, "hash").decode() == hashlib.sha256(data).hexdigest()
        assert bytes_of(example, "bytes") == data


def test_hashes_alone_and_any_window_of_them(tfrecordfs, photos, folder):
    (folder / "mine.json").write_text('{"features": {"a": "image.sha256", "b": "image.sha256"}}')
    shard = ("train-00000-of-00001.tfrecord", "--shards", 1, "--schema", folder / "mine.json",
             "--index", folder / "index")
    whole = tfrecordfs("cat", photos, *shard, binary=True).out
    for start, length in ((0, 1), (20, 33), (len(whole) - 3, 3), (101, 500)):
        window = tfrecordfs("cat", photos, *shard, "--offset", start, "--length", length,
                            binary=True).out
        assert window == whole[start:start + length]


def test_pixels_are_those_of_tensorflow(records, folder, tf):
    files = some_images(folder, STILL)
    found = records({"name": "file.path", "pixels": "image.pixels", "height": "image.height",
                     "width": "image.width"}, folder / "images")
    assert found.keys() == files.keys()
    for name, data in files.items():
        wanted = pixels_of(tf, data)
        assert bytes_of(found[name], "pixels") == wanted.tobytes(), name
        assert found[name]["height"] == [wanted.shape[0]]
        assert found[name]["width"] == [wanted.shape[1]]


def test_png_becomes_jpeg_as_tensorflow_encodes_it(records, folder, tf):
    files = some_images(folder, STILL)
    features = {"name": "file.path", "image": "image.encoded", "format": "image.format",
                "channels": "image.channels"}
    found = records(features, folder / "images", "--fix", "png2jpeg,cmyk")
    nr_made = 0
    for name, data in files.items():
        image = Image.open(io.BytesIO(data))
        if image.format == "PNG" or image.mode == "CMYK":
            data = tf.io.encode_jpeg(pixels_of(tf, data), format="rgb", quality=100).numpy()
            nr_made += 1
            assert bytes_of(found[name], "format") == b"jpeg"
            assert found[name]["channels"] == [3]
        assert bytes_of(found[name], "image") == data, name
    assert nr_made >= 7


def test_the_saved_index_serves_the_same_and_is_made_once(tfrecordfs, folder):
    some_images(folder, STILL)
    index = folder / "index"
    shard = ("cat", folder / "images", "train-00000-of-00001.tfrecord", "--shards", 1, "--fix",
             "png2jpeg", "--index", index)
    whole = tfrecordfs(*shard, binary=True).out
    stamp = {path: path.stat().st_mtime_ns for path in index.glob("*.index")}
    assert tfrecordfs(*shard, binary=True).out == whole
    assert {path: path.stat().st_mtime_ns for path in index.glob("*.index")} == stamp
    assert tfrecordfs(*shard, "--offset", 1000, "--length", 777,
                      binary=True).out == whole[1000:1777]
    assert tfrecordfs(*shard, "--quality", 50, binary=True).out != whole


def test_an_image_that_cannot_be_made_anew_is_a_bad_one(tfrecordfs, folder):
    some_images(folder, STILL)
    data = bytearray(images.encode(1, ("png", "RGB"), (40, 40)))
    data[len(data) // 2] ^= 1
    (folder / "images/a/broken.png").write_bytes(data)
    shard = ("cat", folder / "images", "train-00000-of-00001.tfrecord", "--shards", 1,
             "--index", "none", "--fix", "png2jpeg")
    error = tfrecordfs(*shard, code=1).error
    assert "a/broken.png" in error and "--on-bad=skip" in error
    out = tfrecordfs(*shard, "--on-bad", "skip", "--order", "manifest", binary=True).out
    assert b"a/10.png" in out and b"broken" not in out
    checked = tfrecordfs("check", folder / "images", "--fix", "png2jpeg", "--json", code=1).json
    (problem,) = checked["problems"]
    assert problem["file"] == "a/broken.png"
    # The same, where the rows have lines and columns.
    names = sorted(path.name for path in (folder / "images/a").iterdir())
    images.write_csv(folder / "labels.csv", ["filename", "label", "n"],
                     [[f"a/{name}", "x", i] for i, name in enumerate(names)])
    error = tfrecordfs(*shard, "--manifest", folder / "labels.csv", code=1).error
    assert f"line {names.index('broken.png') + 2}" in error


def test_more_pixels_than_allowed(tfrecordfs, records, folder):
    some_images(folder, [("png", "RGB")] * 2, (13, 9))
    images.write(folder / "images/a/large.png", 5, ("png", "RGB"), (40, 30))
    error = records({"name": "file.path", "p": "image.pixels"}, folder / "images",
                    "--max-pixels", 1199, code=1)
    assert "a/large.png has 40 x 30 pixels, more than --max-pixels 1,199" in error
    # Where no pixels are needed, size does not matter.
    assert len(records({"name": "file.path"}, folder / "images", "--max-pixels", 1199)) == 3


def masked(folder, count=6, size=(11, 7), values=3):
    """Images with masks, a list of both; {name: (image, mask)}."""
    found = {}
    for i in range(count):
        name = f"{i:02}"
        image = images.encode(i, ("jpeg", "RGB"), size)
        picture = Image.frombytes("L", size, bytes((7 * i + k) % values
                                                   for k in range(size[0] * size[1])))
        buffer = io.BytesIO()
        picture.save(buffer, "png")
        for kind, data, extension in (("img", image, "jpg"), ("seg", buffer.getvalue(), "png")):
            (folder / "images" / kind).mkdir(parents=True, exist_ok=True)
            (folder / "images" / kind / f"{name}.{extension}").write_bytes(data)
        found[name] = (image, buffer.getvalue())
    images.write_csv(folder / "pairs.csv", ["filename", "mask"],
                     [[f"img/{name}.jpg", f"seg/{name}.png"] for name in found])
    return found


MASKED = {"name": "file.stem", "image": "image.encoded", "mask": "mask.encoded",
          "format": "mask.format"}


def test_masks_as_they_are(records, folder):
    pairs = masked(folder)
    found = records(MASKED, folder / "images", "--manifest", folder / "pairs.csv")
    assert found.keys() == pairs.keys()
    for name, (image, mask) in pairs.items():
        assert bytes_of(found[name], "image") == image
        assert bytes_of(found[name], "mask") == mask
        assert bytes_of(found[name], "format") == b"png"


def test_pixels_of_masks_and_one_hot(records, folder, tf):
    pairs = masked(folder, values=256)
    source = (folder / "images", "--manifest", folder / "pairs.csv")
    features = {"name": "file.stem", "label": "mask.pixels", "image": "image.pixels"}
    for name, example in records(features, *source).items():
        mask = tf.io.decode_png(pairs[name][1], channels=1).numpy()
        assert bytes_of(example, "label") == mask.tobytes()
        assert bytes_of(example, "image") == pixels_of(tf, pairs[name][0]).tobytes()
    pairs = masked(folder, values=4)
    for kind, dtype in (("float32", tf.float32), ("uint8", tf.uint8)):
        found = records(features, *source, "--one-hot", 4, "--one-hot-type", kind, "--reindex")
        for name, example in found.items():
            mask = tf.io.decode_png(pairs[name][1], channels=1)[..., 0]
            assert bytes_of(example, "label") == tf.one_hot(mask, 4, dtype=dtype).numpy().tobytes()


def test_a_value_beyond_the_classes_fails_by_name(records, folder):
    masked(folder, values=4)
    source = (folder / "images", "--manifest", folder / "pairs.csv", "--one-hot", 3)
    features = {"name": "file.stem", "label": "mask.pixels"}
    error = records(features, *source, code=1)
    assert "img/00.jpg: mask seg/00.png: has value 3 at column 3, row 0" in error
    error = records(features, *source, "--check", "full", code=1)
    assert "seg/00.png" in error and "has value 3" in error


def test_rows_without_a_mask_that_fits_are_problems(records, tfrecordfs, folder):
    masked(folder)
    images.write(folder / "images/seg/02.png", 1, ("png", "L"), (10, 7))
    (folder / "images/seg/03.png").unlink()
    images.write_csv(folder / "pairs.csv", ["filename", "mask"],
                     [[f"img/{i:02}.jpg", f"seg/{i:02}.png" if i != 4 else ""]
                      for i in range(6)])
    source = (folder / "images", "--manifest", folder / "pairs.csv")
    found = records(MASKED, *source, "--on-bad", "skip")
    assert found.keys() == {"00", "01", "05"}
    checked = tfrecordfs("check", *source, "--schema", folder / "mine.json", "--json",
                         code=1).json
    reasons = {p["file"]: p["reason"] for p in checked["problems"]}
    assert reasons["img/02.jpg"] == ("has a mask, seg/02.png, that is 10 x 7 pixels large, "
                                     "while the image is 11 x 7")
    assert "that does not exist" in reasons["img/03.jpg"]
    assert reasons["img/04.jpg"] == "lacks a mask"
    # Mended, it is found again.
    masked(folder)
    assert len(records(MASKED, *source, "--on-bad", "skip")) == 6


def test_masks_need_a_column_and_pictures_that_stay(records, folder):
    masked(folder)
    error = records(MASKED, folder / "images", code=2)
    assert "--mask-column" in error and "--masks" in error
    error = records(MASKED, folder / "images", "--manifest", folder / "pairs.csv",
                    "--resize", "8x8", code=2)
    assert "--resize" in error


def test_exif_is_kept_applied_or_shown(records, folder, tf):
    picture = Image.open(io.BytesIO(images.encode(3, ("png", "RGB"), (12, 8))))
    exif = Image.Exif()
    exif[0x0112] = 6
    (folder / "images/a").mkdir(parents=True)
    picture.save(folder / "images/a/turned.jpg", exif=exif, quality=90)
    data = (folder / "images/a/turned.jpg").read_bytes()
    features = {"name": "file.path", "image": "image.encoded", "height": "image.height"}
    (kept,) = records(features, folder / "images").values()
    assert bytes_of(kept, "image") == data
    assert "image/orientation" not in kept
    (shown,) = records(features, folder / "images", "--exif", "feature").values()
    assert bytes_of(shown, "image") == data
    assert shown["image/orientation"] == [6]
    (applied,) = records(features, folder / "images", "--exif", "apply").values()
    assert applied["height"] == [12]
    wanted = tf.image.rot90(pixels_of(tf, data), 3)
    assert bytes_of(applied, "image") == tf.io.encode_jpeg(wanted, quality=100).numpy()


def test_extra_columns_have_the_type_of_their_cells(records, folder):
    names = images.flat(folder / "images", 4)
    images.write_csv(folder / "l.csv", ["filename", "label", "age", "weight", "note", "id"],
                     [[name, "x", 30 + i if i else "", i / 4, f"n{i}", f"0{i}"]
                      for i, name in enumerate(names)])
    found = records({"name": "file.path", "label": "label.id"}, folder / "images", "--manifest",
                    folder / "l.csv", "--extra", "age", "--extra", "weight", "--extra", "note",
                    "--extra", "id:bytes", "--label-base", 7)
    for i, name in enumerate(names):
        example = found[name]
        assert ("age" in example) == (i > 0)
        if i:
            assert example["age"] == [30 + i]
        assert example["weight"] == [i / 4]
        assert bytes_of(example, "note") == f"n{i}".encode()
        assert bytes_of(example, "id") == f"0{i}".encode()
        assert example["label"] == [7]
    error = records({"name": "file.path"}, folder / "images", "--manifest", folder / "l.csv",
                    "--extra", "agee", code=2)
    assert 'did you mean "age"' in error


def test_labels_can_be_numbers_to_regress_to(records, folder):
    names = images.flat(folder / "images", 3)
    images.write_csv(folder / "l.csv", ["filename", "label"],
                     [[name, f"{i}.5"] for i, name in enumerate(names)])
    found = records({"name": "file.path", "label": "label.id", "text": "label.text"},
                    folder / "images", "--manifest", folder / "l.csv", "--label-type", "float")
    for i, name in enumerate(names):
        assert found[name]["label"] == [i + 0.5]
        assert bytes_of(found[name], "text") == f"{i}.5".encode()


def test_names_up_to_the_first_dot(records, folder):
    images.write(folder / "images/a/x.y.png", 1, ("png", "L"))
    found = records({"name": "file.first_stem", "stem": "file.stem"}, folder / "images")
    assert bytes_of(found["x"], "stem") == b"x.y"


def test_a_changed_mask_is_told_when_it_is_read(tfrecordfs, folder):
    masked(folder)
    (folder / "mine.json").write_text(json.dumps({"features": MASKED}))
    shard = ("cat", folder / "images", "train-00000-of-00001.tfrecord", "--shards", 1,
             "--schema", folder / "mine.json", "--manifest", folder / "pairs.csv", "--index",
             folder / "index")
    tfrecordfs(*shard, binary=True)
    os.utime(folder / "images/seg/01.png", ns=(1, 1))
    error = tfrecordfs(*shard, binary=True, code=1).error
    assert "seg/01.png changed after it was indexed" in error


def grey_of(data):
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.mode) == ("PNG", "L")
    return [list(picture.getdata())[i * picture.width:(i + 1) * picture.width]
            for i in range(picture.height)]


def test_objects_have_masks(records, folder):
    names = [f"{i}.jpg" for i in range(3)]
    for i, name in enumerate(names):
        images.write(folder / "images" / name, i, ("jpeg", "RGB"), (8, 6))

    def square(left, top, side):
        return [[left, top, left + side, top, left + side, top + side, left, top + side]]

    boxes = [(0, 1, 1, 3), (0, 4, 2, 4), (2, 0, 0, 2)]
    (folder / "instances.json").write_text(json.dumps({
        "images": [{"id": i, "file_name": name, "height": 6, "width": 8}
                   for i, name in enumerate(names)],
        "categories": [{"id": 1, "name": "thing"}],
        "annotations": [{"id": k, "image_id": image, "category_id": 1, "iscrowd": 0,
                         "area": side * side, "bbox": [left, top, side, side],
                         "segmentation": square(left, top, side)}
                        for k, (image, left, top, side) in enumerate(boxes)]}))
    found = records({"name": {"from": "column.file_name", "type": "bytes"},
                     "masks": {"from": "objects.mask", "missing": "absent"}},
                    folder / "images", "--manifest", folder / "instances.json", "--dialect",
                    "coco", "--include-masks")
    assert [len(found[name].get("masks", [])) for name in names] == [2, 0, 1]
    masks = [mask for name in names for mask in found[name].get("masks", [])]
    for mask, (_, left, top, side) in zip(masks, boxes):
        assert grey_of(mask) == [[int(left <= x < left + side and top <= y < top + side)
                                  for x in range(8)] for y in range(6)]


def test_panoptic_masks(records, folder):
    images.write(folder / "images/a.jpg", 1, ("jpeg", "RGB"), (4, 2))
    images.write(folder / "images/b.jpg", 2, ("jpeg", "RGB"), (4, 2))
    (folder / "images/panoptic").mkdir()
    colours = [(7, 0, 0)] * 4 + [(0, 1, 0)] * 3 + [(0, 0, 0)]
    picture = Image.new("RGB", (4, 2))
    picture.putdata(colours)
    picture.save(folder / "images/panoptic/a.png")
    listed = [{"id": i, "file_name": f"{name}.jpg", "height": 2, "width": 4}
              for i, name in enumerate("ab")]
    (folder / "info.json").write_text(json.dumps({"images": listed, "annotations": [],
                                                  "categories": []}))
    (folder / "panoptic.json").write_text(json.dumps({
        "annotations": [{"image_id": 0, "file_name": "a.png", "segments_info": [
            {"id": 7, "category_id": 100, "iscrowd": 0, "area": 4, "bbox": [0, 0, 4, 1]},
            {"id": 256, "category_id": 3, "iscrowd": 0, "area": 3, "bbox": [0, 1, 3, 1]}]}],
        "categories": [{"id": 3, "name": "cat", "isthing": 1},
                       {"id": 100, "name": "sky", "isthing": 0}]}))
    features = {"name": {"from": "column.file_name", "type": "bytes"}}
    for kind in ("class", "category", "instance"):
        features[kind] = {"from": f"panoptic.{kind}", "missing": "absent"}
    found = records(features, folder / "images", "--manifest", folder / "info.json", "--dialect",
                    "coco", "--panoptic", folder / "panoptic.json", "--panoptic-masks",
                    folder / "images/panoptic")
    assert "class" not in found["b.jpg"]
    assert grey_of(bytes_of(found["a.jpg"], "class")) == [[10] * 4, [1, 1, 1, 0]]
    assert grey_of(bytes_of(found["a.jpg"], "category")) == [[100] * 4, [3, 3, 3, 0]]
    assert grey_of(bytes_of(found["a.jpg"], "instance")) == [[0] * 4, [2, 2, 2, 0]]


def test_augmented_copies_are_named_and_always_the_same(records, folder, tf):
    for i in range(8):
        images.write(folder / f"images/{'ab'[i % 2]}/{i}.png", i, ("png", "RGB"), (20, 16))
    options = ("--augment", "b=hflip", "--augment", "b=rotate,hflip", "--fix", "png2jpeg")
    features = {"name": "copy.name", "image": "image.encoded", "pixels": "image.pixels",
                "height": "image.height"}
    found = records(features, folder / "images", *options)
    assert found.keys() == {*(f"{i}" for i in range(0, 8, 2)),
                            *(f"{i}_{k}" for i in range(1, 8, 2) for k in range(3))}
    nr_changed = 0
    for i in range(8):
        pixels = pixels_of(tf, images.encode(i, ("png", "RGB"), (20, 16)))
        original = found[f"{i}" if i % 2 == 0 else f"{i}_0"]
        assert bytes_of(original, "image") == tf.io.encode_jpeg(pixels, quality=100).numpy()
        assert bytes_of(original, "pixels") == pixels.tobytes()
        if i % 2:
            shown = bytes_of(found[f"{i}_1"], "pixels")
            assert shown in (pixels.tobytes(), pixels[:, ::-1].tobytes())
            turned = bytes_of(found[f"{i}_2"], "image")
            assert tf.io.decode_jpeg(turned).shape == (16, 20, 3)
            nr_changed += turned != bytes_of(original, "image")
    assert nr_changed >= 3
    assert records(features, folder / "images", *options, "--reindex") == found
    assert records(features, folder / "images", *options, "--seed", 7) != found
