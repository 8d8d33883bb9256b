/* SPDX-License-Identifier: MIT */
/* Manifest paths made relative to the root: by their text alone, never out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/file.h"

#include <errno.h>

/* Nothing of these exists: a look-up would fail. */
static char data_images[] = "/data/images";
static char topmost[] = "";
static const struct trfs_root root = { .fd = -1, .path = data_images };
static const struct trfs_root top = { .fd = -1, .path = topmost };

static void expect(const struct trfs_root *r, const char *path, const char *wanted)
{
	struct trfs_buffer buf;
	int rc;

	trfs_buffer_init(&buf, 1000);
	trfs_buffer_put(&buf, "kept/", 5);
	rc = trfs_root_relative(r, trfs_bytes_of(path), &buf);
	if (rc < 0)
		fail_msg("%s: %s", path, strerror(-rc));
	assert_int_equal(buf.len, 5 + strlen(wanted));
	assert_memory_equal(buf.data, "kept/", 5);
	assert_string_equal((char *)buf.data + 5, wanted);
	trfs_buffer_done(&buf);
}

static void expect_refusal(const struct trfs_root *r, const char *path, int wanted)
{
	struct trfs_buffer buf;
	int rc;

	trfs_buffer_init(&buf, 1000);
	trfs_buffer_put(&buf, "kept", 4);
	rc = trfs_root_relative(r, trfs_bytes_of(path), &buf);
	if (rc != wanted)
		fail_msg("%s: %d", path, rc);
	assert_int_equal(buf.len, 4);
	assert_memory_equal(buf.data, "kept", 4);
	trfs_buffer_done(&buf);
}

static void relative_paths_are_folded(void **state)
{
	(void)state;
	expect(&root, "a.jpg", "a.jpg");
	expect(&root, "./a//b/./c.jpg", "a/b/c.jpg");
	expect(&root, "a/../b.jpg", "b.jpg");
	expect(&root, "a/b/../../c/d/../e.jpg", "c/e.jpg");
	expect(&root, "a/", "a");
	expect(&root, "..a/...", "..a/...");
	expect(&root, ".", ".");
	expect(&root, "a/..", ".");
}

static void absolute_paths_beneath_are_cut(void **state)
{
	(void)state;
	expect(&root, "/data/images/a.jpg", "a.jpg");
	expect(&root, "//data/./x/../images//sub/a.jpg", "sub/a.jpg");
	expect(&root, "/../data/images/a.jpg", "a.jpg");
	expect(&root, "/data/images", ".");
	expect(&root, "/data/images/", ".");
	expect(&top, "/a/b.jpg", "a/b.jpg");
}

static void what_leaves_the_root_is_refused(void **state)
{
	(void)state;
	expect_refusal(&root, "..", -EXDEV);
	expect_refusal(&root, "../images/a.jpg", -EXDEV);
	expect_refusal(&root, "a/../../b.jpg", -EXDEV);
	expect_refusal(&root, "/data/images/../a.jpg", -EXDEV);
	expect_refusal(&root, "/data/images2/a.jpg", -EXDEV);
	expect_refusal(&root, "/data/image", -EXDEV);
	expect_refusal(&root, "/data", -EXDEV);
	expect_refusal(&root, "/", -EXDEV);
	expect_refusal(&top, "../a", -EXDEV);
}

static void empty_paths_and_nuls_are_refused(void **state)
{
	struct trfs_buffer buf;

	(void)state;
	expect_refusal(&root, "", -EINVAL);
	trfs_buffer_init(&buf, 100);
	assert_int_equal(
		trfs_root_relative(
			&root, (struct trfs_bytes){ (const uint8_t *)"a\0b", 3 }, &buf),
		-EINVAL);
	trfs_buffer_done(&buf);
}

static void a_buffer_too_small_is_an_error(void **state)
{
	struct trfs_buffer buf;

	(void)state;
	trfs_buffer_init(&buf, 4);
	assert_int_equal(trfs_root_relative(&root, trfs_bytes_of("a.jpg"), &buf),
			 -ENOMEM);
	assert_int_equal(buf.len, 0);
	trfs_buffer_reset(&buf);
	assert_int_equal(trfs_root_relative(&root, trfs_bytes_of("a.jp"), &buf), 0);
	trfs_buffer_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relative_paths_are_folded),
		cmocka_unit_test(absolute_paths_beneath_are_cut),
		cmocka_unit_test(what_leaves_the_root_is_refused),
		cmocka_unit_test(empty_paths_and_nuls_are_refused),
		cmocka_unit_test(a_buffer_too_small_is_an_error),
	};

	return cmocka_run_group_tests_name("root_path", tests, NULL, NULL);
}
