/* SPDX-License-Identifier: MIT */
/* Shards, side files and the directories in their names, as inodes. */
#include "scratch.h"
#include "source_fixture.h"

#include "fuse/attributes.h"
#include "fuse/tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NR_SHARDS 5

struct fixture {
	struct trfs_generation *generation;
	const char *template_before;
	struct trfs_side_file items[4];
	struct trfs_side_files side_files;
	struct trfs_tree tree;
};

static void add_side_file(struct fixture *f, const char *path, const char *text)
{
	struct trfs_side_file *file = &f->items[f->side_files.nr++];

	file->path = strdup(path);
	trfs_buffer_init(&file->content, 1000);
	trfs_buffer_printf(&file->content, "%s", text);
	f->side_files.items = f->items;
}

/* What trfs_tree_init() says of shards with such names. */
static int try_tree(struct fixture *f, const char *shard_names, struct trfs_error *err)
{
	source_write();
	f->generation = source_open(NULL);
	f->template_before = f->generation->plan->name_template;
	f->generation->plan->name_template = (char *)(uintptr_t)shard_names;
	return trfs_tree_init(&f->tree, f->generation, &f->side_files, 12, 34, err);
}

static void set_up(struct fixture *f, const char *shard_names)
{
	struct trfs_error err = { 0 };

	if (try_tree(f, shard_names, &err) < 0)
		fail_msg("%s", err.message);
}

static void tear_down(struct fixture *f)
{
	trfs_tree_done(&f->tree);
	f->generation->plan->name_template = (char *)(uintptr_t)f->template_before;
	trfs_generation_free(f->generation);
	for (size_t i = 0; i < f->side_files.nr; i++) {
		free(f->items[i].path);
		trfs_buffer_done(&f->items[i].content);
	}
}

static struct stat stat_of(const struct fixture *f, uint64_t inode)
{
	struct stat st;

	assert_true(trfs_tree_stat(&f->tree, inode, &st));
	assert_int_equal(st.st_ino, inode);
	assert_int_equal(st.st_uid, 12);
	assert_int_equal(st.st_gid, 34);
	return st;
}

/* The inode of a path from the root; 0: none. */
static uint64_t find(const struct fixture *f, const char *path)
{
	uint64_t inode = TRFS_INODE_ROOT;
	char copy[256], *rest = copy, *name;

	snprintf(copy, sizeof(copy), "%s", path);
	while (inode && (name = strsep(&rest, "/")))
		inode = trfs_tree_lookup(&f->tree, inode, name);
	return inode;
}

/* The names of a directory, joined by blanks; each is looked up on the way. */
static void check_listing(const struct fixture *f, uint64_t directory, uint64_t parent,
			  const char *wanted)
{
	struct trfs_buffer names;
	uint64_t inode;
	const char *name;

	trfs_buffer_init(&names, 10000);
	for (uint64_t i = 0; (name = trfs_tree_entry(&f->tree, directory, i, &inode));
	     i++) {
		trfs_buffer_printf(&names, "%s%s", i ? " " : "", name);
		if (i < 2)
			assert_int_equal(inode, i == 0 ? directory : parent);
		else
			assert_int_equal(inode,
					 trfs_tree_lookup(&f->tree, directory, name));
	}
	assert_string_equal(trfs_buffer_text(&names), wanted);
	trfs_buffer_done(&names);
}

static void shards_of_one_directory_are_sorted_by_name(void **state)
{
	struct fixture f = { 0 };
	uint32_t shard;

	(void)state;
	set_up(&f, "{split}-{shard}-of-{shards}.tfrecord");
	check_listing(&f, TRFS_INODE_ROOT, TRFS_INODE_ROOT,
		      ". .. test-00000-of-00002.tfrecord test-00001-of-00002.tfrecord "
		      "train-00000-of-00003.tfrecord train-00001-of-00003.tfrecord "
		      "train-00002-of-00003.tfrecord");
	assert_int_equal(stat_of(&f, TRFS_INODE_ROOT).st_nlink, 2);
	for (uint32_t i = 0; i < NR_SHARDS; i++) {
		char name[TRFS_SHARD_NAME_MAX];
		struct stat st;

		trfs_plan_shard_name(f.generation->plan, i, name);
		st = stat_of(&f, find(&f, name));
		assert_true(trfs_tree_shard(&f.tree, st.st_ino, &shard));
		assert_int_equal(shard, i);
		assert_int_equal(st.st_mode, S_IFREG | 0444);
		assert_int_equal(st.st_nlink, 1);
		assert_int_equal(st.st_size, trfs_generation_shard_size(f.generation, i));
		assert_null(trfs_tree_directory(&f.tree, st.st_ino));
		assert_null(trfs_tree_side_file(&f.tree, st.st_ino));
	}
	tear_down(&f);
}

static void names_with_slashes_make_directories(void **state)
{
	struct fixture f = { 0 };
	uint64_t all, train;
	struct stat st;

	(void)state;
	add_side_file(&f, "all/labels.txt", "0:cat\n");
	add_side_file(&f, "README", "x");
	set_up(&f, "all/{split}/{split}-{shard}");
	all = find(&f, "all");
	train = find(&f, "all/train");
	check_listing(&f, TRFS_INODE_ROOT, TRFS_INODE_ROOT, ". .. README all");
	check_listing(&f, all, TRFS_INODE_ROOT, ". .. labels.txt test train");
	check_listing(&f, train, all, ". .. train-00000 train-00001 train-00002");
	assert_int_equal(stat_of(&f, TRFS_INODE_ROOT).st_nlink, 3);
	assert_int_equal(stat_of(&f, all).st_nlink, 4);
	st = stat_of(&f, train);
	assert_int_equal(st.st_nlink, 2);
	assert_int_equal(st.st_mode, S_IFDIR | 0555);
	assert_int_equal(find(&f, "train"), 0);
	assert_int_equal(find(&f, "all/train/train-00003"), 0);
	assert_int_equal(find(&f, "all/labels.txt/x"), 0);
	assert_int_equal(find(&f, "all/train/train-00001"), TRFS_INODE_SHARD + 1);
	tear_down(&f);
}

static void side_files_are_what_they_hold(void **state)
{
	struct fixture f = { 0 };
	const struct trfs_side_file *file;
	struct stat st;

	(void)state;
	add_side_file(&f, "labels.txt", "0:cat\n1:dog\n");
	add_side_file(&f, "empty", "");
	set_up(&f, "{split}/{shard}");
	st = stat_of(&f, find(&f, "labels.txt"));
	assert_int_equal(st.st_mode, S_IFREG | 0444);
	assert_int_equal(st.st_size, 12);
	assert_int_equal(st.st_blocks, 1);
	file = trfs_tree_side_file(&f.tree, st.st_ino);
	assert_ptr_equal(file, &f.items[0]);
	assert_int_equal(stat_of(&f, find(&f, "empty")).st_size, 0);
	assert_ptr_equal(trfs_tree_side_file(&f.tree, find(&f, "empty")), &f.items[1]);
	tear_down(&f);
}

static void every_inode_is_of_one_kind_and_the_next_is_none(void **state)
{
	struct fixture f = { 0 };
	uint64_t nr = 0, kinds[3] = { 0 };
	struct stat st;
	uint32_t shard;

	(void)state;
	add_side_file(&f, "labels.txt", "0:cat\n");
	set_up(&f, "a/{split}/{shard}");
	for (uint64_t inode = 1; trfs_tree_stat(&f.tree, inode, &st); inode++) {
		bool is[3] = { trfs_tree_shard(&f.tree, inode, &shard),
			       trfs_tree_side_file(&f.tree, inode) != NULL,
			       trfs_tree_directory(&f.tree, inode) != NULL };

		assert_int_equal(is[0] + is[1] + is[2], 1);
		for (size_t i = 0; i < 3; i++)
			kinds[i] += is[i];
		nr++;
	}
	assert_int_equal(nr, f.tree.nr_nodes);
	assert_int_equal(kinds[0], NR_SHARDS);
	assert_int_equal(kinds[1], 1);
	assert_int_equal(kinds[2], 4);
	assert_false(trfs_tree_stat(&f.tree, 0, &st));
	assert_int_equal(trfs_tree_lookup(&f.tree, nr + 1, "x"), 0);
	assert_null(trfs_tree_entry(&f.tree, nr + 1, 0, &nr));
	tear_down(&f);
}

static void check_refused(const char *shard_names, const char *side_file,
			  const char *wanted)
{
	struct fixture f = { 0 };
	struct trfs_error err = { 0 };

	if (side_file)
		add_side_file(&f, side_file, "x");
	assert_int_equal(try_tree(&f, shard_names, &err), -EINVAL);
	if (!strstr(err.message, wanted))
		fail_msg("%s", err.message);
	tear_down(&f);
}

static void names_that_cannot_be_shown_are_refused(void **state)
{
	(void)state;
	check_refused("x-{shard}", NULL, "would be called \"x-00000\"");
	check_refused("{split}-{shard}", "test-00001", "would be called \"test-00001\"");
	check_refused("{split}/{shard}", "train", "would be called \"train\"");
	check_refused("../{split}-{shard}", NULL, "\"../train-00000\"");
	check_refused("a//{split}-{shard}", NULL, "\"a//train-00000\"");
	check_refused("{split}-{shard}/", NULL, "\"train-00000/\"");
	check_refused("/{split}-{shard}", NULL, "\"/train-00000\"");
	check_refused("./{split}-{shard}", NULL, "\"./train-00000\"");
}

static uint64_t number_attribute(struct fixture *f, uint64_t inode, const char *name)
{
	struct trfs_attribute_source source = { .tree = &f->tree };
	struct trfs_buffer value;
	uint64_t number;

	trfs_buffer_init(&value, 1000);
	assert_int_equal(trfs_attribute_get(&source, inode, name, &value), 0);
	number = strtoull(trfs_buffer_text(&value), NULL, 10);
	trfs_buffer_done(&value);
	return number;
}

static void check_attribute_names(struct fixture *f, uint64_t inode, const char *wanted)
{
	struct trfs_attribute_source source = { .tree = &f->tree };
	struct trfs_buffer names;

	trfs_buffer_init(&names, 10000);
	trfs_attribute_list(&source, inode, &names);
	for (size_t i = 0; i < names.len; i++)
		if (names.data[i] == '\0')
			names.data[i] = ' ';
	assert_string_equal(trfs_buffer_text(&names), wanted);
	trfs_buffer_done(&names);
}

static void attributes_of_directories_count_all_that_is_beneath(void **state)
{
	struct fixture f = { 0 };
	uint64_t all, train, size = 0;
	struct trfs_buffer value;

	(void)state;
	add_side_file(&f, "all/labels.txt", "0:cat\n");
	set_up(&f, "all/{split}/{shard}");
	all = find(&f, "all");
	train = find(&f, "all/train");
	for (uint32_t i = 0; i < 3; i++)
		size += trfs_generation_shard_size(f.generation, i);
	assert_int_equal(number_attribute(&f, train, "user.tfrecordfs.num_shards"), 3);
	assert_int_equal(number_attribute(&f, train, "user.tfrecordfs.num_examples"), 45);
	assert_int_equal(number_attribute(&f, train, "user.tfrecordfs.size"), size);
	assert_int_equal(number_attribute(&f, all, "user.tfrecordfs.num_examples"), 60);
	assert_int_equal(
		number_attribute(&f, TRFS_INODE_ROOT, "user.tfrecordfs.num_shards"),
		NR_SHARDS);
	check_attribute_names(&f, train,
			      "user.tfrecordfs.num_examples user.tfrecordfs.num_shards "
			      "user.tfrecordfs.size ");
	check_attribute_names(&f, find(&f, "all/labels.txt"), "");
	trfs_buffer_init(&value, 100);
	assert_int_equal(
		trfs_attribute_get(&(struct trfs_attribute_source){ .tree = &f.tree },
				   all, "user.tfrecordfs.source", &value),
		-ENODATA);
	trfs_buffer_done(&value);
	tear_down(&f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shards_of_one_directory_are_sorted_by_name),
		TEST(names_with_slashes_make_directories),
		TEST(side_files_are_what_they_hold),
		TEST(every_inode_is_of_one_kind_and_the_next_is_none),
		TEST(names_that_cannot_be_shown_are_refused),
		TEST(attributes_of_directories_count_all_that_is_beneath),
	};

	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
