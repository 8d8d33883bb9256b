/* SPDX-License-Identifier: MIT */
/*
 * TFRecord framing.
 *
 *   u64 length | u32 masked CRC-32C of length | data | u32 masked CRC-32C of data
 *
 * Little-endian; no file header or trailer, so an empty file is a valid shard.
 */
#ifndef TRFS_WIRE_TFRECORD_H
#define TRFS_WIRE_TFRECORD_H

#include "base/buffer.h"

#define TRFS_TFRECORD_HEADER_SIZE   12u
#define TRFS_TFRECORD_FOOTER_SIZE   4u
#define TRFS_TFRECORD_FRAMING_SIZE  16u
#define TRFS_TFRECORD_MAX_DATA_SIZE 0x7fffffffu /* 2^31 - 1: what protobuf can parse */

/* The twelve bytes in front of @len bytes of data. */
void trfs_tfrecord_header(uint64_t len, uint8_t ret[TRFS_TFRECORD_HEADER_SIZE]);

/* The four bytes behind data with this (unmasked) CRC-32C. */
void trfs_tfrecord_footer(uint32_t crc, uint8_t ret[TRFS_TFRECORD_FOOTER_SIZE]);

/**
 * trfs_tfrecord_parse_header() - length of the data that follow
 *
 * Return: 0, or -EBADMSG when the length's checksum does not match.
 */
TRFS_MUST_CHECK
int trfs_tfrecord_parse_header(const uint8_t header[TRFS_TFRECORD_HEADER_SIZE],
			       uint64_t *ret_len);

/* Whether these are the four bytes behind data with this (unmasked) CRC-32C. */
bool trfs_tfrecord_footer_matches(const uint8_t footer[TRFS_TFRECORD_FOOTER_SIZE],
				  uint32_t crc);

#endif
