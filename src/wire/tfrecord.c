/* SPDX-License-Identifier: MIT */
/*
 * TFRecord framing.  The header depends on the length alone, so it is known before any
 * of the data; only the footer needs them.
 */
#include "wire/tfrecord.h"

#include "base/crc32c.h"

#include <errno.h>

#define LENGTH_SIZE 8u

void trfs_tfrecord_header(uint64_t len, uint8_t ret[TRFS_TFRECORD_HEADER_SIZE])
{
	trfs_store_u64le(ret, len);
	trfs_store_u32le(ret + LENGTH_SIZE,
			 trfs_crc32c_mask(trfs_crc32c(0, ret, LENGTH_SIZE)));
}

void trfs_tfrecord_footer(uint32_t crc, uint8_t ret[TRFS_TFRECORD_FOOTER_SIZE])
{
	trfs_store_u32le(ret, trfs_crc32c_mask(crc));
}

int trfs_tfrecord_parse_header(const uint8_t header[TRFS_TFRECORD_HEADER_SIZE],
			       uint64_t *ret_len)
{
	struct trfs_reader r = trfs_reader_of(header, TRFS_TFRECORD_HEADER_SIZE);
	uint64_t len = trfs_reader_u64le(&r);
	uint32_t stored = trfs_reader_u32le(&r);

	if (stored != trfs_crc32c_mask(trfs_crc32c(0, header, LENGTH_SIZE)))
		return -EBADMSG;
	*ret_len = len;
	return 0;
}

bool trfs_tfrecord_footer_matches(const uint8_t footer[TRFS_TFRECORD_FOOTER_SIZE],
				  uint32_t crc)
{
	struct trfs_reader r = trfs_reader_of(footer, TRFS_TFRECORD_FOOTER_SIZE);

	return trfs_reader_u32le(&r) == trfs_crc32c_mask(crc);
}
