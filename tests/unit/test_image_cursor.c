/* SPDX-License-Identifier: MIT */
/* The cursor gives the file's own bytes, however one walks, with few reads. */
#include "image/cursor.h"
#include "image_bytes.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define SIZE 200000u

static struct trfs_bytes pattern(void)
{
	uint8_t *data = malloc(SIZE);

	assert_non_null(data);
	for (uint32_t i = 0; i < SIZE; i++)
		data[i] = (uint8_t)(i * 2654435761u >> 24);
	return (struct trfs_bytes){ data, SIZE };
}

static void any_walk_sees_the_same_bytes(void **state)
{
	struct trfs_bytes whole = pattern();
	struct image_bytes_source s;
	struct trfs_image_cursor c;
	uint32_t random = 1;

	(void)state;
	image_bytes_source_init(&s, whole, 4096);
	trfs_image_cursor_init(&c, &s.source);
	for (int i = 0; i < 20000; i++) {
		uint64_t here = c.offset;
		size_t len;

		random = random * 1664525u + 1013904223u;
		len = random >> 16 & (i % 7 ? 63 : 0x7fff);
		if (random >> 8 & 1) {
			const uint8_t *p = trfs_image_cursor_take(&c, len);

			assert_int_equal(p != NULL, len <= SIZE - here);
			if (p)
				assert_memory_equal(p, whole.data + here, len);
		} else {
			struct trfs_bytes piece = trfs_image_cursor_piece(&c);

			assert_int_equal(piece.len > 0, here < SIZE);
			if (piece.len > 0)
				assert_memory_equal(piece.data, whole.data + here,
						    piece.len);
			trfs_image_cursor_skip(&c, len);
		}
		if (c.offset == SIZE || i % 100 == 0)
			trfs_image_cursor_move(&c, random % SIZE);
	}
	image_bytes_source_done(&s);
	image_bytes_free(whole);
}

static void walking_reads_ever_more_at_once(void **state)
{
	struct trfs_bytes whole = pattern();
	struct image_bytes_source s;
	struct trfs_image_cursor c;
	struct trfs_bytes piece;

	(void)state;
	image_bytes_source_init(&s, whole, 4096);
	trfs_image_cursor_init(&c, &s.source);
	while ((piece = trfs_image_cursor_piece(&c)).len > 0)
		trfs_image_cursor_skip(&c, piece.len);
	assert_int_equal(c.offset, SIZE);
	assert_int_equal(s.nr_read, SIZE - 4096);
	/* 512 bytes doubled up to 32 KiB, then 32 KiB each */
	assert_in_range(s.nr_reads, 11, 12);
	image_bytes_source_done(&s);
	image_bytes_free(whole);
}

static void a_failed_read_ends_the_image(void **state)
{
	struct trfs_bytes whole = pattern();
	struct image_bytes_source s;
	struct trfs_image_cursor c;

	(void)state;
	image_bytes_source_init(&s, whole, 4096);
	s.fail = ENXIO;
	trfs_image_cursor_init(&c, &s.source);
	trfs_image_cursor_move(&c, 5000);
	assert_null(trfs_image_cursor_take(&c, 1));
	assert_int_equal(c.error, -ENXIO);
	assert_int_equal(trfs_image_cursor_left(&c), 0);
	trfs_image_cursor_move(&c, 5000);
	assert_int_equal(trfs_image_cursor_piece(&c).len, 0);
	assert_int_equal(trfs_image_cursor_byte(&c), -1);
	assert_int_equal(s.nr_reads, 1);
	image_bytes_source_done(&s);
	image_bytes_free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_walk_sees_the_same_bytes),
		cmocka_unit_test(walking_reads_ever_more_at_once),
		cmocka_unit_test(a_failed_read_ends_the_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
