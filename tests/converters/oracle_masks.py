# SPDX-License-Identifier: MIT
"""Naive masks: COCO's polygons and run lengths as PNG, and panoptic masks.

Polygons are drawn by pycocotools, as the converters do it; PNG is what Pillow writes.
"""

import io
import os

import numpy as np
from PIL import Image

from .oracle_common import texts

STUFF_OFFSET = 90


def png(array):
    encoded = io.BytesIO()
    Image.fromarray(array).save(encoded, format="PNG")
    return encoded.getvalue()


def pixels(segmentation, height, width):
    """A mask of 0 and 1 of a list of polygons, or of run lengths as list or as text."""
    from pycocotools import mask

    if isinstance(segmentation, dict) and isinstance(segmentation["counts"], str):
        return mask.decode(segmentation)
    decoded = mask.decode(mask.frPyObjects(segmentation, height, width))
    return decoded if decoded.ndim == 2 else np.amax(decoded, axis=2)


def segmentation_png(annotation, image):
    return png(pixels(annotation["segmentation"], image["height"], image["width"]))


def panoptic(annotation, directory, things, include_masks, skip_crowd):
    """Features of one image's panoptic annotation; @things: is a category one."""
    colours = np.asarray(Image.open(os.path.join(directory, annotation["file_name"])))
    colours = colours.astype(np.int64)  # the original needs this cast under numpy 2
    segments = colours[..., 0] + colours[..., 1] * 256 + colours[..., 2] * 65536
    semantic = np.zeros(segments.shape, np.uint8)
    category, instance = semantic.copy(), semantic.copy()
    for number, segment in enumerate(annotation["segments_info"], 1):
        if skip_crowd and segment["iscrowd"]:
            continue
        here = segments == segment["id"]
        is_thing = things[segment["category_id"]]
        semantic[here] = 1 if is_thing else segment["category_id"] - STUFF_OFFSET
        category[here] = segment["category_id"]
        instance[here] = number if is_thing else 0
    features = {"image/segmentation/class/encoded": texts(png(semantic))}
    if include_masks:
        features["image/panoptic/category_mask"] = texts(png(category))
        features["image/panoptic/instance_mask"] = texts(png(instance))
    return features
