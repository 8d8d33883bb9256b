/* SPDX-License-Identifier: MIT */
/*
 * Lets libFuzzer get behind the checksums of PNG: after each mutation those of all chunks
 * are made right again, three times of four.  Inputs stay what they were, plain bytes.
 */
#ifndef TRFS_TESTS_FUZZ_PNG_MUTATOR_H
#define TRFS_TESTS_FUZZ_PNG_MUTATOR_H

#include "base/bytes.h"

#include <isa-l/crc.h>
#include <string.h>

/* Weak, as programs that only replay do without. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

static inline uint32_t png_u32(const uint8_t *data)
{
	return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 |
	       (uint32_t)data[2] << 8 | data[3];
}

/* Where the next signature is; @size if nowhere. */
static inline size_t png_find(const uint8_t *data, size_t size, size_t from)
{
	static const uint8_t signature[] = {
		0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'
	};

	for (; from + sizeof(signature) <= size; from++)
		if (memcmp(data + from, signature, sizeof(signature)) == 0)
			return from;
	return size;
}

static inline void png_seal(uint8_t *data, size_t size)
{
	size_t at = png_find(data, size, 0);

	while (at < size) {
		at += 8;
		while (size - at >= 12 && png_u32(data + at) <= size - at - 12) {
			size_t len = png_u32(data + at);
			uint8_t *crc = data + at + 8 + len;
			uint32_t right = crc32_gzip_refl(0, data + at + 4, len + 4);

			for (unsigned int i = 0; i < 4; i++)
				crc[i] = (uint8_t)(right >> (24 - 8 * i));
			at += 12 + len;
		}
		at = png_find(data, size, at);
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	size = LLVMFuzzerMutate(data, size, max);
	if (seed % 4 > 0)
		png_seal(data, size);
	return size;
}

#endif
