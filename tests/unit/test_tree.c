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

/**
 * struct fixture - a tree over the source's root view
 * @template_before: the plan's own, put back at the end
 * @content: what the tree is to show; set what is wanted before set_up()
 */
struct fixture {
	struct trfs_generation *generation;
	const char *template_before;
	struct trfs_view *view;
	struct trfs_side_files *side_files;
	struct trfs_tree_content content;
	struct trfs_tree tree;
};

/* What trfs_tree_init() says of shards with such names, beside labels.txt. */
static int try_tree(struct fixture *f, const char *shard_names, struct trfs_error *err)
{
	struct trfs_options options;

	source_write();
	options = source_options();
	options.side_files = "slim-labels";
	f->generation = source_open_with(&options, NULL);
	assert_int_equal(trfs_view_open(f->generation, NULL, &f->view, err), 0);
	assert_int_equal(trfs_side_files_open(f->view, NULL, &f->side_files, err), 0);
	f->template_before = f->generation->plan->name_template;
	f->generation->plan->name_template = (char *)(uintptr_t)shard_names;
	f->content.view = f->view;
	f->content.side_files = f->side_files;
	f->content.uid = 12;
	f->content.mode = 0440;
	f->content.gid = 34;
	return trfs_tree_init(&f->tree, &f->content, err);
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
	trfs_side_files_free(f->side_files);
	trfs_view_free(f->view);
	trfs_generation_free(f->generation);
}

static struct stat stat_of(const struct fixture *f, uint64_t inode)
{
	struct stat st;

	assert_int_equal(trfs_tree_stat(&f->tree, inode, &st, NULL), 0);
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
	bool is_listed;

	trfs_buffer_init(&names, 10000);
	for (uint64_t i = 0;
	     (name = trfs_tree_entry(&f->tree, directory, i, &inode, &is_listed)); i++) {
		if (is_listed)
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
	size_t i_side;

	(void)state;
	set_up(&f, "{split}-{shard}-of-{shards}.tfrecord");
	check_listing(&f, TRFS_INODE_ROOT, TRFS_INODE_ROOT,
		      ". .. labels.txt test-00000-of-00002.tfrecord "
		      "test-00001-of-00002.tfrecord "
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
		assert_int_equal(st.st_mode, S_IFREG | 0440);
		assert_int_equal(st.st_nlink, 1);
		assert_int_equal(st.st_size, trfs_generation_shard_size(f.generation, i));
		assert_null(trfs_tree_directory(&f.tree, st.st_ino));
		assert_false(trfs_tree_side_file(&f.tree, st.st_ino, &i_side));
	}
	tear_down(&f);
}

static void names_with_slashes_make_directories(void **state)
{
	struct fixture f = { 0 };
	static const char *const directories[] = { "epochs", "all", NULL };
	uint64_t all, train;
	struct stat st;

	(void)state;
	f.content.directories = directories;
	set_up(&f, "all/{split}/{split}-{shard}");
	all = find(&f, "all");
	train = find(&f, "all/train");
	check_listing(&f, TRFS_INODE_ROOT, TRFS_INODE_ROOT, ". .. all epochs labels.txt");
	check_listing(&f, find(&f, "epochs"), TRFS_INODE_ROOT, ". ..");
	check_listing(&f, all, TRFS_INODE_ROOT, ". .. test train");
	check_listing(&f, train, all, ". .. train-00000 train-00001 train-00002");
	assert_int_equal(stat_of(&f, TRFS_INODE_ROOT).st_nlink, 4);
	assert_int_equal(stat_of(&f, all).st_nlink, 4);
	st = stat_of(&f, train);
	assert_int_equal(st.st_nlink, 2);
	assert_int_equal(st.st_mode, S_IFDIR | 0550);
	assert_int_equal(find(&f, "train"), 0);
	assert_int_equal(find(&f, "all/train/train-00003"), 0);
	assert_int_equal(find(&f, "labels.txt/x"), 0);
	assert_int_equal(find(&f, "all/train/train-00001"), TRFS_INODE_SHARD + 1);
	tear_down(&f);
}

static void side_files_are_what_they_hold(void **state)
{
	struct fixture f = { 0 };
	struct stat st;
	size_t i;

	(void)state;
	set_up(&f, "{split}/{shard}");
	st = stat_of(&f, find(&f, "labels.txt"));
	assert_int_equal(st.st_mode, S_IFREG | 0440);
	assert_int_equal(st.st_size, strlen("0:cat\n1:dog\n"));
	assert_int_equal(st.st_blocks, 1);
	assert_true(trfs_tree_side_file(&f.tree, st.st_ino, &i));
	assert_string_equal(trfs_side_files_path(f.side_files, i), "labels.txt");
	tear_down(&f);
}

static void own_files_are_found_but_not_listed(void **state)
{
	struct fixture f = { .content.own_files = true };
	enum trfs_own_file own;

	(void)state;
	set_up(&f, "{split}-{shard}");
	check_listing(&f, TRFS_INODE_ROOT, TRFS_INODE_ROOT,
		      ". .. labels.txt test-00000 test-00001 train-00000 train-00001 "
		      "train-00002");
	assert_true(trfs_tree_own_file(&f.tree, find(&f, ".tfrecordfs/metrics"), &own));
	assert_int_equal(own, TRFS_OWN_METRICS);
	assert_true(trfs_tree_own_file(&f.tree, find(&f, ".tfrecordfs/version"), &own));
	assert_int_equal(own, TRFS_OWN_VERSION);
	tear_down(&f);
}

static void every_inode_is_of_one_kind_and_the_next_is_none(void **state)
{
	struct fixture f = { .content.own_files = true };
	uint64_t nr = 0, kinds[4] = { 0 };
	enum trfs_own_file own;
	bool is_listed;
	struct stat st;
	uint32_t shard;
	size_t side;

	(void)state;
	set_up(&f, "a/{split}/{shard}");
	for (uint64_t inode = 1; trfs_tree_stat(&f.tree, inode, &st, NULL) == 0;
	     inode++) {
		bool is[4] = { trfs_tree_shard(&f.tree, inode, &shard),
			       trfs_tree_side_file(&f.tree, inode, &side),
			       trfs_tree_own_file(&f.tree, inode, &own),
			       trfs_tree_directory(&f.tree, inode) != NULL };

		assert_int_equal(is[0] + is[1] + is[2] + is[3], 1);
		for (size_t i = 0; i < 4; i++)
			kinds[i] += is[i];
		nr++;
	}
	assert_int_equal(nr, f.tree.nr_nodes);
	assert_int_equal(kinds[0], NR_SHARDS);
	assert_int_equal(kinds[1], 1);
	assert_int_equal(kinds[2], TRFS_NR_OWN_FILES);
	assert_int_equal(kinds[3], 5);
	assert_int_equal(trfs_tree_stat(&f.tree, 0, &st, NULL), -ENOENT);
	assert_int_equal(trfs_tree_lookup(&f.tree, nr + 1, "x"), 0);
	assert_null(trfs_tree_entry(&f.tree, nr + 1, 0, &nr, &is_listed));
	tear_down(&f);
}

static void check_refused(const char *shard_names, const char *wanted)
{
	struct fixture f = { 0 };
	struct trfs_error err = { 0 };

	assert_int_equal(try_tree(&f, shard_names, &err), -EINVAL);
	if (!strstr(err.message, wanted))
		fail_msg("%s", err.message);
	tear_down(&f);
}

static void names_that_cannot_be_shown_are_refused(void **state)
{
	(void)state;
	check_refused("x-{shard}", "would be called \"x-00000\"");
	check_refused("labels.txt/{split}-{shard}", "would be called \"labels.txt\"");
	check_refused("../{split}-{shard}", "\"../train-00000\"");
	check_refused("a//{split}-{shard}", "\"a//train-00000\"");
	check_refused("{split}-{shard}/", "\"train-00000/\"");
	check_refused("/{split}-{shard}", "\"/train-00000\"");
	check_refused("./{split}-{shard}", "\"./train-00000\"");
}

/* A mount's service over the source, whose shards lie in directories. */
struct served {
	struct trfs_generation *generation;
	struct trfs_service service;
};

static void serve(struct served *s)
{
	struct trfs_options options;
	struct trfs_error err = { 0 };

	source_write();
	options = source_options();
	options.side_files = "slim-labels";
	options.shard_names = "all/{split}/{shard}";
	s->generation = source_open_with(&options, NULL);
	if (trfs_service_init(&s->service, s->generation, &err) < 0)
		fail_msg("%s", err.message);
}

static void stop(struct served *s)
{
	trfs_service_done(&s->service);
}

/* The place of @path; end with trfs_service_give(). */
static struct trfs_place_shown place_of(struct served *s, const char *path)
{
	uint64_t inode = TRFS_INODE_ROOT;
	char copy[256], *rest = copy, *name;
	struct trfs_place_shown place;

	snprintf(copy, sizeof(copy), "%s", path);
	while (*path && (name = strsep(&rest, "/")))
		assert_int_equal(
			trfs_service_look_up(&s->service, inode, name, &inode, NULL), 0);
	assert_int_equal(trfs_service_take(&s->service, inode, &place, NULL), 0);
	return place;
}

static void check_attribute(struct served *s, const char *path, const char *name,
			    const char *wanted)
{
	struct trfs_place_shown place = place_of(s, path);
	struct trfs_buffer value;
	int rc;

	trfs_buffer_init(&value, 1000);
	rc = trfs_attribute_get(&s->service, &place, name, &value);
	if (wanted)
		assert_string_equal(trfs_buffer_text(&value), wanted);
	assert_int_equal(rc, wanted ? 0 : -ENODATA);
	trfs_buffer_done(&value);
	trfs_service_give(&place);
}

static void check_attribute_names(struct served *s, const char *path, const char *wanted)
{
	struct trfs_place_shown place = place_of(s, path);
	struct trfs_buffer names;

	trfs_buffer_init(&names, 10000);
	trfs_attribute_list(&place, &names);
	for (size_t i = 0; i < names.len; i++)
		if (names.data[i] == '\0')
			names.data[i] = ' ';
	assert_string_equal(trfs_buffer_text(&names), wanted);
	trfs_buffer_done(&names);
	trfs_service_give(&place);
}

static void attributes_of_directories_count_all_that_is_beneath(void **state)
{
	struct served s;
	uint64_t size = 0;
	char text[32];

	(void)state;
	serve(&s);
	for (uint32_t i = 0; i < 3; i++)
		size += trfs_generation_shard_size(s.generation, i);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)size);
	check_attribute(&s, "all/train", "user.tfrecordfs.num_shards", "3");
	check_attribute(&s, "all/train", "user.tfrecordfs.num_examples", "45");
	check_attribute(&s, "all/train", "user.tfrecordfs.size", text);
	check_attribute(&s, "all", "user.tfrecordfs.num_examples", "60");
	check_attribute(&s, "", "user.tfrecordfs.num_shards", "5");
	check_attribute(&s, "", "user.tfrecordfs.view", "");
	check_attribute_names(&s, "all/train",
			      "user.tfrecordfs.view user.tfrecordfs.num_examples "
			      "user.tfrecordfs.num_shards user.tfrecordfs.size ");
	check_attribute_names(&s, "labels.txt", "");
	check_attribute(&s, "all", "user.tfrecordfs.source", NULL);
	stop(&s);
}

static void views_are_found_by_any_spelling_and_counted(void **state)
{
	struct served s;
	uint64_t epochs, inode;

	(void)state;
	serve(&s);
	check_attribute(&s, "epochs/7/shards/2/all/train", "user.tfrecordfs.view",
			"epochs/7/shards/2");
	check_attribute(&s, "shards/2/epochs/7/all/train", "user.tfrecordfs.num_shards",
			"2");
	/* epochs and shards are the root's own directories. */
	assert_int_equal(trfs_view_nodes_nr(s.service.nodes), 6);
	assert_int_equal(trfs_service_look_up(&s.service, TRFS_INODE_ROOT, "epochs",
					      &epochs, NULL),
			 0);
	assert_int_equal(trfs_service_look_up(&s.service, epochs, "07", &inode, NULL),
			 -ENOENT);
	assert_int_equal(trfs_service_look_up(&s.service, epochs, "8", &inode, NULL), 0);
	assert_int_equal(trfs_view_nodes_nr(s.service.nodes), 7);
	trfs_service_forget(&s.service, inode, 1);
	assert_int_equal(trfs_view_nodes_nr(s.service.nodes), 6);
	stop(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shards_of_one_directory_are_sorted_by_name),
		TEST(names_with_slashes_make_directories),
		TEST(side_files_are_what_they_hold),
		TEST(own_files_are_found_but_not_listed),
		TEST(every_inode_is_of_one_kind_and_the_next_is_none),
		TEST(names_that_cannot_be_shown_are_refused),
		TEST(attributes_of_directories_count_all_that_is_beneath),
		TEST(views_are_found_by_any_spelling_and_counted),
	};

	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
