/* SPDX-License-Identifier: MIT */
/* Reading files: exactly what was asked for, all of it, or a sentence why not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/file.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void an_identity_tells_changes_from_touches(void **state)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, { 5, 6 } };
	struct trfs_file_identity before, after;
	struct trfs_file_owner owner = { .mode = 0 };
	int fd;

	(void)state;
	scratch_write("f", "12345");
	fd = open("f", O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(futimens(fd, times), 0);
	assert_int_equal(trfs_file_identify(fd, &before, &owner), 0);
	assert_true(S_ISREG(owner.mode));
	assert_int_equal(before.size, 5);
	assert_true(before.mtime_ns == INT64_C(5000000006));

	assert_int_equal(trfs_file_identify(fd, &after, NULL), 0);
	assert_true(trfs_file_identity_equal(&before, &after));
	times[1].tv_nsec = 7;
	assert_int_equal(futimens(fd, times), 0);
	assert_int_equal(trfs_file_identify(fd, &after, NULL), 0);
	assert_false(trfs_file_identity_equal(&before, &after));
	after = before;
	after.size++;
	assert_false(trfs_file_identity_equal(&before, &after));
	after = before;
	after.inode++;
	assert_false(trfs_file_identity_equal(&before, &after));
	trfs_file_close(fd);
	assert_int_equal(trfs_file_identify(fd, &after, NULL), -EBADF);
}

static void closing_keeps_errno(void **state)
{
	(void)state;
	errno = ENOENT;
	trfs_file_close(-1);
	trfs_file_close(1000000);
	assert_int_equal(errno, ENOENT);
}

typedef int read_fn(int fd, uint64_t offset, void *buf, size_t len);

static void check_reads(read_fn *read_file)
{
	char buf[8];
	int fd;

	scratch_write("f", "0123456789");
	fd = open("f", O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(read_file(fd, 3, buf, 7), 0);
	assert_memory_equal(buf, "3456789", 7);
	assert_int_equal(read_file(fd, 3, buf, 8), -EIO);
	assert_int_equal(read_file(fd, 10, buf, 0), 0);
	assert_int_equal(read_file(fd, 11, buf, 1), -EIO);
	assert_int_equal(read_file(fd, UINT64_MAX, buf, 1), -EOVERFLOW);
	trfs_file_close(fd);
	assert_int_equal(read_file(fd, 0, buf, 1), -EBADF);
}

static void a_read_is_whole_or_fails(void **state)
{
	(void)state;
	check_reads(trfs_file_read);
	check_reads(trfs_file_read_uncached);
}

/* From here on this process is told that RWF_DONTCACHE is not known. */
static bool forbid_dontcache(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_preadv2, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[5])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x80, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { TRFS_COUNT(code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

/* How many of the file's first pages are in the page cache. */
static unsigned int count_cached(int fd, unsigned int nr)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char pages[16];
	unsigned int found = 0;
	void *map = mmap(NULL, nr * page, PROT_READ, MAP_SHARED, fd, 0);

	assert_true(map != MAP_FAILED);
	assert_int_equal(mincore(map, nr * page, pages), 0);
	munmap(map, nr * page);
	for (unsigned int i = 0; i < nr; i++)
		found += pages[i] & 1u;
	return found;
}

static void drop_pages(int fd)
{
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
}

/* What was not in the page cache is not there afterwards; what was, is. */
static void check_pages(void)
{
	static char text[16 * 4096 + 1], buf[16 * 4096];
	int fd;

	memset(text, 'x', sizeof(text) - 1);
	scratch_write("pages", text);
	fd = open("pages", O_RDWR);
	assert_true(fd >= 0);
	drop_pages(fd);
	if (count_cached(fd, 16) > 0) {
		print_message("SKIPPED: this file system is the page cache itself\n");
	} else {
		assert_int_equal(trfs_file_read_uncached(fd, 0, buf, sizeof(buf)), 0);
		assert_memory_equal(buf, text, sizeof(buf));
		assert_int_equal(count_cached(fd, 16), 0);
		assert_int_equal(trfs_file_read(fd, 0, buf, sizeof(buf)), 0);
		assert_int_equal(trfs_file_read_uncached(fd, 0, buf, sizeof(buf)), 0);
		assert_int_equal(count_cached(fd, 16), 16);
	}
	close(fd);
}

static void an_uncached_read_leaves_no_pages(void **state)
{
	(void)state;
	check_pages();
}

/* The last test: the filter stays. */
static void so_it_does_where_the_kernel_knows_no_flag_for_it(void **state)
{
	(void)state;
	assert_true(forbid_dontcache());
	check_pages();
	check_reads(trfs_file_read_uncached);
}

static void a_whole_file_of_any_size_is_appended(void **state)
{
	static const size_t sizes[] = { 0, 1, 63, 64, 65, 65535, 65536, 65537, 1000000 };
	char *text = malloc(1000001);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < TRFS_COUNT(sizes); i++) {
		struct trfs_error err = { 0 };
		struct trfs_buffer buf;

		for (size_t k = 0; k < sizes[i]; k++)
			text[k] = (char)('a' + k % 23);
		text[sizes[i]] = '\0';
		scratch_write("f", text);
		trfs_buffer_init(&buf, SIZE_MAX);
		trfs_buffer_put(&buf, "> ", 2);
		assert_int_equal(trfs_file_read_all("f", sizes[i], &buf, &err), 0);
		assert_int_equal(buf.len, 2 + sizes[i]);
		assert_memory_equal(buf.data, "> ", 2);
		assert_memory_equal(buf.data + 2, text, sizes[i]);
		trfs_buffer_done(&buf);
	}
	free(text);
}

static void a_file_beyond_the_maximum_is_refused(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_buffer buf;

	(void)state;
	scratch_write("big.csv", "0123456789");
	trfs_buffer_init(&buf, 100);
	trfs_buffer_put(&buf, "old", 3);
	assert_int_equal(trfs_file_read_all("big.csv", 9, &buf, &err), -EFBIG);
	assert_non_null(strstr(err.message, "big.csv is larger than 9 bytes"));
	assert_int_equal(buf.len, 3);
	assert_int_equal(trfs_file_read_all("big.csv", 10, &buf, &err), 0);
	trfs_buffer_done(&buf);

	/* The buffer's own maximum counts too. */
	trfs_buffer_init(&buf, 9);
	assert_int_equal(trfs_file_read_all("big.csv", 100, &buf, &err), -EFBIG);
	assert_int_equal(buf.len, 0);
	trfs_buffer_done(&buf);
}

static void what_cannot_be_read_is_named(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_buffer buf;

	(void)state;
	trfs_buffer_init(&buf, 100);
	assert_int_equal(trfs_file_read_all("none.csv", 9, &buf, &err), -ENOENT);
	assert_string_equal(err.message,
			    "cannot open none.csv: No such file or directory");
	assert_int_equal(mkdir("d", 0755), 0);
	assert_int_equal(trfs_file_read_all("d", 9, &buf, &err), -EISDIR);
	assert_string_equal(err.message, "cannot read d: Is a directory");
	assert_int_equal(buf.len, 0);
	trfs_buffer_done(&buf);
}

static void *feed(void *path)
{
	int fd = open(path, O_WRONLY);

	for (int i = 0; i < 1000; i++) {
		if (write(fd, "0123456789", 10) != 10)
			break;
	}
	close(fd);
	return NULL;
}

/* As "--manifest <(command)" gives one: no size to know beforehand. */
static void a_pipe_is_read_to_its_end(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_buffer buf;
	pthread_t feeder;
	char path[] = "pipe";

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pthread_create(&feeder, NULL, feed, path), 0);
	trfs_buffer_init(&buf, 1000000);
	assert_int_equal(trfs_file_read_all(path, 1000000, &buf, &err), 0);
	assert_int_equal(pthread_join(feeder, NULL), 0);
	assert_int_equal(buf.len, 10000);
	assert_memory_equal(buf.data + 9990, "0123456789", 10);
	trfs_buffer_done(&buf);
}

static void check_directory(const char *path, mode_t mode)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 0777, mode);
}

static void parents_are_made_as_far_as_missing(void **state)
{
	char path[PATH_MAX];

	assert_int_equal(trfs_file_make_parents("", 0700, NULL), 0);
	assert_int_equal(trfs_file_make_parents("f", 0700, NULL), 0);
	assert_int_equal(trfs_file_make_parents("a/f", 0700, NULL), 0);
	assert_int_equal(trfs_file_make_parents("a/b//c/f", 0750, NULL), 0);
	assert_int_equal(trfs_file_make_parents("a/b//c/f", 0700, NULL), 0);
	check_directory("a", 0700);
	check_directory("a/b", 0750);
	check_directory("a/b/c", 0750);
	assert_int_equal(access("f", F_OK), -1);
	assert_int_equal(access("a/b/c/f", F_OK), -1);

	snprintf(path, sizeof(path), "%s/whole/f", scratch_path(state));
	assert_int_equal(trfs_file_make_parents(path, 0700, NULL), 0);
	check_directory("whole", 0700);

	assert_int_equal(trfs_file_make_parents("a/below/", 0700, NULL), 0);
	check_directory("a/below", 0700);

	trfs_file_make_directories("all/of/them");
	check_directory("all/of/them", 0755);
}

static void the_first_parent_that_cannot_be_made_is_named(void **state)
{
	char path[PATH_MAX + 1];
	struct trfs_error err = { 0 };

	(void)state;
	scratch_write("f", "");
	assert_int_equal(trfs_file_make_parents("f/g/h/i", 0700, &err), -ENOTDIR);
	assert_string_equal(err.message, "cannot make f/g: Not a directory");
	assert_int_equal(trfs_file_make_parents("/proc/f/g/h", 0700, &err), -ENOENT);
	assert_string_equal(err.message,
			    "cannot make /proc/f: No such file or directory");
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(trfs_file_make_parents(path, 0700, &err), -ENAMETOOLONG);
}

static void a_directory_is_synced_where_it_can_be(void **state)
{
	int here = open(".", O_RDONLY | O_DIRECTORY);
	int proc = open("/proc", O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_int_equal(trfs_file_sync_directory(here), 0);
	/* That one says EINVAL. */
	assert_int_equal(trfs_file_sync_directory(proc), 0);
	close(here);
	close(proc);
	assert_int_equal(trfs_file_sync_directory(-1), -EBADF);
}

static void beneath_is_by_whole_names(void **state)
{
	(void)state;
	assert_true(trfs_path_is_beneath("/a/photos", "/a/photos"));
	assert_true(trfs_path_is_beneath("/a/photos/mnt", "/a/photos"));
	assert_true(trfs_path_is_beneath("/a", "/"));
	assert_false(trfs_path_is_beneath("/a/photos2", "/a/photos"));
	assert_false(trfs_path_is_beneath("/a/photo", "/a/photos"));
	assert_false(trfs_path_is_beneath("/", "/a"));
}

#define test_in_scratch(f)                                                               \
	cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_in_scratch(an_identity_tells_changes_from_touches),
		test_in_scratch(closing_keeps_errno),
		test_in_scratch(a_read_is_whole_or_fails),
		test_in_scratch(a_whole_file_of_any_size_is_appended),
		test_in_scratch(a_file_beyond_the_maximum_is_refused),
		test_in_scratch(what_cannot_be_read_is_named),
		test_in_scratch(a_pipe_is_read_to_its_end),
		test_in_scratch(parents_are_made_as_far_as_missing),
		test_in_scratch(the_first_parent_that_cannot_be_made_is_named),
		test_in_scratch(a_directory_is_synced_where_it_can_be),
		test_in_scratch(an_uncached_read_leaves_no_pages),
		test_in_scratch(so_it_does_where_the_kernel_knows_no_flag_for_it),
		cmocka_unit_test(beneath_is_by_whole_names),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
