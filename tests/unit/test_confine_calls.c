/* SPDX-License-Identifier: MIT */
/* System calls and capabilities that a confined process has lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine_fixture.h"
#include "scratch.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define NOBODY 65534

static void start_programs(void)
{
	char *arguments[] = { (char *)(uintptr_t) "true", NULL };

	confine();
	CHECK_FAILS(execv("/bin/true", arguments), EPERM);
	CHECK_FAILS(fork(), EPERM);
	CHECK_FAILS(syscall(SYS_clone, SIGCHLD | CLONE_NEWUSER, 0, 0, 0, 0), EPERM);
	CHECK_FAILS(ptrace(PTRACE_ATTACH, getppid(), 0, 0), EPERM);
}

static void start_programs_without_a_filter(void)
{
	char *arguments[] = { (char *)(uintptr_t) "true", NULL };

	confine_with(TRFS_CONFINE_LANDLOCK, true);
	CHECK_FAILS(execv("/bin/true", arguments), EACCES);
}

static void no_program_is_started_and_no_process(void **state)
{
	(void)state;
	in_a_child(start_programs);
	in_a_child(start_programs_without_a_filter);
}

static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void start_threads(void)
{
	pthread_t thread;
	void *result = NULL;

	confine();
	CHECK(pthread_create(&thread, NULL, wait_for_ever, NULL) == 0);
	CHECK(pthread_cancel(thread) == 0);
	CHECK(pthread_join(thread, &result) == 0);
	CHECK(result == PTHREAD_CANCELED);
}

static void threads_are_started_and_cancelled(void **state)
{
	(void)state;
	in_a_child(start_threads);
}

static void talk(void)
{
	confine();
	CHECK_FAILS(socket(AF_INET, SOCK_STREAM, 0), EPERM);
	CHECK_FAILS(socket(AF_NETLINK, SOCK_RAW, 0), EPERM);
	CHECK(socket(AF_UNIX, SOCK_DGRAM, 0) >= 0);
	CHECK(kill(getpid(), 0) == 0);
	CHECK_FAILS(ioctl(STDIN_FILENO, TIOCSTI, "x"), EPERM);
}

static void talk_without_a_filter(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(9),
				       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct trfs_confinement c = confine_with(TRFS_CONFINE_LANDLOCK, false);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK(fd >= 0);
	if (c.landlock >= 4)
		CHECK_FAILS(connect(fd, (struct sockaddr *)&address, sizeof(address)),
			    EACCES);
	if (c.landlock >= 6)
		CHECK_FAILS(kill(getppid(), 0), EPERM);
}

static void others_are_reached_by_local_sockets_only(void **state)
{
	(void)state;
	in_a_child(talk);
	in_a_child(talk_without_a_filter);
}

static void change_attributes(void)
{
	struct timespec times[2] = { { 1, 0 }, { 2, 0 } };
	int fd;

	confine();
	CHECK_FAILS(chmod("source/a", 0777), EPERM);
	CHECK_FAILS(chown("source/a", 1, 1), EPERM);
	CHECK_FAILS(utimensat(AT_FDCWD, "source/a", times, 0), EPERM);
	CHECK_FAILS(link("source/a", "index/a"), EPERM);
	CHECK_FAILS(syscall(SYS_setxattr, "source/a", "user.a", "", 0, 0), EPERM);
	/* Those of an index say when the look at the images began. */
	CHECK((fd = open("index/i", O_WRONLY)) >= 0);
	CHECK(futimens(fd, times) == 0);
}

static void owners_modes_and_times_stay(void **state)
{
	(void)state;
	in_a_child(change_attributes);
}

static void change_the_system(void)
{
	confine();
	CHECK_FAILS(mount("none", "source", "tmpfs", 0, NULL), EPERM);
	CHECK_FAILS(umount2("source", 0), EPERM);
	CHECK_FAILS(chroot("source"), EPERM);
	CHECK_FAILS(unshare(CLONE_NEWUSER), EPERM);
	CHECK_FAILS(syscall(SYS_io_uring_setup, 1, NULL), EPERM);
	/* Of the other set of numbers, which has execve elsewhere. */
	CHECK_FAILS(syscall(0x40000000 | 520), EPERM);
}

static void what_is_mounted_stays(void **state)
{
	(void)state;
	in_a_child(change_the_system);
}

static void make_code(void)
{
	const size_t page = 4096;
	void *memory;

	confine();
	memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	CHECK(memory != MAP_FAILED);
	CHECK_FAILS(mprotect(memory, page, PROT_READ | PROT_EXEC), EPERM);
	CHECK(mprotect(memory, page, PROT_READ) == 0);
	CHECK(mmap(NULL, page, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	CHECK(errno == EPERM);
}

static void memory_that_was_written_is_not_executed(void **state)
{
	(void)state;
	in_a_child(make_code);
}

/* As root, which is what tests run as; others have no capabilities to begin with. */
static void use_capabilities(void)
{
	struct trfs_confinement c = confine_with(TRFS_CONFINE_ALL, false);

	if (geteuid() != 0) {
		CHECK(c.nr_kept == 0);
		return;
	}
	CHECK(c.nr_kept == 2);
	CHECK(open("source/secret", O_RDONLY | O_NOATIME) >= 0);
	CHECK_FAILS(open("index/theirs", O_WRONLY), EACCES);
	/* Not by way of all threads: a sanitizer has one of its own, that keeps its
	 * rights. */
	CHECK_FAILS((int)syscall(SYS_setuid, NOBODY), EPERM);
	CHECK(prctl(PR_CAPBSET_READ, 21, 0, 0, 0) == 0); /* CAP_SYS_ADMIN */
}

static void override_access(void)
{
	static const char *const write[] = { "index", NULL };
	struct trfs_confine_rules rules = { .parts = TRFS_CONFINE_ALL,
					    .write = write,
					    .overrides_access = true };
	struct trfs_confinement c;

	trfs_confine(&rules, &c);
	CHECK(c.nr_kept == (geteuid() == 0 ? 3 : 0));
	CHECK(open("index/theirs", O_WRONLY) >= 0 || geteuid() != 0);
}

static void root_reads_files_of_others_and_can_do_no_more(void **state)
{
	(void)state;
	scratch_write("source/secret", "s");
	scratch_write("index/theirs", "t");
	assert_int_equal(chmod("source/secret", 0600), 0);
	assert_int_equal(chmod("index/theirs", 0644), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown("source/secret", NOBODY, NOBODY), 0);
		assert_int_equal(chown("index/theirs", NOBODY, NOBODY), 0);
	}
	in_a_child(use_capabilities);
	in_a_child(override_access);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFINE_TEST(no_program_is_started_and_no_process),
		CONFINE_TEST(threads_are_started_and_cancelled),
		CONFINE_TEST(others_are_reached_by_local_sockets_only),
		CONFINE_TEST(owners_modes_and_times_stay),
		CONFINE_TEST(what_is_mounted_stays),
		CONFINE_TEST(memory_that_was_written_is_not_executed),
		CONFINE_TEST(root_reads_files_of_others_and_can_do_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
