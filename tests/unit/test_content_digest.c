/* SPDX-License-Identifier: MIT */
/* Whether two generations show the same: built, mapped, mapped block by block. */
#include "scratch.h"
#include "source_fixture.h"

#include "index/content_digest.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct digest {
	uint8_t bytes[TRFS_CONTENT_DIGEST_SIZE];
};

static struct digest digest_of(struct trfs_generation *g)
{
	struct digest d;

	assert_int_equal(trfs_content_digest(g, d.bytes, NULL), 0);
	trfs_generation_free(g);
	return d;
}

static bool same(struct digest a, struct digest b)
{
	return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

static void built_and_mapped_are_the_same(void **state)
{
	struct digest built;

	(void)state;
	source_write();
	built = digest_of(source_open(NULL));
	assert_true(same(built, digest_of(source_open("index"))));
	assert_true(same(built, digest_of(source_open("index"))));
}

static void so_is_what_is_believed_block_by_block(void **state)
{
	struct digest built;

	(void)state;
	source_write();
	source_write_many(SOURCE_NR_ROWS);
	built = digest_of(source_open_many(false, UINT64_MAX));
	assert_true(same(built, digest_of(source_open_many(false, UINT64_MAX))));
	assert_true(same(built, digest_of(source_open_many(false, 0))));
}

static void an_image_that_was_touched_makes_another(void **state)
{
	struct digest before;
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = 1000 } };

	(void)state;
	source_write();
	before = digest_of(source_open(NULL));
	assert_true(same(before, digest_of(source_open(NULL))));
	assert_int_equal(utimensat(AT_FDCWD, "images/dog/07.png", times, 0), 0);
	assert_false(same(before, digest_of(source_open(NULL))));
	source_write();
	source_write_image(7, 1);
	assert_false(same(before, digest_of(source_open(NULL))));
}

static void a_row_that_says_otherwise_makes_another(void **state)
{
	struct digest before;

	(void)state;
	source_write();
	source_write_many(SOURCE_NR_ROWS);
	before = digest_of(source_open_many(false, UINT64_MAX));
	source_write_many(SOURCE_NR_ROWS - 1);
	assert_false(same(before, digest_of(source_open_many(false, UINT64_MAX))));
	source_write_many(SOURCE_NR_ROWS);
	assert_true(same(before, digest_of(source_open_many(false, UINT64_MAX))));
}

static void other_options_make_another(void **state)
{
	struct trfs_options options = source_options();
	struct digest before;

	(void)state;
	source_write();
	before = digest_of(source_open(NULL));
	options.seed++;
	assert_false(same(before, digest_of(source_open_with(&options, NULL))));
}

/* fault: a block of a large index damaged | when its content is hashed | it fails */
static void a_damaged_index_has_none(void **state)
{
	uint8_t digest[TRFS_CONTENT_DIGEST_SIZE], byte;
	struct trfs_generation *g;
	struct stat st;
	int fd;

	(void)state;
	source_write();
	source_write_many(SOURCE_NR_ROWS);
	trfs_generation_free(source_open_many(false, UINT64_MAX));
	g = source_open_many(false, 0);
	fd = open(trfs_generation_index_path(g), O_RDWR);
	assert_int_equal(fstat(fd, &st), 0);
	/* The columns stand in the middle; the first blocks were read already. */
	assert_int_equal(pread(fd, &byte, 1, st.st_size / 2), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, st.st_size / 2), 1);
	close(fd);
	assert_int_equal(trfs_content_digest(g, digest, NULL), -EIO);
	trfs_generation_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(built_and_mapped_are_the_same,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(so_is_what_is_believed_block_by_block,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(an_image_that_was_touched_makes_another,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(a_row_that_says_otherwise_makes_another,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(other_options_make_another, scratch_enter,
						scratch_leave),
		cmocka_unit_test_setup_teardown(a_damaged_index_has_none, scratch_enter,
						scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
