/* SPDX-License-Identifier: MIT */
/*
 * Opening beneath a directory: what leads out is refused, whoever leads and however
 * quickly.  All of it runs twice, the second time in a process whose kernel seems to
 * lack openat2.
 */
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
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 *   images/a.jpg  "inside"          secret/a.jpg  "outside"
 *   images/sub/b.jpg  "below"
 *
 * and the root open on images.
 */
static struct trfs_root enter_tree(bool follow)
{
	struct trfs_error err = { 0 };
	struct trfs_root root;

	assert_int_equal(mkdir("images", 0755), 0);
	assert_int_equal(mkdir("images/sub", 0755), 0);
	assert_int_equal(mkdir("secret", 0755), 0);
	scratch_write("images/a.jpg", "inside");
	scratch_write("images/sub/b.jpg", "below");
	scratch_write("secret/a.jpg", "outside");
	assert_int_equal(trfs_root_open(&root, "images", follow, &err), 0);
	return root;
}

static void expect_file(const struct trfs_root *root, const char *path,
			const char *wanted)
{
	size_t len = strlen(wanted);
	int fd = trfs_root_open_file(root, path);
	char buf[16];

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(-fd));
	assert_int_equal(trfs_file_read(fd, 0, buf, len), 0);
	assert_memory_equal(buf, wanted, len);
	trfs_file_close(fd);
}

/* A link at images/@name to @below, relative to the scratch directory, by its full path.
 */
static void link_absolutely(void **state, const char *below, const char *name)
{
	char target[256];

	snprintf(target, sizeof(target), "%s/%s", scratch_path(state), below);
	assert_int_equal(symlink(target, name), 0);
}

static void plain_files_open(void **state)
{
	struct trfs_root root = enter_tree(false);
	int fd;
	struct trfs_file_identity identity, again;

	assert_non_null(strstr(root.path, scratch_path(state)));
	assert_true(trfs_bytes_ends_with(trfs_bytes_of(root.path), "/images"));
	expect_file(&root, "a.jpg", "inside");
	expect_file(&root, "sub/b.jpg", "below");
	expect_file(&root, "./sub//./b.jpg", "below");
	expect_file(&root, "sub/../a.jpg", "inside");
	assert_int_equal(trfs_root_open_file(&root, "none.jpg"), -ENOENT);
	assert_int_equal(trfs_root_open_file(&root, "none/a.jpg"), -ENOENT);
	assert_int_equal(trfs_root_open_file(&root, "a.jpg/x"), -ENOTDIR);
	assert_int_equal(trfs_root_open_file(&root, ""), -ENOENT);
	fd = trfs_root_open_file(&root, "a.jpg");
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	trfs_file_close(fd);
	fd = trfs_root_open_identified(&root, "a.jpg", &identity, NULL);
	assert_int_equal(trfs_file_identify(fd, &again, NULL), 0);
	assert_true(trfs_file_identity_equal(&identity, &again));
	assert_int_equal(identity.size, strlen("inside"));
	trfs_file_close(fd);
	trfs_root_close(&root);
}

static void what_leads_out_is_refused(void **state)
{
	struct trfs_root root = enter_tree(false);
	char path[256];

	snprintf(path, sizeof(path), "%s/secret/a.jpg", scratch_path(state));
	assert_int_equal(symlink("../secret/a.jpg", "images/file.jpg"), 0);
	assert_int_equal(symlink("../secret", "images/directory"), 0);
	assert_int_equal(symlink("../images2sub", "images/sibling"), 0);
	assert_int_equal(mkdir("images2sub", 0755), 0);
	/* Its name begins alike, and cut too short it would lead to images/sub/b.jpg. */
	scratch_write("images2sub/b.jpg", "outside");
	link_absolutely(state, "secret/a.jpg", "images/absolute.jpg");
	assert_int_equal(symlink("/proc/self/fd/0", "images/magic"), 0);

	assert_int_equal(trfs_root_open_file(&root, path), -EXDEV);
	assert_int_equal(trfs_root_open_file(&root, "../secret/a.jpg"), -EXDEV);
	assert_int_equal(trfs_root_open_file(&root, "../images/a.jpg"), -EXDEV);
	assert_int_equal(trfs_root_open_file(&root, "sub/../../secret/a.jpg"), -EXDEV);
	assert_int_equal(trfs_root_open_file(&root, "file.jpg"), -EXDEV);
	assert_int_equal(trfs_root_open_file(&root, "directory/a.jpg"), -EXDEV);
	assert_int_equal(trfs_root_open_file(&root, "sibling/b.jpg"), -EXDEV);
	assert_int_equal(trfs_root_open_file(&root, "absolute.jpg"), -EXDEV);
	assert_int_equal(trfs_root_open_file(&root, "magic"), -EXDEV);
	assert_int_equal(trfs_root_open_directory(&root, "directory"), -EXDEV);
	assert_int_equal(trfs_root_open_directory(&root, ".."), -EXDEV);
	trfs_root_close(&root);
}

static void links_that_stay_beneath_are_followed(void **state)
{
	struct trfs_root root = enter_tree(false);
	int fd;

	assert_int_equal(symlink("sub/b.jpg", "images/relative.jpg"), 0);
	assert_int_equal(symlink("../a.jpg", "images/sub/up.jpg"), 0);
	link_absolutely(state, "images/sub/b.jpg", "images/absolute.jpg");
	link_absolutely(state, "images/sub", "images/directory");
	link_absolutely(state, "images", "images/self");
	assert_int_equal(symlink("loop", "images/loop"), 0);
	assert_int_equal(symlink("none", "images/dangling"), 0);

	expect_file(&root, "relative.jpg", "below");
	expect_file(&root, "sub/up.jpg", "inside");
	expect_file(&root, "absolute.jpg", "below");
	expect_file(&root, "directory/b.jpg", "below");
	expect_file(&root, "self/self/directory/up.jpg", "inside");
	assert_int_equal(trfs_root_open_file(&root, "loop"), -ELOOP);
	assert_int_equal(trfs_root_open_file(&root, "dangling"), -ENOENT);
	assert_int_equal(trfs_root_open_file(&root, "self"), -EISDIR);
	fd = trfs_root_open_directory(&root, "self");
	assert_true(fd >= 0);
	trfs_file_close(fd);
	trfs_root_close(&root);
}

static void links_may_lead_out_where_that_is_allowed(void **state)
{
	struct trfs_root root = enter_tree(true);

	assert_int_equal(symlink("../secret/a.jpg", "images/file.jpg"), 0);
	link_absolutely(state, "secret", "images/directory");
	expect_file(&root, "file.jpg", "outside");
	expect_file(&root, "directory/a.jpg", "outside");
	expect_file(&root, "a.jpg", "inside");
	trfs_root_close(&root);
}

static void only_regular_files_open_and_nothing_blocks(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
				       .sun_path = "images/socket" };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	for (int follow = 0; follow < 2; follow++) {
		struct trfs_root root;

		if (follow) {
			struct trfs_error err = { 0 };

			assert_int_equal(trfs_root_open(&root, "images", true, &err), 0);
		} else {
			root = enter_tree(false);
			assert_int_equal(mkfifo("images/fifo", 0644), 0);
			assert_int_equal(bind(listener, (struct sockaddr *)&address,
					      sizeof(address)),
					 0);
		}
		assert_int_equal(trfs_root_open_file(&root, "sub"), -EISDIR);
		assert_int_equal(trfs_root_open_file(&root, "."), -EISDIR);
		assert_int_equal(trfs_root_open_file(&root, "fifo"), -EINVAL);
		assert_int_equal(trfs_root_open_file(&root, "socket"), -EINVAL);
		assert_int_equal(trfs_root_open_directory(&root, "a.jpg"), -ENOTDIR);
		assert_int_equal(trfs_root_open_directory(&root, "fifo"), -ENOTDIR);
		trfs_root_close(&root);
	}
	trfs_file_close(listener);
}

static void directories_open(void **state)
{
	struct trfs_root root = enter_tree(false);
	static const char *const paths[] = { ".", "sub", "sub/" };

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(paths); i++) {
		int fd = trfs_root_open_directory(&root, paths[i]);

		assert_true(fd >= 0);
		assert_int_equal(faccessat(fd, i ? "b.jpg" : "a.jpg", F_OK, 0), 0);
		trfs_file_close(fd);
	}
	trfs_root_close(&root);
}

static void a_root_that_cannot_be_opened_is_named(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_root root;

	(void)state;
	assert_int_equal(trfs_root_open(&root, "none", false, &err), -ENOENT);
	assert_string_equal(err.message,
			    "cannot open the directory none: No such file or directory");
	scratch_write("file", "");
	assert_int_equal(trfs_root_open(&root, "file", false, &err), -ENOTDIR);
	assert_string_equal(err.message, "file is not a directory");
}

static void the_topmost_directory_can_be_the_root(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_root root;
	char path[256];

	scratch_write("f", "top");
	link_absolutely(state, "f", "l");
	assert_int_equal(trfs_root_open(&root, "/", false, &err), 0);
	assert_string_equal(root.path, "");
	snprintf(path, sizeof(path), "%s/l", scratch_path(state) + 1);
	expect_file(&root, path, "top");
	trfs_root_close(&root);
}

static void closing_a_zeroed_root_closes_nothing(void **state)
{
	struct trfs_root root = { 0 };
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(dup2(fd, 0), 0);
	trfs_root_close(&root);
	trfs_root_close(&root);
	assert_true(fcntl(0, F_GETFD) >= 0);
	trfs_file_close(fd);
}

static void *swap_until_told(void *stop)
{
	while (!atomic_load((atomic_bool *)stop)) {
		(void)renameat2(AT_FDCWD, "images/d", AT_FDCWD, "images/l",
				RENAME_EXCHANGE);
		(void)renameat2(AT_FDCWD, "images/f", AT_FDCWD, "images/m",
				RENAME_EXCHANGE);
	}
	return NULL;
}

static void expect_never_outside(const struct trfs_root *root, const char *path,
				 unsigned int *nr_inside, unsigned int *nr_refused)
{
	int fd = trfs_root_open_file(root, path);
	char buf[7] = "";

	if (fd < 0) {
		assert_true(fd == -EXDEV || fd == -EAGAIN || fd == -ENOENT);
		(*nr_refused)++;
		return;
	}
	assert_int_equal(trfs_file_read(fd, 0, buf, 6), 0);
	trfs_file_close(fd);
	assert_string_equal(buf, "inside");
	(*nr_inside)++;
}

/*
 * The path is swapped with links all the time: a directory with one to the outside,
 * and an absolute link that stays inside with one that does not.
 */
/*
 * fault: links swapped in beneath the source | while files are opened | no path
 * leads out
 */
static void links_swapped_in_meanwhile_never_lead_out(void **state)
{
	struct trfs_root root = enter_tree(false);
	unsigned int nr_inside = 0, nr_refused = 0;
	atomic_bool stop = false;
	pthread_t swapper;

	assert_int_equal(mkdir("images/d", 0755), 0);
	scratch_write("images/d/a.jpg", "inside");
	link_absolutely(state, "secret", "images/l");
	link_absolutely(state, "images/a.jpg", "images/f");
	link_absolutely(state, "secret/a.jpg", "images/m");
	assert_int_equal(pthread_create(&swapper, NULL, swap_until_told, &stop), 0);
	for (int i = 0; i < 10000; i++) {
		expect_never_outside(&root, "d/a.jpg", &nr_inside, &nr_refused);
		expect_never_outside(&root, "f", &nr_inside, &nr_refused);
	}
	atomic_store(&stop, true);
	assert_int_equal(pthread_join(swapper, NULL), 0);
	assert_true(nr_inside > 0);
	assert_true(nr_refused > 0);
	trfs_root_close(&root);
}

static void reading_leaves_no_trace(void **state)
{
	struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1000000000 } };
	struct trfs_root root = enter_tree(false);
	struct stat st;

	(void)state;
	assert_int_equal(utimensat(AT_FDCWD, "images/a.jpg", times, 0), 0);
	expect_file(&root, "a.jpg", "inside");
	assert_int_equal(stat("images/a.jpg", &st), 0);
	assert_int_equal(st.st_atim.tv_sec, 1);
	trfs_root_close(&root);
}

static int open_strictly(int directory, const char *path)
{
	int fd = trfs_file_open_beneath(directory, path, O_PATH | O_CLOEXEC);

	trfs_file_close(fd);
	return fd < 0 ? fd : 0;
}

static int make(int directory, const char *path)
{
	int fd = trfs_file_make_beneath(directory, path, 0755);

	trfs_file_close(fd);
	return fd < 0 ? fd : 0;
}

static void no_link_is_followed_where_none_may_be(void **state)
{
	struct trfs_root root = enter_tree(false);

	(void)state;
	assert_int_equal(symlink("sub", "images/l"), 0);
	assert_int_equal(symlink("a.jpg", "images/f"), 0);
	assert_int_equal(open_strictly(root.fd, "sub/b.jpg"), 0);
	assert_int_equal(open_strictly(root.fd, "."), 0);
	assert_int_equal(open_strictly(root.fd, "l/b.jpg"), -ELOOP);
	assert_int_equal(open_strictly(root.fd, "l/none"), -ELOOP);
	assert_int_equal(open_strictly(root.fd, "l/none/none"), -ELOOP);
	assert_int_equal(open_strictly(root.fd, "a.jpg/none"), -ENOTDIR);
	assert_int_equal(open_strictly(root.fd, "none/none"), -ENOENT);
	assert_int_equal(open_strictly(root.fd, "../secret/a.jpg"), -EXDEV);
	assert_int_equal(trfs_file_open_beneath(root.fd, "l", O_PATH | O_DIRECTORY),
			 -ELOOP);
	assert_int_equal(trfs_file_open_beneath(root.fd, "f", O_RDONLY), -ELOOP);
	trfs_root_close(&root);
}

static void directories_are_made_behind_no_link(void **state)
{
	struct trfs_root root = enter_tree(false);
	struct stat st;

	(void)state;
	assert_int_equal(symlink("../secret", "images/sub/l"), 0);
	assert_int_equal(make(root.fd, "sub/x/y/z"), 0);
	assert_int_equal(make(root.fd, "sub/x/y/z"), 0);
	assert_int_equal(stat("images/sub/x/y/z", &st), 0);
	assert_int_equal(make(root.fd, "sub/l"), -ELOOP);
	assert_int_equal(make(root.fd, "sub/l/x"), -ELOOP);
	assert_int_equal(make(root.fd, "a.jpg/x"), -ENOTDIR);
	assert_int_equal(make(root.fd, "../x"), -EXDEV);
	assert_int_equal(stat("secret/x", &st), -1);
	trfs_root_close(&root);
}

#define test_in_scratch(f)                                                               \
	cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

static int run(const char *name)
{
	const struct CMUnitTest tests[] = {
		test_in_scratch(plain_files_open),
		test_in_scratch(what_leads_out_is_refused),
		test_in_scratch(links_that_stay_beneath_are_followed),
		test_in_scratch(links_may_lead_out_where_that_is_allowed),
		test_in_scratch(only_regular_files_open_and_nothing_blocks),
		test_in_scratch(reading_leaves_no_trace),
		test_in_scratch(directories_open),
		test_in_scratch(a_root_that_cannot_be_opened_is_named),
		test_in_scratch(the_topmost_directory_can_be_the_root),
		test_in_scratch(closing_a_zeroed_root_closes_nothing),
		test_in_scratch(links_swapped_in_meanwhile_never_lead_out),
		test_in_scratch(no_link_is_followed_where_none_may_be),
		test_in_scratch(directories_are_made_behind_no_link),
	};

	return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

/* From here on this process is told that openat2 does not exist. */
static bool forbid_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { TRFS_COUNT(code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 &&
	       syscall(SYS_openat2, 0, NULL, NULL, 0) < 0 && errno == ENOSYS;
}

int main(void)
{
	int failed = run("root");
	int status = 1;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0)
		exit(forbid_openat2() ? run("root without openat2") : 0);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return 1;
	return failed || status != 0;
}
