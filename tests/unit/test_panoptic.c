/* SPDX-License-Identifier: MIT */
/* Panoptic pictures as masks. */
#include "image/panoptic.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Pixels of the ids 0, 5, 256, 65536 + 2, 5. */
static const uint8_t rgb[] = { 0, 0, 0, 5, 0, 0, 0, 1, 0, 2, 0, 1, 5, 0, 0 };
enum { NR = sizeof(rgb) / 3 };

static struct trfs_error err;

static void things_and_stuff_become_three_masks(void **state)
{
	static const uint8_t semantic[NR] = { 0, 2, 1, 1, 2 };
	static const uint8_t category[NR] = { 0, 92, 17, 3, 92 };
	static const uint8_t instance[NR] = { 0, 0, 2, 255, 0 };
	uint8_t drawn[3][NR];

	(void)state;
	assert_int_equal(
		trfs_panoptic_draw(
			trfs_bytes_of("s256,17,2;5,91,0;65538,3,255;5,92,0;"), rgb, NR,
			&(struct trfs_panoptic_masks){ drawn[0], drawn[1], drawn[2] },
			&err),
		0);
	assert_memory_equal(drawn[0], semantic, NR);
	assert_memory_equal(drawn[1], category, NR);
	assert_memory_equal(drawn[2], instance, NR);
	assert_int_equal(
		trfs_panoptic_draw(trfs_bytes_of("s"), rgb, NR,
				   &(struct trfs_panoptic_masks){ .semantic = drawn[0] },
				   &err),
		0);
	assert_memory_equal(drawn[0], "\0\0\0\0\0", NR);
}

static void refused(const char *segments, const char *message)
{
	uint8_t drawn[NR];

	assert_int_equal(
		trfs_panoptic_draw(trfs_bytes_of(segments), rgb, NR,
				   &(struct trfs_panoptic_masks){ .semantic = drawn },
				   &err),
		-EBADMSG);
	assert_string_equal(err.message, message);
}

static void bad_texts_are_refused(void **state)
{
	(void)state;
	refused("", "has something else than segments");
	refused("1,2,3;", "has something else than segments");
	refused("s1,2,3", "has a list of segments that breaks off");
	refused("s1,2;", "has a list of segments that breaks off");
	refused("s1,,3;", "has a list of segments that breaks off");
	refused("s99999999999999999999,1,1;", "has a list of segments that breaks off");
	refused("s1,89,0;", "has a segment that no mask can show");
	refused("s1,256,0;", "has a segment that no mask can show");
	refused("s1,1,256;", "has a segment that no mask can show");
	refused("s1,-1,1;", "has a segment that no mask can show");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(things_and_stuff_become_three_masks),
		cmocka_unit_test(bad_texts_are_refused),
	};

	return cmocka_run_group_tests_name("panoptic", tests, NULL, NULL);
}
