/* SPDX-License-Identifier: MIT */
/* TFRecord framing against TFRecordWriter's files. */
#include "wire/tfrecord.h"

#include "base/crc32c.h"
#include "golden.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void headers_and_footers_are_those_of_the_writer(void **state)
{
	struct golden_records g;

	(void)state;
	golden_records_load(&g, "framing.tfrecord");
	assert_int_equal(g.nr, 7);
	for (size_t i = 0; i < g.nr; i++) {
		struct trfs_bytes data = golden_data(g.framed[i]);
		uint8_t header[TRFS_TFRECORD_HEADER_SIZE];
		uint8_t footer[TRFS_TFRECORD_FOOTER_SIZE];
		uint32_t crc = trfs_crc32c(0, data.data, data.len);

		trfs_tfrecord_header(data.len, header);
		trfs_tfrecord_footer(crc, footer);
		assert_memory_equal(header, g.framed[i].data, sizeof(header));
		assert_memory_equal(footer, data.data + data.len, sizeof(footer));
		assert_true(trfs_tfrecord_footer_matches(data.data + data.len, crc));
	}
	golden_records_free(&g);
}

static void a_shard_of_no_records_is_an_empty_file(void **state)
{
	struct golden_records g;

	(void)state;
	golden_records_load(&g, "empty.tfrecord");
	assert_int_equal(g.nr, 0);
	golden_records_free(&g);
}

static void the_frame_of_abc_is_the_published_one(void **state)
{
	uint8_t header[TRFS_TFRECORD_HEADER_SIZE];
	uint8_t footer[TRFS_TFRECORD_FOOTER_SIZE];

	(void)state;
	trfs_tfrecord_header(3, header);
	assert_memory_equal(header, "\x03\0\0\0\0\0\0\0\xb0\x99\x49\x0e", sizeof(header));
	trfs_tfrecord_footer(trfs_crc32c(0, "abc", 3), footer);
	assert_memory_equal(footer, "\x6e\x57\xf1\x21", sizeof(footer));
}

static void a_parsed_header_gives_its_length(void **state)
{
	static const uint64_t lens[] = { 0, 1, 255, 256, 0x7fffffff, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(lens); i++) {
		uint8_t header[TRFS_TFRECORD_HEADER_SIZE];
		uint64_t len = 77;

		trfs_tfrecord_header(lens[i], header);
		assert_int_equal(trfs_tfrecord_parse_header(header, &len), 0);
		assert_true(len == lens[i]);
	}
}

static void every_flipped_bit_of_a_header_is_noticed(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 8 * TRFS_TFRECORD_HEADER_SIZE; bit++) {
		uint8_t header[TRFS_TFRECORD_HEADER_SIZE];
		uint64_t len = 77;

		trfs_tfrecord_header(110592, header);
		header[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(trfs_tfrecord_parse_header(header, &len), -EBADMSG);
		assert_int_equal(len, 77);
	}
}

static void every_flipped_bit_of_a_footer_is_noticed(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 8 * TRFS_TFRECORD_FOOTER_SIZE; bit++) {
		uint8_t footer[TRFS_TFRECORD_FOOTER_SIZE];

		trfs_tfrecord_footer(0x12345678, footer);
		assert_true(trfs_tfrecord_footer_matches(footer, 0x12345678));
		footer[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(trfs_tfrecord_footer_matches(footer, 0x12345678));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_and_footers_are_those_of_the_writer),
		cmocka_unit_test(a_shard_of_no_records_is_an_empty_file),
		cmocka_unit_test(the_frame_of_abc_is_the_published_one),
		cmocka_unit_test(a_parsed_header_gives_its_length),
		cmocka_unit_test(every_flipped_bit_of_a_header_is_noticed),
		cmocka_unit_test(every_flipped_bit_of_a_footer_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
