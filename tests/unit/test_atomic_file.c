/* SPDX-License-Identifier: MIT */
/* Atomic files: there whole or not at all, and nothing is left lying about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/file.h"
#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect_content(const char *path, const char *wanted)
{
	struct trfs_error err = { 0 };
	struct trfs_buffer buf;

	trfs_buffer_init(&buf, 1000);
	assert_int_equal(trfs_file_read_all(path, 1000, &buf, &err), 0);
	assert_string_equal(trfs_buffer_text(&buf), wanted);
	trfs_buffer_done(&buf);
}

static unsigned int nr_files(const char *path)
{
	DIR *directory = opendir(path);
	unsigned int nr = 0;

	assert_non_null(directory);
	for (struct dirent *e = readdir(directory); e; e = readdir(directory))
		nr += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(directory);
	return nr;
}

static void a_file_appears_at_the_commit(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_atomic_file f;
	struct stat st;

	(void)state;
	assert_int_equal(trfs_atomic_file_start(&f, ".", "index", &err), 0);
	assert_int_equal(trfs_atomic_file_write(&f, "....", 4, &err), 0);
	assert_int_equal(trfs_atomic_file_write(&f, " body", 5, &err), 0);
	assert_int_equal(f.offset, 9);
	assert_int_equal(trfs_atomic_file_rewrite(&f, 0, "head", 4, &err), 0);
	assert_int_equal(f.offset, 9);
	assert_int_equal(access("index", F_OK), -1);
	assert_int_equal(trfs_atomic_file_write(&f, "!", 1, &err), 0);
	assert_int_equal(trfs_atomic_file_commit(&f, &err), 0);
	expect_content("index", "head body!");
	assert_int_equal(nr_files("."), 1);
	assert_int_equal(stat("index", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	trfs_atomic_file_abort(&f);
	expect_content("index", "head body!");
}

static void a_commit_replaces_what_was_there(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_atomic_file f;

	(void)state;
	scratch_write("index", "old and longer");
	assert_int_equal(trfs_atomic_file_start(&f, ".", "index", &err), 0);
	assert_int_equal(trfs_atomic_file_write(&f, "new", 3, &err), 0);
	expect_content("index", "old and longer");
	assert_int_equal(trfs_atomic_file_commit(&f, &err), 0);
	expect_content("index", "new");
}

/* fault: writing given up | before the commit | the old file stays, nothing else */
static void an_abort_leaves_nothing(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_atomic_file f;

	(void)state;
	scratch_write("index", "old");
	assert_int_equal(trfs_atomic_file_start(&f, ".", "index", &err), 0);
	assert_int_equal(trfs_atomic_file_write(&f, "new", 3, &err), 0);
	assert_int_equal(nr_files("."), 2);
	trfs_atomic_file_abort(&f);
	assert_int_equal(nr_files("."), 1);
	expect_content("index", "old");
	trfs_atomic_file_abort(&f);
}

static void aborting_what_never_started_closes_nothing(void **state)
{
	struct trfs_atomic_file f = { 0 };
	struct trfs_error err = { 0 };
	int pipe_ends[2];

	(void)state;
	/* A zeroed struct says descriptor 0, which must not be taken at its word. */
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(dup2(pipe_ends[0], 0), 0);
	trfs_atomic_file_abort(&f);
	assert_true(fcntl(0, F_GETFD) >= 0);
	assert_int_equal(trfs_atomic_file_start(&f, "missing", "index", &err), -ENOENT);
	trfs_atomic_file_abort(&f);
	assert_true(fcntl(0, F_GETFD) >= 0);
	trfs_file_close(pipe_ends[0]);
	trfs_file_close(pipe_ends[1]);
}

static void two_at_once_do_not_mix(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_atomic_file a, b;

	(void)state;
	assert_int_equal(trfs_atomic_file_start(&a, ".", "index", &err), 0);
	assert_int_equal(trfs_atomic_file_start(&b, ".", "index", &err), 0);
	assert_int_equal(trfs_atomic_file_write(&a, "a", 1, &err), 0);
	assert_int_equal(trfs_atomic_file_write(&b, "b", 1, &err), 0);
	assert_int_equal(trfs_atomic_file_commit(&b, &err), 0);
	expect_content("index", "b");
	assert_int_equal(trfs_atomic_file_commit(&a, &err), 0);
	expect_content("index", "a");
	assert_int_equal(nr_files("."), 1);
}

static void what_cannot_start_is_named(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_atomic_file f;

	(void)state;
	assert_int_equal(trfs_atomic_file_start(&f, "missing", "index", &err), -ENOENT);
	assert_string_equal(
		err.message,
		"cannot open the directory missing: No such file or directory");
	assert_int_equal(trfs_atomic_file_start(&f, ".", "../index", &err), -EINVAL);
	assert_int_equal(trfs_atomic_file_start(&f, ".", "", &err), -EINVAL);
	assert_int_equal(nr_files("."), 0);
}

static void only_what_was_written_can_be_rewritten(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_atomic_file f;

	(void)state;
	assert_int_equal(trfs_atomic_file_start(&f, ".", "index", &err), 0);
	assert_int_equal(trfs_atomic_file_write(&f, "1234", 4, &err), 0);
	assert_int_equal(trfs_atomic_file_rewrite(&f, 1, "abcd", 4, &err), -EINVAL);
	assert_int_equal(trfs_atomic_file_rewrite(&f, UINT64_MAX, "ab", 2, &err),
			 -EINVAL);
	assert_int_equal(trfs_atomic_file_rewrite(&f, 1, "abc", 3, &err), 0);
	assert_int_equal(trfs_atomic_file_commit(&f, &err), 0);
	expect_content("index", "1abc");
}

/* fault: disk full | when a file of the index is written | told, nothing is left */
static void a_full_disk_is_said_and_leaves_nothing(void **state)
{
	struct rlimit usual, tiny;
	struct trfs_error err = { 0 };
	struct trfs_atomic_file f;
	int rc;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
	tiny = usual;
	tiny.rlim_cur = 5;
	assert_int_equal(trfs_atomic_file_start(&f, ".", "index", &err), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
	rc = trfs_atomic_file_write(&f, "12345678", 8, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
	assert_int_equal(rc, -EFBIG);
	assert_string_equal(err.message,
			    "cannot write ./index at byte 5: File too large");
	assert_int_equal(f.offset, 0);
	trfs_atomic_file_abort(&f);
	assert_int_equal(nr_files("."), 0);
}

/* A process that is killed between start and commit. */
static void be_killed_in_writing(void)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct trfs_atomic_file f;

		if (trfs_atomic_file_start(&f, ".", "index", NULL) < 0 ||
		    trfs_atomic_file_write(&f, "half", 4, NULL) < 0)
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void what_a_killed_process_left_goes_with_the_next_start(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_atomic_file f;

	(void)state;
	scratch_write("index", "old");
	be_killed_in_writing();
	assert_int_equal(nr_files("."), 2);
	be_killed_in_writing();
	assert_int_equal(nr_files("."), 2);
	expect_content("index", "old");
	assert_int_equal(trfs_atomic_file_start(&f, ".", "index", &err), 0);
	assert_int_equal(nr_files("."), 2);
	assert_int_equal(trfs_atomic_file_write(&f, "new", 3, &err), 0);
	assert_int_equal(trfs_atomic_file_commit(&f, &err), 0);
	assert_int_equal(nr_files("."), 1);
	expect_content("index", "new");
}

static void what_others_called_like_leftovers_stays(void **state)
{
	static const char *const names[] = { ".tfrecordfs-1", ".tmp",
					     ".tfrecordfs-.tmp.1", "tfrecordfs-1-0.tmp" };
	struct trfs_error err = { 0 };
	struct trfs_atomic_file f;

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(names); i++)
		scratch_write(names[i], "");
	assert_int_equal(mkdir(".tfrecordfs-2-0.tmp", 0700), 0);
	assert_int_equal(symlink(".tmp", ".tfrecordfs-3-0.tmp"), 0);
	assert_int_equal(mkfifo(".tfrecordfs-4-0.tmp", 0600), 0);
	assert_int_equal(trfs_atomic_file_start(&f, ".", "index", &err), 0);
	assert_int_equal(nr_files("."), TRFS_COUNT(names) + 4);
	trfs_atomic_file_abort(&f);
}

/* Some write, some are killed in it, all at the same time and in the same place. */
static void who_writes_is_not_taken_for_a_leftover(void **state)
{
	enum { NR_WRITERS = 4, NR_ROUNDS = 100 };
	pid_t pids[NR_WRITERS];

	(void)state;
	for (unsigned int i = 0; i < NR_WRITERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		for (unsigned int k = 0; pids[i] == 0 && k < NR_ROUNDS; k++) {
			struct trfs_atomic_file f;

			if (trfs_atomic_file_start(&f, ".", "index", NULL) < 0 ||
			    trfs_atomic_file_write(&f, "whole", 5, NULL) < 0 ||
			    trfs_atomic_file_commit(&f, NULL) < 0)
				_exit(1);
		}
		if (pids[i] == 0)
			_exit(0);
	}
	for (unsigned int k = 0; k < 20; k++)
		be_killed_in_writing();
	for (unsigned int i = 0; i < NR_WRITERS; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	expect_content("index", "whole");
}

#define test_in_scratch(f)                                                               \
	cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_in_scratch(a_file_appears_at_the_commit),
		test_in_scratch(a_commit_replaces_what_was_there),
		test_in_scratch(an_abort_leaves_nothing),
		test_in_scratch(aborting_what_never_started_closes_nothing),
		test_in_scratch(two_at_once_do_not_mix),
		test_in_scratch(what_cannot_start_is_named),
		test_in_scratch(only_what_was_written_can_be_rewritten),
		test_in_scratch(a_full_disk_is_said_and_leaves_nothing),
		test_in_scratch(what_a_killed_process_left_goes_with_the_next_start),
		test_in_scratch(what_others_called_like_leftovers_stays),
		test_in_scratch(who_writes_is_not_taken_for_a_leftover),
	};

	umask(022);
	return cmocka_run_group_tests_name("atomic_file", tests, NULL, NULL);
}
