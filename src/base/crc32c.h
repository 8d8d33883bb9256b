/* SPDX-License-Identifier: MIT */
/* CRC-32C (Castagnoli) as TFRecord uses it. */
#ifndef TRFS_BASE_CRC32C_H
#define TRFS_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of nothing: 0.  trfs_crc32c(trfs_crc32c(0, a), b) is the CRC of a then b. */
uint32_t trfs_crc32c(uint32_t crc, const void *data, size_t len);

/*
 * CRC of a then b from the CRCs of both and the length of b, by multiplying with
 * x^(8 * len_b) modulo the polynomial: O(log len_b), no data touched.
 */
uint32_t trfs_crc32c_combine(uint32_t crc_a, uint32_t crc_b, uint64_t len_b);

/* TFRecord stores CRCs rotated and offset, so that a CRC over CRCs stays sound. */
static inline uint32_t trfs_crc32c_mask(uint32_t crc)
{
	return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

#endif
