/* SPDX-License-Identifier: MIT */
/* Known sums: who sets them, who sees them, and of which image they are. */
#include "known_fixture.h"
#include "scratch.h"

#include "base/random.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void what_is_set_is_known_at_once_and_to_the_next(void **state)
{
	static const uint32_t sizes[] = { 4, 32 };
	struct known_fixture *f = known_set_up();

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(sizes); i++) {
		struct trfs_known_column *column = known_open(f, sizes[i]);
		uint64_t seed = 5;
		uint32_t nr = 0;

		assert_int_equal(known_count(column), 0);
		for (uint32_t n = 0; n < KNOWN_NR; n++) {
			uint64_t number = trfs_random_below(&seed, KNOWN_NR);

			nr += !known_is(column, number);
			known_set(column, number);
			assert_true(known_is(column, number));
			assert_true(trfs_known_column_get(column, number, NULL));
		}
		assert_int_equal(known_count(column), nr);
		assert_int_equal(known_count_anew(f, sizes[i]), nr);
		known_close(column);
		assert_int_equal(unlink(KNOWN_NAME), 0);
	}
	known_tear_down(f);
}

static void no_file_is_made_before_something_is_known(void **state)
{
	struct known_fixture *f = known_set_up();
	struct trfs_known_column *column = known_open(f, 4);

	(void)state;
	assert_int_equal(known_count(column), 0);
	assert_int_equal(access(KNOWN_NAME, F_OK), -1);
	known_set(column, 9);
	assert_int_equal(access(KNOWN_NAME, F_OK), 0);
	known_close(column);
	known_tear_down(f);
}

/* A checksum can be 0. */
static void zero_is_a_value(void **state)
{
	struct known_fixture *f = known_set_up();
	struct trfs_known_column *column = known_open(f, 4);
	uint32_t value = 0;

	(void)state;
	trfs_known_column_set(column, 3, &value);
	known_close(column);
	column = known_open(f, 4);
	value = 1;
	assert_true(trfs_known_column_get(column, 3, &value));
	assert_int_equal(value, 0);
	known_close(column);
	known_tear_down(f);
}

/* Whatever tells one image from another tells their checksums apart, and nothing else. */
static void a_changed_image_is_not_known(void **state)
{
	struct known_fixture *f = known_set_up();
	struct trfs_known_column *column;

	(void)state;
	known_write_all(f, 4);
	f->examples[10].size++;
	known_identify(f, 20, 120, 4);
	known_identify(f, 30, 131, 5);
	known_rename(f, 40);
	column = known_open(f, 4);
	assert_int_equal(known_count(column), KNOWN_NR - 4);
	for (uint64_t number = 10; number <= 40; number += 10) {
		assert_false(known_is(column, number));
		known_set(column, number);
	}
	known_close(column);
	assert_int_equal(known_count_anew(f, 4), KNOWN_NR);
	known_tear_down(f);
}

/* As when an index is built anew after an image was put in: all later numbers move. */
static void entries_of_other_numbers_are_not_believed(void **state)
{
	struct known_fixture *f = known_set_up();
	size_t len;
	uint8_t *bytes;

	(void)state;
	known_write_all(f, 4);
	bytes = known_read_file(&len);
	memmove(bytes + TRFS_KNOWN_HEADER_SIZE + KNOWN_CRC_ENTRY,
		bytes + TRFS_KNOWN_HEADER_SIZE,
		len - TRFS_KNOWN_HEADER_SIZE - KNOWN_CRC_ENTRY);
	known_write_file(bytes, len);
	assert_int_equal(known_count_anew(f, 4), 1);
	free(bytes);
	known_tear_down(f);
}

static void without_a_place_memory_is_used(void **state)
{
	struct known_fixture *f = known_set_up();
	int fd = f->directory_fd;

	(void)state;
	f->directory_fd = -1;
	for (uint32_t value_size = 4; value_size <= 32; value_size += 28) {
		struct trfs_known_column *column = known_open(f, value_size);

		for (uint32_t i = 0; i < KNOWN_NR; i++) {
			known_set(column, i);
			assert_true(known_is(column, i));
		}
		assert_int_equal(known_count(column), KNOWN_NR);
		known_close(column);
		assert_int_equal(known_count_anew(f, value_size), 0);
	}
	assert_int_equal(access(KNOWN_NAME, F_OK), -1);
	f->directory_fd = fd;
	known_tear_down(f);
}

static void two_at_once_see_what_the_other_wrote(void **state)
{
	struct known_fixture *f = known_set_up();
	struct trfs_known_column *a = known_open(f, 4);
	struct trfs_known_column *b = known_open(f, 4);

	(void)state;
	for (uint32_t i = 0; i < KNOWN_NR; i += 2) {
		known_set(a, i);
		known_set(b, i + 1);
	}
	assert_int_equal(known_count(a), KNOWN_NR);
	assert_int_equal(known_count(b), KNOWN_NR);
	known_close(a);
	known_close(b);
	assert_int_equal(known_count_anew(f, 4), KNOWN_NR);
	known_tear_down(f);
}

struct worker {
	struct trfs_known_column *column;
	uint64_t seed;
	pthread_t thread;
	bool was_wrong;
};

static void *work(void *user)
{
	struct worker *w = user;

	for (uint32_t i = 0; i < 20000; i++) {
		uint64_t number = trfs_random_below(&w->seed, KNOWN_NR);
		uint8_t value[TRFS_KNOWN_VALUE_MAX], right[TRFS_KNOWN_VALUE_MAX];

		known_value(number, w->column->value_size, right);
		if (!trfs_known_column_get(w->column, number, value))
			trfs_known_column_set(w->column, number, right);
		else
			w->was_wrong |= memcmp(value, right, w->column->value_size) != 0;
	}
	return NULL;
}

static void check_threads(struct known_fixture *f, uint32_t value_size)
{
	struct worker workers[4];
	struct trfs_known_column *column = known_open(f, value_size);

	for (size_t i = 0; i < TRFS_COUNT(workers); i++) {
		workers[i] = (struct worker){ .column = column, .seed = i };
		assert_int_equal(
			pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (size_t i = 0; i < TRFS_COUNT(workers); i++) {
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
		assert_false(workers[i].was_wrong);
	}
	assert_int_equal(known_count(column), KNOWN_NR);
	known_close(column);
	unlink(KNOWN_NAME);
}

static void threads_ask_and_set_at_once(void **state)
{
	struct known_fixture *f = known_set_up();
	int fd = f->directory_fd;

	(void)state;
	check_threads(f, 4);
	check_threads(f, 32);
	f->directory_fd = -1;
	check_threads(f, 4);
	check_threads(f, 32);
	f->directory_fd = fd;
	known_tear_down(f);
}

/* Numbers that share a place in the table of the last look-ups. */
static void slots_tell_numbers_of_one_place_apart(void **state)
{
	struct trfs_known_slots slots;
	uint64_t other = 5 + 3 * TRFS_KNOWN_SLOTS_MAX, word, first;
	uint32_t value = 0;

	(void)state;
	assert_int_equal(trfs_known_slots_init(&slots, UINT64_C(1) << 33), 0);
	assert_int_equal(trfs_known_slots_get(&slots, 5, &first, &value),
			 TRFS_KNOWN_NOT_HERE);
	trfs_known_slots_put_unknown(&slots, 5, first);
	assert_int_equal(trfs_known_slots_get(&slots, 5, &word, &value), TRFS_KNOWN_NO);
	assert_int_equal(trfs_known_slots_get(&slots, other, &word, &value),
			 TRFS_KNOWN_NOT_HERE);
	trfs_known_slots_put(&slots, other, UINT32_MAX);
	assert_int_equal(trfs_known_slots_get(&slots, other, &word, &value),
			 TRFS_KNOWN_YES);
	assert_int_equal(value, UINT32_MAX);
	assert_int_equal(trfs_known_slots_get(&slots, 5, &word, &value),
			 TRFS_KNOWN_NOT_HERE);
	/* Somebody was faster: what they know stays. */
	trfs_known_slots_put_unknown(&slots, other, first);
	assert_int_equal(trfs_known_slots_get(&slots, other, &word, &value),
			 TRFS_KNOWN_YES);
	trfs_known_slots_done(&slots);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_set_is_known_at_once_and_to_the_next),
		TEST(no_file_is_made_before_something_is_known),
		TEST(zero_is_a_value),
		TEST(a_changed_image_is_not_known),
		TEST(entries_of_other_numbers_are_not_believed),
		TEST(without_a_place_memory_is_used),
		TEST(two_at_once_see_what_the_other_wrote),
		TEST(threads_ask_and_set_at_once),
		TEST(slots_tell_numbers_of_one_place_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
