/* SPDX-License-Identifier: MIT */
/*
 * An index is complete or absent, whenever its writer is killed or the power fails, and
 * what is read with it is right.  The calls that change files are our own functions here:
 * they kill the process at one of them, record them, or let something else happen.
 */
#include "disk_replay.h"
#include "scratch.h"
#include "source_fixture.h"

#include "base/file.h"
#include "index/generation.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* --- Calls --- */

static struct disk_record *recording; /* NULL: nothing is recorded */
static unsigned int at_call;	      /* when it happens: at the n-th call from now */
static void (*happens)(void);

static void reach_call(void)
{
	if (at_call > 0 && --at_call == 0)
		happens();
}

int openat(int directory, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list arguments;
	int fd;

	/* Threads that open images leave everything above alone. */
	if (!(flags & O_CREAT))
		return (int)syscall(SYS_openat, directory, name, flags, 0);
	va_start(arguments, flags);
	mode = va_arg(arguments, mode_t);
	va_end(arguments);
	reach_call();
	fd = (int)syscall(SYS_openat, directory, name, flags, mode);
	if (fd >= 0 && recording)
		disk_record_create(recording, fd, name);
	return fd;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	ssize_t n;

	reach_call();
	n = syscall(SYS_pwrite64, fd, data, len, offset);
	if (n > 0 && recording)
		disk_record_write(recording, fd, (uint64_t)offset, data, (size_t)n);
	return n;
}

int futimens(int fd, const struct timespec times[2])
{
	int rc;

	reach_call();
	rc = (int)syscall(SYS_utimensat, fd, NULL, times, 0);
	if (rc == 0 && recording)
		disk_record_date(recording, fd, times[1]);
	return rc;
}

int fsync(int fd)
{
	reach_call();
	if (recording)
		disk_record_sync(recording, fd);
	return 0;
}

int renameat(int directory, const char *name, int to_directory, const char *to)
{
	int rc;

	reach_call();
	rc = (int)syscall(SYS_renameat2, directory, name, to_directory, to, 0);
	if (rc == 0 && recording)
		disk_record_rename(recording, name, to);
	return rc;
}

int unlinkat(int directory, const char *name, int flags)
{
	int rc;

	reach_call();
	rc = (int)syscall(SYS_unlinkat, directory, name, flags);
	if (rc == 0 && recording)
		disk_record_remove(recording, name);
	return rc;
}

/* --- Two histories --- */

static void index_source(void)
{
	trfs_generation_free(source_open("index"));
}

static void begin_with_nothing(void)
{
	source_write();
}

/* An index and checksums of fewer images. */
static void begin_with_an_earlier_index(void)
{
	struct trfs_generation *g;
	struct trfs_buffer bytes;

	source_write();
	g = source_open("index");
	bytes = source_bytes(g);
	trfs_buffer_done(&bytes);
	trfs_generation_free(g);
	source_write_image(SOURCE_NR_IMAGES, 0);
}

static struct trfs_buffer right_bytes(void)
{
	struct trfs_generation *g = source_open(NULL);
	struct trfs_buffer bytes = source_bytes(g);

	trfs_generation_free(g);
	return bytes;
}

static void remove_index(void)
{
	assert_int_equal(system("rm -rf index"), 0);
}

static void copy_index(const char *from, const char *to)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s; ! test -e %s || cp -a %s %s", to,
		 from, from, to);
	assert_int_equal(system(command), 0);
}

static unsigned int nr_temporaries(void)
{
	DIR *directory = opendir("index");
	unsigned int nr = 0;

	assert_non_null(directory);
	for (struct dirent *e = readdir(directory); e; e = readdir(directory))
		nr += strstr(e->d_name, ".tmp") != NULL;
	closedir(directory);
	return nr;
}

/*
 * The next run: right bytes whatever was left behind, of which nothing was half written.
 * Whether it found the index of this source.
 */
static bool check_next_run(const struct trfs_buffer *right)
{
	struct trfs_generation *g = source_open("index");
	bool was_saved = trfs_generation_was_saved(g);
	const char *note = trfs_generation_note(g);
	struct trfs_buffer bytes = source_bytes(g);

	assert_int_equal(bytes.len, right->len);
	assert_memory_equal(bytes.data, right->data, right->len);
	/* An earlier index is out of date, and that is all that is wrong with it. */
	if (note && !strstr(note, "changed"))
		fail_msg("%s", note);
	trfs_buffer_done(&bytes);
	trfs_generation_free(g);
	return was_saved;
}

/* It is whole now, and whoever saves next removes what else is left. */
static void check_whole_and_tidy(void)
{
	struct trfs_options options = source_options();
	struct trfs_generation *g = source_open("index");

	assert_true(trfs_generation_was_saved(g));
	trfs_generation_free(g);
	if (nr_temporaries() == 0)
		return;
	assert_int_equal(trfs_generation_open(&options, "index", true, NULL, &g, NULL),
			 0);
	trfs_generation_free(g);
	assert_int_equal(nr_temporaries(), 0);
}

/* --- Killed --- */

static void be_killed(void)
{
	raise(SIGKILL);
}

/* Index in a process that is killed at call @call; false where it came to its end. */
static bool index_until(unsigned int call)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		happens = be_killed;
		at_call = call;
		index_source();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : status == 0);
	return WIFSIGNALED(status);
}

static void check_kills(void (*begin)(void))
{
	struct trfs_buffer right;
	unsigned int call = 1, nr_saved = 0;

	begin();
	right = right_bytes();
	copy_index("index", "before");
	for (; copy_index("before", "index"), index_until(call); call++) {
		bool was_saved = check_next_run(&right);

		/* Once it is there, it is there whenever the process is killed later. */
		assert_true(was_saved || nr_saved == 0);
		nr_saved += was_saved;
		check_whole_and_tidy();
	}
	check_whole_and_tidy();
	assert_true(nr_saved > 0 && nr_saved < call - 1);
	assert_true(call > 40);
	trfs_buffer_done(&right);
}

/* fault: SIGKILL in saving | at each call that writes | no index or a whole one */
static void a_kill_at_any_call_leaves_no_index_or_a_whole_one(void **state)
{
	(void)state;
	check_kills(begin_with_nothing);
}

/*
 * fault: SIGKILL in saving | at each call, over an older index | the old one or the
 * new
 */
static void a_kill_at_any_call_leaves_the_old_index_or_the_new(void **state)
{
	(void)state;
	check_kills(begin_with_an_earlier_index);
}

/* --- The directory taken away --- */

/* fault: index directory removed | at each call that writes | costs the index only */
static void an_index_directory_that_vanishes_at_any_call_costs_the_index_only(
	void **state)
{
	struct trfs_buffer right;
	unsigned int call = 1, nr_saved = 0;

	(void)state;
	begin_with_an_earlier_index();
	right = right_bytes();
	copy_index("index", "before");
	happens = remove_index;
	for (bool reached = true; reached; call++) {
		struct trfs_generation *g;
		struct trfs_buffer bytes;

		copy_index("before", "index");
		at_call = call;
		g = source_open("index");
		reached = at_call == 0;
		at_call = 0;
		bytes = source_bytes(g);
		assert_int_equal(bytes.len, right.len);
		assert_memory_equal(bytes.data, right.data, right.len);
		assert_non_null(trfs_generation_note(g));
		if (strstr(trfs_generation_note(g), "was not saved"))
			assert_null(trfs_generation_index_path(g));
		else
			nr_saved++;
		trfs_buffer_done(&bytes);
		trfs_generation_free(g);
		check_next_run(&right);
		check_whole_and_tidy();
	}
	assert_true(nr_saved > 0 && nr_saved < call - 1);
	trfs_buffer_done(&right);
}

/* --- The power fails --- */

static void check_power_loss(struct disk_record *record, const struct trfs_buffer *right,
			     void (*check)(const struct trfs_buffer *))
{
	struct disk_replay replay;

	disk_replay_begin(&replay, record);
	for (size_t nr = 0; nr <= record->nr_calls; nr++) {
		size_t nr_names = disk_replay_nr_unsynced_names(&replay, nr);

		for (size_t names = 0; names <= nr_names; names++) {
			for (int loss = 0; loss < DISK_NR_LOSSES; loss++) {
				if (disk_replay(&replay, nr, names, (enum disk_loss)loss))
					check(right);
			}
		}
	}
	print_message("%zu calls, %zu disks\n", record->nr_calls, replay.nr_seen);
	assert_true(replay.nr_seen > record->nr_calls);
	disk_replay_end(&replay);
}

static void check_disk_of_index(const struct trfs_buffer *right)
{
	check_next_run(right);
	check_whole_and_tidy();
}

static void check_power_loss_in_saving(void (*begin)(void))
{
	struct disk_record *record;
	struct trfs_buffer right;

	begin();
	right = right_bytes();
	record = disk_record_begin("index");
	recording = record;
	index_source();
	recording = NULL;
	check_power_loss(record, &right, check_disk_of_index);
	disk_record_end(record);
	trfs_buffer_done(&right);
}

/* fault: power loss | after each write of the index | no index or a whole one */
static void a_loss_of_power_leaves_no_index_or_a_whole_one(void **state)
{
	(void)state;
	check_power_loss_in_saving(begin_with_nothing);
}

/* fault: power loss | after each write, over an older index | the old one or the new */
static void a_loss_of_power_leaves_the_old_index_or_the_new(void **state)
{
	(void)state;
	check_power_loss_in_saving(begin_with_an_earlier_index);
}

static void check_disk_of_sums(const struct trfs_buffer *right)
{
	assert_true(check_next_run(right));
	/* Also with what the run before has added to what was left. */
	assert_true(check_next_run(right));
}

/* fault: power loss | after each write of checksums | right or unknown */
static void a_loss_of_power_never_makes_a_checksum_wrong(void **state)
{
	struct disk_record *record;
	struct trfs_generation *g;
	struct trfs_buffer right;

	(void)state;
	source_write();
	g = source_open("index");
	record = disk_record_begin("index");
	recording = record;
	right = source_bytes(g);
	recording = NULL;
	trfs_generation_free(g);
	check_power_loss(record, &right, check_disk_of_sums);
	disk_record_end(record);
	trfs_buffer_done(&right);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kill_at_any_call_leaves_no_index_or_a_whole_one),
		TEST(a_kill_at_any_call_leaves_the_old_index_or_the_new),
		TEST(an_index_directory_that_vanishes_at_any_call_costs_the_index_only),
		TEST(a_loss_of_power_leaves_no_index_or_a_whole_one),
		TEST(a_loss_of_power_leaves_the_old_index_or_the_new),
		TEST(a_loss_of_power_never_makes_a_checksum_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
