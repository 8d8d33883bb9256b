/* SPDX-License-Identifier: MIT */
/*
 * Running libjpeg-turbo: its jumps out of the depths become return values, and its source
 * of bytes is TensorFlow's.  Private to the image layer.
 */
#ifndef TRFS_IMAGE_JPEG_LIBRARY_H
#define TRFS_IMAGE_JPEG_LIBRARY_H

#include "base/bytes.h"
#include "base/compiler.h"
#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>

/*
 * Scans that a picture may have.  Encoders write up to a dozen, tricks some hundred; a
 * file of a few kilobytes can hold thousands, each of which costs a walk over all pixels.
 * So 500, as libjpeg-turbo's own programs have it, and fewer for large pictures, where
 * scans times pixels would pass 2^32; 100 always.
 */
#define TRFS_JPEG_NR_SCANS_MAX 500
#define TRFS_JPEG_NR_SCANS_MIN 100
#define TRFS_JPEG_WORK_MAX     (UINT64_C(1) << 32)

/* A side of a JPEG: libjpeg encodes and decodes no longer ones. */
#define TRFS_JPEG_SIDE_MAX ((uint32_t)JPEG_MAX_DIMENSION)

/* libjpeg's error manager, which must come first, and where its errors lead to. */
struct trfs_jpeg_failure {
	struct jpeg_error_mgr manager;
	jmp_buf jump;
	char message[JMSG_LENGTH_MAX];
};

/* Warnings are passed over, errors jump to @f->jump with @f->message filled. */
struct jpeg_error_mgr *trfs_jpeg_failure_init(struct trfs_jpeg_failure *f);

/*
 * What to do with a decoder that has its source but has read nothing yet.  Runs below a
 * setjmp(): what it allocates must belong to @user or to the decoder.  Returns 0 or what
 * trfs_fail() returned.
 */
typedef int trfs_jpeg_decode_fn(j_decompress_ptr decoder, void *user,
				struct trfs_error *err);

/**
 * trfs_jpeg_decode_with() - run @decode on the bytes of a JPEG
 *
 * Return: what @decode returned; -EBADMSG with libjpeg's words in a sentence where it
 * gave up, or where there are too many scans; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_jpeg_decode_with(struct trfs_bytes whole, trfs_jpeg_decode_fn *decode,
			  void *user, struct trfs_error *err);

/* Read up to the first scan; -EBADMSG for what TensorFlow finds too large. */
TRFS_MUST_CHECK
int trfs_jpeg_read_header(j_decompress_ptr decoder, struct trfs_error *err);

/* As jpeg_start_decompress(), where waiting for more bytes is an error. */
void trfs_jpeg_start(j_decompress_ptr decoder);

/* The next row, alike. */
void trfs_jpeg_read_row(j_decompress_ptr decoder, uint8_t *row);

#endif
