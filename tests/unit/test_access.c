/* SPDX-License-Identifier: MIT */
/* One mode for many files: nobody may read by it who may not read each of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/access.h"

/* Some people: number, and the one group besides their own that they are in. */
struct person {
	uint32_t uid;
	uint32_t group;
};

static const struct person people[] = { { 1, 11 }, { 1, 12 }, { 2, 11 }, { 2, 12 },
					{ 3, 11 }, { 3, 12 }, { 3, 13 } };

/* As the kernel decides, for one group. */
static bool may_read(const struct person *p, uint32_t uid, uint32_t gid, uint32_t mode)
{
	if (p->uid == uid)
		return mode & 0400;
	return mode & (p->group == gid ? 0040 : 0004);
}

/* For a person in two groups, the file's and the one the mode is about. */
static bool may_read_in(const struct person *p, uint32_t second, uint32_t uid,
			uint32_t gid, uint32_t mode)
{
	struct person other = { p->uid, second };

	return may_read(p->group == gid ? p : &other, uid, gid, mode);
}

static void nobody_reads_by_it_who_could_not_read_the_file(void **state)
{
	const struct trfs_access about = { 1, 11, TRFS_ACCESS_ALL };

	(void)state;
	for (uint32_t mode = 0; mode < 01000; mode++) {
		for (uint32_t uid = 1; uid <= 2; uid++) {
			for (uint32_t gid = 11; gid <= 12; gid++) {
				struct trfs_file_owner file = { uid, gid, mode };
				uint32_t shown = trfs_access_of_file(&about, &file);

				assert_int_equal(shown & ~TRFS_ACCESS_ALL, 0);
				for (unsigned int i = 0; i < 7 * 3; i++) {
					const struct person *p = &people[i / 3];
					uint32_t second = 11 + i % 3;

					if (may_read_in(p, second, 1, 11, shown))
						assert_true(may_read_in(p, second, uid,
									gid, mode));
				}
			}
		}
	}
}

static void a_file_of_the_same_owner_and_group_counts_as_it_is(void **state)
{
	const struct trfs_access about = { 1, 11, TRFS_ACCESS_ALL };

	(void)state;
	for (uint32_t mode = 0; mode < 4; mode++) {
		static const uint32_t modes[] = { 0400, 0440, 0444, 0404 };
		struct trfs_file_owner file = { 1, 11, 0100200 | modes[mode] };

		assert_int_equal(trfs_access_of_file(&about, &file), modes[mode]);
	}
}

static void files_of_others_count_as_far_as_is_sure(void **state)
{
	const struct trfs_access about = { 1, 11, TRFS_ACCESS_ALL };
	const struct trfs_access root = { 0, 0, TRFS_ACCESS_ALL };

	(void)state;
	assert_int_equal(
		trfs_access_of_file(&about, &(struct trfs_file_owner){ 2, 12, 0644 }),
		0444);
	assert_int_equal(
		trfs_access_of_file(&about, &(struct trfs_file_owner){ 2, 11, 0640 }),
		0040);
	assert_int_equal(
		trfs_access_of_file(&about, &(struct trfs_file_owner){ 2, 12, 0600 }), 0);
	assert_int_equal(
		trfs_access_of_file(&root, &(struct trfs_file_owner){ 2, 12, 0600 }),
		0400);
}

static void a_directory_counts_by_who_can_pass(void **state)
{
	const struct trfs_access about = { 1, 11, TRFS_ACCESS_ALL };

	(void)state;
	assert_int_equal(trfs_access_of_directory(
				 &about, &(struct trfs_file_owner){ 1, 11, 0040711 }),
			 0444);
	assert_int_equal(trfs_access_of_directory(
				 &about, &(struct trfs_file_owner){ 1, 11, 0040750 }),
			 0440);
	assert_int_equal(trfs_access_of_directory(
				 &about, &(struct trfs_file_owner){ 0, 0, 0040700 }),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_reads_by_it_who_could_not_read_the_file),
		cmocka_unit_test(a_file_of_the_same_owner_and_group_counts_as_it_is),
		cmocka_unit_test(files_of_others_count_as_far_as_is_sure),
		cmocka_unit_test(a_directory_counts_by_who_can_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
