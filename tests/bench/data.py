"""Images to measure with: made once, kept in build/bench."""

import io
import json
import os
import random

from PIL import Image, ImageChops


def soft_shapes(rng, size, mode, scale):
    small = (size[0] // scale, size[1] // scale)
    shapes = Image.frombytes(mode, small, rng.randbytes(small[0] * small[1] * len(mode)))
    return shapes.resize(size, Image.BICUBIC)


def like_photograph(seed, size):
    """Soft shapes under a little noise, which compress as PNG about as photographs do."""
    rng = random.Random(seed)
    noise = Image.frombytes("RGB", size, rng.randbytes(size[0] * size[1] * 3))
    return ImageChops.add(soft_shapes(rng, size, "RGB", 12), noise.point(lambda v: v // 24))


def mask_png(seed, size):
    """Regions of 21 classes with smooth borders."""
    shapes = soft_shapes(random.Random(seed), size, "L", 60)
    return encoded(shapes.point(lambda v: v * 21 // 256), "PNG")


def encoded(picture, codec, **settings):
    out = io.BytesIO()
    picture.save(out, codec, **settings)
    return out.getvalue()


def noise_jpeg(seed, size, quality):
    """A JPEG that compresses as badly as a photograph full of detail."""
    picture = Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))
    return encoded(picture, "JPEG", quality=quality)


def write_folders(directory, nr_images, nr_classes, pictures, extension="jpg"):
    """nr_images copies of the pictures in turn, in class folders; the directory.

    Each number of images has a directory of its own: files that are written again are not
    those that an index knows.
    """
    directory = f"{directory}-{nr_images}"
    stamp = os.path.join(directory, f".complete-{nr_images}-{nr_classes}")
    if os.path.exists(stamp):
        return directory
    for number in range(nr_images):
        folder = os.path.join(directory, f"class-{number % nr_classes:04d}")
        if number < nr_classes:
            os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"image-{number:07d}.{extension}"), "wb") as file:
            file.write(pictures[number % len(pictures)])
    open(stamp, "w").close()
    return directory


def photographs(directory, nr_images):
    """About 110 kB each, ten classes."""
    pictures = [noise_jpeg(seed, (450, 333), 83) for seed in range(40)]
    return write_folders(directory, nr_images, 10, pictures)


def hundred_kilobytes(directory, nr_images):
    """About 100 kB each, ten classes."""
    return write_folders(directory, nr_images, 10,
                         [noise_jpeg(seed, (430, 320), 83) for seed in range(40)])


def megabytes(directory, nr_images):
    """About 1 MB each, ten classes."""
    return write_folders(directory, nr_images, 10,
                         [noise_jpeg(seed, (1400, 1000), 83) for seed in range(40)])


def six_kilobytes(directory, nr_images):
    return small_images(directory, nr_images, 20)


def small_images(directory, nr_images, nr_classes, tiny=False):
    """About 6 kB each, or 700 bytes where tiny."""
    size = (8, 8) if tiny else (112, 64)
    pictures = [noise_jpeg(seed, size, 60 if tiny else 85) for seed in range(40)]
    return write_folders(directory, nr_images, nr_classes, pictures)


def pngs(directory, nr_images):
    """Class folders of about 260 kB each, and their labels file; the directory."""
    pictures = [encoded(like_photograph(seed, (450, 333)), "PNG") for seed in range(20)]
    directory = write_folders(directory, nr_images, 10, pictures, "png")
    with open(os.path.join(directory, "labels.txt"), "w", encoding="ascii") as file:
        file.writelines(f"class-{number:04d}\n" for number in range(10))
    return directory


def image_list(directory, photographs):
    """The JSON that the classification converter takes, of photographs(); its path."""
    names = sorted(os.path.join(folder.name, name) for folder in os.scandir(photographs)
                   if folder.is_dir() for name in os.listdir(folder))
    path = os.path.join(directory, f"images-{len(names)}.json")
    os.makedirs(directory, exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        json.dump({"images": [{"file_name": name, "height": 333, "width": 450, "id": number,
                               "label": number % 10} for number, name in enumerate(names)]}, file)
    return path


def image_mask_pairs(directory, nr_images):
    """images/NAME.jpg of about 110 kB and masks/NAME.png, of 21 classes; the directory."""
    directory = f"{directory}-{nr_images}"
    stamp = os.path.join(directory, f".complete-{nr_images}")
    if os.path.exists(stamp):
        return directory
    photos = [noise_jpeg(seed, (450, 333), 83) for seed in range(40)]
    masks = [mask_png(seed, (450, 333)) for seed in range(40)]
    for kind, extension, files in (("images", "jpg", photos), ("masks", "png", masks)):
        os.makedirs(os.path.join(directory, kind), exist_ok=True)
        for number in range(nr_images):
            name = os.path.join(directory, kind, f"{number:06d}.{extension}")
            with open(name, "wb") as file:
                file.write(files[number % len(files)])
    open(stamp, "w").close()
    return directory


def coco(directory, nr_images, nr_boxes):
    """An instances file as COCO's: boxes in random order, polygons; its path."""
    path = os.path.join(directory, f"instances-{nr_images}-{nr_boxes}.json")
    if os.path.exists(path):
        return path
    os.makedirs(directory, exist_ok=True)
    rng = random.Random(7)
    polygons = [json.dumps([[round(rng.uniform(0, 480), 2) for _ in range(rng.choice(
        [12, 20, 40, 60, 90]))]]) for _ in range(500)]
    with open(path + ".part", "w", encoding="ascii") as file:
        file.write('{"info": {}, "images": [')
        for number in range(nr_images):
            file.write(f'{", " if number else ""}{{"license": 3, "file_name": "{number:012d}.jpg",'
                       f' "height": 480, "width": 640, "id": {number * 5}}}')
        file.write('], "annotations": [')
        for number in range(nr_boxes):
            x, y = rng.uniform(0, 500), rng.uniform(0, 400)
            width, height = rng.uniform(1, 640 - x), rng.uniform(1, 480 - y)
            file.write(f'{", " if number else ""}{{"segmentation": {polygons[number % 500]}, "area":'
                       f' {width * height / 2:.4f}, "iscrowd": 0, "image_id":'
                       f' {rng.randrange(nr_images) * 5}, "bbox": [{x:.2f}, {y:.2f}, {width:.2f},'
                       f' {height:.2f}], "category_id": {rng.randint(1, 80)}, "id": {number}}}')
        categories = [{"id": number, "name": f"class {number}"} for number in range(1, 81)]
        file.write(f'], "categories": {json.dumps(categories)}}}')
    os.rename(path + ".part", path)
    return path
