/* SPDX-License-Identifier: MIT */
/* Whatever happens to the files of known sums, an answer is right or none. */
#include "known_fixture.h"
#include "scratch.h"

#include "base/random.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/*
 * fault: kept checksums cut | when they are opened | the whole entries are known,
 * others are made again
 */
static void a_file_that_was_cut_is_known_as_far_as_it_goes(void **state)
{
	struct known_fixture *f = known_set_up();
	size_t len;
	uint8_t *bytes;

	(void)state;
	known_write_all(f, 4);
	bytes = known_read_file(&len);
	for (size_t cut = 0; cut < len; cut += 1 + cut % 7 * 100) {
		size_t nr = cut < TRFS_KNOWN_HEADER_SIZE
				    ? 0
				    : (cut - TRFS_KNOWN_HEADER_SIZE) / KNOWN_CRC_ENTRY;
		struct trfs_known_column *column;

		known_write_file(bytes, cut);
		assert_int_equal(known_count_anew(f, 4), nr);
		column = known_open(f, 4);
		known_set(column, KNOWN_NR - 1);
		known_close(column);
		assert_int_equal(known_count_anew(f, 4), nr + 1);
	}
	free(bytes);
	known_tear_down(f);
}

static void bytes_behind_the_end_mean_nothing(void **state)
{
	struct known_fixture *f = known_set_up();

	(void)state;
	known_write_all(f, 4);
	assert_int_equal(truncate(KNOWN_NAME, 1 << 30), 0);
	assert_int_equal(known_count_anew(f, 4), KNOWN_NR);
	known_tear_down(f);
}

/* One bit of every 17th byte, which is in one entry. */
/*
 * fault: a bit of the kept checksums flipped | when they are used | that entry is
 * made again
 */
static void a_flipped_bit_makes_one_unknown(void **state)
{
	struct known_fixture *f = known_set_up();
	size_t len;
	uint8_t *bytes;

	(void)state;
	known_write_all(f, 4);
	bytes = known_read_file(&len);
	for (size_t at = TRFS_KNOWN_HEADER_SIZE; at < len; at += 17) {
		bytes[at] ^= (uint8_t)(1u << at % 8);
		known_write_file(bytes, len);
		assert_int_equal(known_count_anew(f, 4), KNOWN_NR - 1);
		bytes[at] ^= (uint8_t)(1u << at % 8);
	}
	free(bytes);
	known_tear_down(f);
}

static void a_file_with_another_header_is_replaced(void **state)
{
	struct known_fixture *f = known_set_up();
	size_t len;
	uint8_t *bytes;

	(void)state;
	known_write_all(f, 4);
	bytes = known_read_file(&len);
	for (size_t at = 0; at < TRFS_KNOWN_HEADER_SIZE; at++) {
		struct trfs_known_column *column;

		bytes[at] ^= 4;
		known_write_file(bytes, len);
		bytes[at] ^= 4;
		column = known_open(f, 4);
		assert_int_equal(known_count(column), 0);
		known_set(column, 77);
		known_close(column);
		assert_int_equal(known_count_anew(f, 4), 1);
	}
	free(bytes);
	known_tear_down(f);
}

static void what_is_no_file_is_replaced_or_left(void **state)
{
	struct known_fixture *f = known_set_up();
	struct stat st;

	(void)state;
	/* What a link points at is never written. */
	scratch_write("victim", "");
	assert_int_equal(symlink("victim", KNOWN_NAME), 0);
	known_write_all(f, 4);
	assert_int_equal(stat("victim", &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(known_count_anew(f, 4), KNOWN_NR);
	assert_int_equal(unlink(KNOWN_NAME), 0);

	assert_int_equal(mkfifo(KNOWN_NAME, 0600), 0);
	known_write_all(f, 4);
	assert_int_equal(known_count_anew(f, 4), KNOWN_NR);
	assert_int_equal(unlink(KNOWN_NAME), 0);

	assert_int_equal(mkdir(KNOWN_NAME, 0700), 0);
	known_write_all(f, 4);
	assert_int_equal(known_count_anew(f, 4), 0);
	assert_int_equal(rmdir(KNOWN_NAME), 0);
	known_tear_down(f);
}

/* Set half, let something happen to the file, set the rest: all are known all the same.
 */
static void check_memory_takes_over(struct known_fixture *f, void (*happens)(void))
{
	struct trfs_known_column *column = known_open(f, 32);

	for (uint32_t i = 0; i < KNOWN_NR; i += 2)
		known_set(column, i);
	happens();
	for (uint32_t i = 1; i < KNOWN_NR; i += 2)
		known_set(column, i);
	for (uint32_t i = 1; i < KNOWN_NR; i += 2)
		assert_true(known_is(column, i));
	for (uint32_t i = 0; i < KNOWN_NR; i += 2) {
		if (!known_is(column, i))
			known_set(column, i);
	}
	assert_int_equal(known_count(column), KNOWN_NR);
	known_close(column);
}

static void cut(void)
{
	assert_int_equal(truncate(KNOWN_NAME, 20000), 0);
}

static void empty(void)
{
	assert_int_equal(truncate(KNOWN_NAME, 0), 0);
}

static void replace(void)
{
	assert_int_equal(unlink(KNOWN_NAME), 0);
	scratch_write(KNOWN_NAME, "something else");
}

/* fault: kept checksums changed | while they are used | right or unknown */
static void a_file_that_is_changed_while_it_is_used_does_no_harm(void **state)
{
	struct known_fixture *f = known_set_up();

	(void)state;
	check_memory_takes_over(f, cut);
	assert_true(known_count_anew(f, 32) > 0);
	unlink(KNOWN_NAME);
	check_memory_takes_over(f, empty);
	/* It has entries now, and zeroes where the header was. */
	assert_int_equal(known_count_anew(f, 32), 0);
	unlink(KNOWN_NAME);
	check_memory_takes_over(f, replace);
	assert_int_equal(known_count_anew(f, 32), 0);
	known_tear_down(f);
}

/* A full disk: /dev/full takes no byte, and no byte is read wrong from it. */
/* fault: disk full | when checksums are kept | kept in memory */
static void a_disk_that_takes_no_more_is_made_up_for_by_memory(void **state)
{
	struct known_fixture *f = known_set_up();
	struct trfs_known_column *column = known_open(f, 4);
	int full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(full >= 0);
	for (uint32_t i = 0; i < 100; i++)
		known_set(column, i);
	assert_true(dup2(full, atomic_load(&column->file.fd)) >= 0);
	for (uint32_t i = 100; i < KNOWN_NR; i++)
		known_set(column, i);
	assert_int_equal(atomic_load(&column->file.access), TRFS_KNOWN_READ_ONLY);
	for (uint32_t i = 100; i < KNOWN_NR; i++)
		assert_true(known_is(column, i));
	known_close(column);
	close(full);
	assert_int_equal(known_count_anew(f, 4), 100);
	known_tear_down(f);
}

/*
 * fault: limit of file sizes (SIGXFSZ) | when checksums are kept | the process lives
 * on
 */
static void a_limit_of_file_sizes_does_not_end_the_process(void **state)
{
	struct known_fixture *f = known_set_up();
	struct rlimit before, low;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	low = before;
	low.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	known_write_all(f, 4);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(access(KNOWN_NAME, F_OK), -1);
	known_tear_down(f);
}

static void what_cannot_be_written_can_be_read(void **state)
{
	struct known_fixture *f = known_set_up();
	struct trfs_known_column *column;
	int read_only;
	uint8_t value[4];

	(void)state;
	known_write_all(f, 4);
	assert_int_equal(chmod(KNOWN_NAME, 0444), 0);
	known_identify(f, 5, 106, 5);
	column = known_open(f, 4);
	assert_int_equal(known_count(column), KNOWN_NR - 1);
	/* Root may write all the same, so that it is the descriptor that cannot. */
	read_only = open(KNOWN_NAME, O_RDONLY);
	assert_true(dup2(read_only, atomic_load(&column->file.fd)) >= 0);
	known_set(column, 5);
	assert_int_equal(atomic_load(&column->file.access), TRFS_KNOWN_READ_ONLY);
	assert_true(trfs_known_column_get(column, 5, value));
	assert_int_equal(known_count(column), KNOWN_NR);
	known_close(column);
	close(read_only);
	assert_int_equal(known_count_anew(f, 4), KNOWN_NR - 1);
	known_tear_down(f);
}

/* What a disk may hold after a loss of power: of each sector any state that it was in. */
/*
 * fault: power loss | while checksums are written | any mixture of sectors is right
 * or unknown
 */
static void any_mixture_of_old_and_new_sectors_is_right(void **state)
{
	enum { SECTOR = 512, NR_STATES = 40 };
	struct known_fixture *f = known_set_up();
	struct trfs_known_column *column = known_open(f, 32);
	uint8_t *states[NR_STATES] = { NULL };
	size_t lens[NR_STATES] = { 0 };
	uint8_t *mixed;
	uint64_t seed = 11;

	(void)state;
	for (uint32_t s = 1; s < NR_STATES; s++) {
		for (uint32_t i = 0; i < KNOWN_NR / NR_STATES; i++)
			known_set(column, trfs_random_below(&seed, KNOWN_NR));
		states[s] = known_read_file(&lens[s]);
	}
	known_close(column);
	mixed = calloc(1, lens[NR_STATES - 1]);
	assert_non_null(mixed);
	for (uint32_t round = 0; round < 200; round++) {
		size_t len = (size_t)trfs_random_below(&seed, lens[NR_STATES - 1] + 1);

		memset(mixed, 0, len);
		for (size_t at = 0; at < len; at += SECTOR) {
			uint64_t s = trfs_random_below(&seed, NR_STATES);

			/* Not written yet, which reads as zeroes, or as it was. */
			for (size_t i = at; i < at + SECTOR && i < len && i < lens[s];
			     i++)
				mixed[i] = states[s][i];
		}
		known_write_file(mixed, len);
		(void)known_count_anew(f, 32);
	}
	for (uint32_t s = 0; s < NR_STATES; s++)
		free(states[s]);
	free(mixed);
	known_tear_down(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_that_was_cut_is_known_as_far_as_it_goes),
		TEST(bytes_behind_the_end_mean_nothing),
		TEST(a_flipped_bit_makes_one_unknown),
		TEST(a_file_with_another_header_is_replaced),
		TEST(what_is_no_file_is_replaced_or_left),
		TEST(a_file_that_is_changed_while_it_is_used_does_no_harm),
		TEST(a_disk_that_takes_no_more_is_made_up_for_by_memory),
		TEST(a_limit_of_file_sizes_does_not_end_the_process),
		TEST(what_cannot_be_written_can_be_read),
		TEST(any_mixture_of_old_and_new_sectors_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
