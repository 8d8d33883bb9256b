/* SPDX-License-Identifier: MIT */
/* Which files a confined process reads and writes; what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/file.h"
#include "confine_fixture.h"
#include "scratch.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void read_where_allowed(void)
{
	struct trfs_root root;
	char content = 0;
	int fd;

	confine();
	CHECK(trfs_root_open(&root, "source", false, NULL) == 0);
	fd = trfs_root_open_file(&root, "inner/b");
	CHECK(fd >= 0);
	CHECK(read(fd, &content, 1) == 1 && content == 'b');
	CHECK((fd = trfs_root_open_directory(&root, "inner")) >= 0);
	CHECK_FAILS(open("elsewhere/e", O_RDONLY), EACCES);
	CHECK_FAILS(open("elsewhere", O_RDONLY | O_DIRECTORY), EACCES);
	CHECK_FAILS(open("source/out", O_RDONLY), EACCES);
	CHECK_FAILS(open("/etc/passwd", O_RDONLY), EACCES);
	CHECK_FAILS(open(".", O_RDONLY | O_DIRECTORY), EACCES);
}

static void files_are_read_beneath_what_is_named_only(void **state)
{
	(void)state;
	in_a_child(read_where_allowed);
}

static void write_where_allowed(void)
{
	struct trfs_atomic_file file;
	int fd;

	confine();
	CHECK(trfs_atomic_file_start(&file, "index", "new", NULL) == 0);
	CHECK(trfs_atomic_file_write(&file, "text", 4, NULL) == 0);
	CHECK(trfs_atomic_file_commit(&file, NULL) == 0);
	CHECK((fd = open("index/i", O_RDWR | O_TRUNC)) >= 0);
	CHECK(write(fd, "x", 1) == 1);
	CHECK(unlink("index/i") == 0);
	CHECK(open("/dev/null", O_RDWR) >= 0);
	CHECK_FAILS(mkdir("index/directory", 0755), EACCES);
	CHECK_FAILS(open("source/a", O_WRONLY), EACCES);
	CHECK_FAILS(open("source/new", O_WRONLY | O_CREAT, 0644), EACCES);
	CHECK_FAILS(open("new", O_WRONLY | O_CREAT, 0644), EACCES);
	CHECK_FAILS(unlink("source/a"), EACCES);
	CHECK_FAILS(rename("index/new", "source/new"), EACCES);
	CHECK_FAILS(truncate("source/a", 0), EPERM);
}

static void files_are_written_in_the_index_directory_only(void **state)
{
	struct stat st;

	(void)state;
	in_a_child(write_where_allowed);
	assert_int_equal(stat("index/new", &st), 0);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(stat("source/a", &st), 0);
	assert_int_equal(st.st_size, 1);
}

/* Tells @ready when it is confined, and goes on at a word from @go. */
static void read_what_replaced_it(int ready, int go)
{
	char word = 0;

	confine();
	CHECK(open("source/a", O_RDONLY) >= 0);
	CHECK(write(ready, &word, 1) == 1);
	CHECK(read(go, &word, 1) == 1);
	CHECK_FAILS(open("source/a", O_RDONLY), EACCES);
	CHECK(open("moved/a", O_RDONLY) >= 0);
	_exit(0);
}

static void a_rule_is_of_the_directory_and_not_of_its_name(void **state)
{
	int ready[2], go[2], status = 0;
	char word = 0;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	child = fork();
	if (child == 0)
		read_what_replaced_it(ready[1], go[0]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &word, 1), 1);
	assert_int_equal(rename("source", "moved"), 0);
	assert_int_equal(mkdir("source", 0755), 0);
	scratch_write("source/a", "new");
	assert_int_equal(write(go[1], &word, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(ready[0]);
	close(go[0]);
	close(go[1]);
}

static void read_everywhere(void)
{
	struct trfs_confinement c = confine_with(TRFS_CONFINE_ALL, true);

	CHECK(c.parts == TRFS_CONFINE_ALL);
	CHECK(open("source/out", O_RDONLY) >= 0);
	CHECK(open("elsewhere", O_RDONLY | O_DIRECTORY) >= 0);
	CHECK_FAILS(open("elsewhere/e", O_WRONLY), EACCES);
	CHECK_FAILS(open("elsewhere/new", O_WRONLY | O_CREAT, 0644), EACCES);
	CHECK(open("index/new", O_WRONLY | O_CREAT, 0644) >= 0);
}

static void what_may_be_read_everywhere_is_not_written_everywhere(void **state)
{
	(void)state;
	in_a_child(read_everywhere);
}

/* A kernel that has no system calls from @first to @last. */
static void forget_calls(unsigned int first, unsigned int last)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(*code), code };

	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
}

static void check_text(const struct trfs_confinement *c, const char *text,
		       const char *missing)
{
	struct trfs_buffer buffer;

	trfs_buffer_init(&buffer, 1024);
	trfs_confinement_print(c, &buffer);
	CHECK(strcmp(trfs_buffer_text(&buffer), text) == 0);
	trfs_buffer_reset(&buffer);
	trfs_confinement_print_missing(c, &buffer);
	CHECK(strcmp(trfs_buffer_text(&buffer), missing) == 0);
	trfs_buffer_done(&buffer);
}

static void confine_on_an_old_kernel(void)
{
	struct trfs_confinement c;

	forget_calls(444, 446);
	c = confine_with(TRFS_CONFINE_ALL & ~(unsigned int)TRFS_CONFINE_CAPABILITIES,
			 false);
	CHECK(c.landlock == 0);
	check_text(&c, "no new privileges, seccomp", "landlock");
	CHECK(open("elsewhere/e", O_RDONLY) >= 0);
	CHECK_FAILS(socket(AF_INET, SOCK_STREAM, 0), EPERM);
}

static void confine_where_nothing_can_be_had(void)
{
	struct trfs_confinement c;

	forget_calls(444, 446);
	forget_calls(SYS_seccomp, SYS_seccomp);
	c = confine_with(TRFS_CONFINE_LANDLOCK | TRFS_CONFINE_SECCOMP, false);
	check_text(&c, "none", "landlock and seccomp");
}

static void what_the_kernel_lacks_is_left_out_and_told(void **state)
{
	(void)state;
	in_a_child(confine_on_an_old_kernel);
	in_a_child(confine_where_nothing_can_be_had);
}

static void print_all(void)
{
	struct trfs_confinement c = { .wanted = TRFS_CONFINE_ALL,
				      .parts = TRFS_CONFINE_ALL,
				      .landlock = 7,
				      .nr_kept = 2 };

	check_text(&c,
		   "landlock 7, no new privileges, seccomp, capabilities dropped but 2",
		   "");
	c.read_everywhere = true;
	c.nr_kept = 0;
	check_text(&c,
		   "landlock 7 for writing only, no new privileges, seccomp, "
		   "capabilities dropped",
		   "");
}

static void all_that_holds_is_told(void **state)
{
	(void)state;
	in_a_child(print_all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFINE_TEST(files_are_read_beneath_what_is_named_only),
		CONFINE_TEST(files_are_written_in_the_index_directory_only),
		CONFINE_TEST(a_rule_is_of_the_directory_and_not_of_its_name),
		CONFINE_TEST(what_may_be_read_everywhere_is_not_written_everywhere),
		CONFINE_TEST(what_the_kernel_lacks_is_left_out_and_told),
		CONFINE_TEST(all_that_holds_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
