/* SPDX-License-Identifier: MIT */
/* Images in doubt: each is told in one sentence, none is dropped silently, none hangs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loading.h"
#include "pictures.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void missing_images_are_named_with_a_guess(void **state)
{
	(void)state;
	picture_write("img/d/a.jpeg", picture_png);
	check_csv(
		"d/a.png,x\nnone.png,x\nplain,x\n",
		"l.csv: 3 of 4 images are missing: d/a.png (line 3) does not exist (did "
		"you mean a.jpeg?); none.png (line 4) does not exist; plain (line 5) "
		"does "
		"not exist, nor with an extension such as .jpg" ADVICE);
}

static void one_problem_is_told_in_the_singular(void **state)
{
	(void)state;
	check_csv("a.png,x\n", "l.csv: 1 of 2 images is missing: a.png (line 3) does not "
			       "exist" ADVICE);
}

static void only_the_first_five_are_named(void **state)
{
	struct trfs_options options = options_for("l.csv");
	FILE *f = fopen("l.csv", "w");

	(void)state;
	assert_non_null(f);
	assert_int_equal(mkdir("img", 0755), 0);
	fprintf(f, "file\n");
	for (int i = 0; i < 1234; i++)
		fprintf(f, "%d.png\n", i);
	assert_int_equal(fclose(f), 0);
	check_fails(
		&options, -EBADMSG,
		"l.csv: 1,234 of 1,234 images are missing: 0.png (line 2) does not "
		"exist; 1.png (line 3) does not exist; 2.png (line 4) does not exist; "
		"3.png (line 5) does not exist; 4.png (line 6) does not exist; and "
		"1,229 more" ADVICE);
}

static void long_names_never_push_the_advice_out(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c = NULL;
	struct trfs_error err = { 0 };
	FILE *f = fopen("l.csv", "w");

	(void)state;
	assert_non_null(f);
	assert_int_equal(mkdir("img", 0755), 0);
	fprintf(f, "file\n");
	for (int i = 0; i < 9; i++) {
		fprintf(f, "%d", i);
		for (int k = 0; k < 3000; k++)
			fprintf(f, "ö");
		fprintf(f, ".png\n");
	}
	assert_int_equal(fclose(f), 0);
	assert_int_equal(trfs_catalog_load(&options, NULL, &c, &err), -EBADMSG);
	assert_non_null(strstr(err.message, "9 of 9 images are missing: ...ö"));
	assert_non_null(strstr(err.message, ".png (line 2) does not exist"));
	assert_non_null(strstr(err.message, "more" ADVICE));
}

static void files_that_are_no_images_are_told(void **state)
{
	struct trfs_options options = options_for(NULL);
	struct trfs_catalog *c;
	char wanted[512];

	picture_write("img/x/a.png", picture_png);
	picture_write("img/x/b.png", trfs_bytes_of(""));
	picture_write("img/x/c.png",
		      (struct trfs_bytes){ picture_png.data, picture_png.len - 13 });
	picture_write("img/x/d.jpg", trfs_bytes_of("version https://git-lfs.github.com"));
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	check_names(c, "x/a.png");
	assert_int_equal(c->problems.nr, 3);
	check_problem(c, 0, 0, "bad image", "x/b.png", "is empty");
	for (uint64_t i = 1; i < 3; i++)
		assert_int_equal(c->problems.items[i].kind, TRFS_PROBLEM_BAD_IMAGE);
	trfs_catalog_free(c);

	options.on_bad = TRFS_ON_BAD_FAIL;
	assert_int_equal(unlink("img/x/c.png"), 0);
	assert_int_equal(unlink("img/x/d.jpg"), 0);
	snprintf(wanted, sizeof(wanted),
		 "%s/img: 1 of 2 images is bad: x/b.png is empty" ADVICE,
		 scratch_path(state));
	check_fails(&options, -EBADMSG, wanted);
}

static void what_never_ends_is_never_waited_for(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
				       .sun_path = "img/socket.png" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(mkdir("img", 0755), 0);
	assert_int_equal(mkfifo("img/fifo.png", 0644), 0);
	assert_int_equal(mkdir("img/dir.png", 0755), 0);
	assert_int_equal(symlink("loop.png", "img/loop.png"), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	check_csv(
		"fifo.png,x\nsocket.png,x\ndir.png,x\nloop.png,x\n",
		"l.csv: 4 of 5 images cannot be read: fifo.png (line 3) is not a regular "
		"file; socket.png (line 4) is not a regular file; dir.png (line 5) is a "
		"directory; loop.png (line 6) is a loop of symbolic links" ADVICE);
	close(fd);
}

static void paths_that_leave_the_source_are_refused(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	picture_write("out/a.png", picture_png);
	assert_int_equal(mkdir("img", 0755), 0);
	assert_int_equal(symlink("../out/a.png", "img/link.png"), 0);
	check_csv("../out/a.png,x\n/etc/passwd.png,x\nlink.png,x\n",
		  "l.csv: 3 of 4 images leave the source: ../out/a.png (line 3) lies "
		  "outside the source; /etc/passwd.png (line 4) lies outside the source; "
		  "link.png (line 5) is reached by a symbolic link out of the source "
		  "(--follow allows it)" ADVICE);

	options.follow = true;
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	check_names(c, "ok.png link.png");
	assert_int_equal(c->problems.nr, 2);
	check_problem(c, 1, 4, "outside", "/etc/passwd.png", "lies outside the source");
	trfs_catalog_free(c);
}

static void the_newest_image_dates_the_catalog(void **state)
{
	static const time_t seconds[] = { 1000, 3000, 2000 };
	struct trfs_options options = options_for(NULL);
	struct trfs_catalog *c;

	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct timespec times[2] = { { .tv_sec = seconds[i] },
						   { .tv_sec = seconds[i] } };
		char path[] = "img/x/0.png";

		path[6] = (char)('0' + i);
		picture_write(path, picture_png);
		assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	}
	c = load(&options);
	assert_true(c->newest_mtime_ns == 3000 * INT64_C(1000000000));
	trfs_catalog_free(c);
}

static void formats_are_let_in_on_request(void **state)
{
	static const uint8_t webp[] = "RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07"
				      "\x10\x11\x11\x88\x88\xfe\x07\0";
	struct trfs_options options = options_for(NULL);
	struct trfs_catalog *c;

	(void)state;
	picture_write("img/x/a.png", picture_png);
	picture_write("img/x/b.webp", (struct trfs_bytes){ webp, sizeof(webp) - 1 });
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	check_names(c, "x/a.png");
	assert_int_equal(c->problems.items[0].kind, TRFS_PROBLEM_FORMAT);
	trfs_catalog_free(c);

	options.formats = "webp";
	c = load(&options);
	check_names(c, "x/a.png x/b.webp");
	assert_int_equal(appearance_of(c, 1)->format, TRFS_IMAGE_WEBP);
	trfs_catalog_free(c);
}

static void the_full_check_finds_what_the_header_hides(void **state)
{
	struct trfs_options options = options_for(NULL);
	struct trfs_catalog *c;
	uint8_t broken[128];

	(void)state;
	memcpy(broken, picture_png.data, picture_png.len);
	broken[0x2b] ^= 0x55; /* within the compressed pixels */
	picture_write("img/x/a.png", picture_png);
	picture_write("img/x/b.png", (struct trfs_bytes){ broken, picture_png.len });
	c = load(&options);
	assert_int_equal(c->nr_examples, 2);
	trfs_catalog_free(c);

	options.check = TRFS_CHECK_FULL;
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	check_names(c, "x/a.png");
	assert_int_equal(c->problems.items[0].kind, TRFS_PROBLEM_BAD_IMAGE);
	trfs_catalog_free(c);
}

/* Root reads everything, so root becomes somebody else for this. */
static void unreadable_images_are_told(void **state)
{
	uid_t me = geteuid();

	assert_int_equal(chmod(scratch_path(state), 0777), 0);
	pictures_write("a.png ok.png");
	scratch_write("l.csv", "");
	assert_int_equal(chmod("l.csv", 0666), 0);
	assert_int_equal(chmod("img/ok.png", 0666), 0);
	assert_int_equal(chmod("img/a.png", 0), 0);
	if (me == 0 && seteuid(65534) < 0)
		skip();
	check_csv("a.png,x\n",
		  "l.csv: 1 of 2 images cannot be read: a.png (line 3) cannot "
		  "be opened: Permission denied" ADVICE);
	assert_int_equal(seteuid(me), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_source(void *user, const char *what, uint64_t done, uint64_t total)
{
	(void)user;
	(void)done;
	(void)total;
	if (strncmp(what, "Reading", 7) == 0)
		nftw("img", remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void replace_source(void *user, const char *what, uint64_t done, uint64_t total)
{
	remove_source(user, what, done, total);
	if (strncmp(what, "Reading", 7) == 0)
		assert_int_equal(mkdir("img", 0755), 0);
}

/* Not a list of missing images, and not an empty data set with --on-bad=skip. */
static void a_source_that_vanishes_fails_as_a_whole(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_progress progress = { .report = remove_source };
	struct trfs_catalog *c = NULL;
	struct trfs_error err = { 0 };

	(void)state;
	scratch_write("l.csv", "file\na.png\n");
	options.on_bad = TRFS_ON_BAD_SKIP;
	picture_write("img/a.png", picture_png);
	assert_int_equal(trfs_catalog_load(&options, &progress, &c, &err), -ENOENT);
	assert_non_null(strstr(err.message, "the source vanished while it was scanned"));

	progress.report = replace_source;
	picture_write("img/a.png", picture_png);
	assert_int_equal(trfs_catalog_load(&options, &progress, &c, &err), -ENOENT);
	assert_non_null(strstr(err.message, "was replaced while it was scanned"));
	assert_null(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(missing_images_are_named_with_a_guess),
		TEST(one_problem_is_told_in_the_singular),
		TEST(only_the_first_five_are_named),
		TEST(long_names_never_push_the_advice_out),
		TEST(files_that_are_no_images_are_told),
		TEST(what_never_ends_is_never_waited_for),
		TEST(paths_that_leave_the_source_are_refused),
		TEST(the_newest_image_dates_the_catalog),
		TEST(formats_are_let_in_on_request),
		TEST(the_full_check_finds_what_the_header_hides),
		TEST(unreadable_images_are_told),
		TEST(a_source_that_vanishes_fails_as_a_whole),
	};

	return cmocka_run_group_tests_name("catalog images", tests, NULL, NULL);
}
