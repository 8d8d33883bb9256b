/* SPDX-License-Identifier: MIT */
/* What the bytes of made images depend on beside our own code. */
#ifndef TRFS_IMAGE_CODEC_VERSIONS_H
#define TRFS_IMAGE_CODEC_VERSIONS_H

#include <stddef.h>

/* Always enough. */
#define TRFS_CODEC_VERSIONS_SIZE 128

/**
 * trfs_codec_versions() - "libjpeg-turbo 2.1.5, libpng 1.6.39, digest 0a1b2c3d"
 *
 * The versions that this program was compiled with, libpng's as it runs, and a CRC of
 * what the libraries that run make of a small picture: JPEG encoded, decoded in both
 * ways and upsampled, PNG deflated and inflated.  Another string: made images may have
 * other bytes, so an index that holds their lengths is built anew.  The digest is
 * "unknown" where the picture cannot be made.
 *
 * Some 0.2 ms.  -ENOMEM where there is no memory for the picture; @buf is filled even
 * then.
 */
int trfs_codec_versions(char *buf, size_t size);

#endif
