/* SPDX-License-Identifier: MIT */
/* Running libpng: its jumps become return values.  Private to the image layer. */
#ifndef TRFS_IMAGE_PNG_LIBRARY_H
#define TRFS_IMAGE_PNG_LIBRARY_H

#include "base/bytes.h"
#include "base/compiler.h"
#include <png.h>

/* What libpng said when it gave up. */
struct trfs_png_failure {
	char message[160];
	bool lacked_memory;
};

/*
 * For png_create_read_struct_2() and its sibling, with a struct trfs_png_failure: errors
 * fill its message and jump to png_jmpbuf(), warnings are passed over.
 */
void trfs_png_on_error(png_structp png, png_const_charp message)
	__attribute__((noreturn));
void trfs_png_on_warning(png_structp png, png_const_charp message);

/* For the same functions, with the same struct: libpng does not tell want of memory from
 * a bad file. */
png_voidp trfs_png_allocate(png_structp png, png_alloc_size_t size);
void trfs_png_free(png_structp png, png_voidp place);

/*
 * What to do with a PNG of which nothing is read yet.  Runs below a setjmp(): what it
 * allocates must belong to @user or to @png.  Returns 0 or what trfs_fail() returned.
 */
typedef int trfs_png_decode_fn(png_structp png, png_infop chunks, void *user,
			       struct trfs_error *err);

/**
 * trfs_png_decode_with() - run @decode on the bytes of a PNG
 *
 * Judged as TensorFlow judges: libpng's errors count (a wrong CRC of a critical chunk, a
 * wrong Adler-32, missing rows, no IEND), its warnings do not.  libpng's own limits of
 * sides and of the memory for texts and profiles stand.
 *
 * Return: what @decode returned; -EBADMSG with libpng's words in a sentence; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_png_decode_with(struct trfs_bytes whole, trfs_png_decode_fn *decode, void *user,
			 struct trfs_error *err);

/* Read up to the pixels; -EBADMSG for what TensorFlow finds too large. */
TRFS_MUST_CHECK
int trfs_png_read_header(png_structp png, png_infop chunks, struct trfs_error *err);

/* As the file has: 1 grey, 2 grey + alpha, 3, 4; a palette is 3, with transparency 4. */
uint8_t trfs_png_channels(png_structp png, png_infop chunks);

#endif
