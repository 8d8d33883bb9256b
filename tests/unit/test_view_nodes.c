/* SPDX-License-Identifier: MIT */
/* Directories of views: their numbers, and how they are forgotten. */
#include "fuse/view_nodes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint32_t look_up(struct trfs_view_nodes *nodes, const char *path)
{
	const struct trfs_view_spec spec = { .nr_steps = 0 };
	uint32_t number = 0;

	assert_int_equal(trfs_view_nodes_look_up(nodes, 0, path, 5, &spec, &number), 0);
	assert_int_not_equal(number, 0);
	return number;
}

static void a_path_keeps_its_number_while_it_is_known(void **state)
{
	struct trfs_view_nodes *nodes;
	uint32_t first, other;
	uint64_t parent;
	char *path;

	(void)state;
	assert_int_equal(trfs_view_nodes_new(0, &nodes), 0);
	first = look_up(nodes, "epochs/1");
	other = look_up(nodes, "epochs/2");
	assert_int_not_equal(first, other);
	assert_int_equal(look_up(nodes, "epochs/1"), first);
	trfs_view_nodes_count(nodes, first);
	trfs_view_nodes_forget(nodes, first, 2);
	assert_true(trfs_view_nodes_get(nodes, first, &path, &parent));
	assert_string_equal(path, "epochs/1");
	assert_int_equal(parent, 5);
	free(path);
	trfs_view_nodes_forget(nodes, first, 1);
	assert_false(trfs_view_nodes_get(nodes, first, &path, &parent));
	assert_int_equal(trfs_view_nodes_nr(nodes), 1);
	/* A new one has a new number: the old inode may be remembered somewhere. */
	assert_int_not_equal(look_up(nodes, "epochs/1"), first);
	trfs_view_nodes_free(nodes);
}

static void many_come_and_go(void **state)
{
	enum { NR = 20000 };
	struct trfs_view_nodes *nodes;
	uint32_t *numbers = calloc(NR, sizeof(*numbers));
	char path[32];

	(void)state;
	assert_non_null(numbers);
	assert_int_equal(trfs_view_nodes_new(0, &nodes), 0);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < NR; i++) {
			snprintf(path, sizeof(path), "epochs/%d", i);
			numbers[i] = look_up(nodes, path);
		}
		assert_int_equal(trfs_view_nodes_nr(nodes), NR);
		for (int i = 0; i < NR; i += 2) {
			snprintf(path, sizeof(path), "epochs/%d", i);
			assert_int_equal(look_up(nodes, path), numbers[i]);
			trfs_view_nodes_forget(nodes, numbers[i], 2);
		}
		assert_int_equal(trfs_view_nodes_nr(nodes), NR / 2);
		for (int i = 1; i < NR; i += 2)
			trfs_view_nodes_forget(nodes, numbers[i], 1);
		assert_int_equal(trfs_view_nodes_nr(nodes), 0);
	}
	trfs_view_nodes_free(nodes);
	free(numbers);
}

static void what_is_not_known_is_forgotten_without_harm(void **state)
{
	struct trfs_view_nodes *nodes;
	uint32_t number;

	(void)state;
	assert_int_equal(trfs_view_nodes_new(0, &nodes), 0);
	trfs_view_nodes_forget(nodes, 7, 3);
	trfs_view_nodes_count(nodes, 7);
	number = look_up(nodes, "a");
	trfs_view_nodes_forget(nodes, number, 100);
	assert_int_equal(trfs_view_nodes_nr(nodes), 0);
	trfs_view_nodes_free(nodes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_keeps_its_number_while_it_is_known),
		cmocka_unit_test(many_come_and_go),
		cmocka_unit_test(what_is_not_known_is_forgotten_without_harm),
	};

	return cmocka_run_group_tests_name("view_nodes", tests, NULL, NULL);
}
