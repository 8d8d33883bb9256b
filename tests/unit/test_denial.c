/* SPDX-License-Identifier: MIT */
/* Who may have refused a mount, as files that look like the kernel's say. */
#include "scratch.h"

#include "fuse/denial.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tfrecordfs/error.h>

#include <cmocka.h>

/* With all directories above it. */
static void write_file(const char *path, const char *text)
{
	char part[128];

	for (size_t i = 1; path[i]; i++) {
		if (path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		assert_true(mkdir(part, 0755) == 0 || errno == EEXIST);
	}
	scratch_write(path, text);
}

static const char *hint(void)
{
	return trfs_denial_hint("machine");
}

static void nobody_is_suspected_who_is_not_there(void **state)
{
	(void)state;
	assert_string_equal(hint(), "");
}

/* fault: SELinux denies a mount | at the mount | the sentence names it */
static void selinux_is_named_where_it_enforces(void **state)
{
	(void)state;
	write_file("machine/sys/fs/selinux/enforce", "0");
	assert_string_equal(hint(), "");
	write_file("machine/sys/fs/selinux/enforce", "1");
	assert_non_null(strstr(hint(), "ausearch -m avc"));
}

/* fault: AppArmor forbids the mountpoint | at the mount | the sentence says where to
 * mount */
static void apparmor_and_its_profile_are_named(void **state)
{
	(void)state;
	write_file("machine/sys/module/apparmor/parameters/enabled", "N\n");
	assert_string_equal(hint(), "");
	write_file("machine/sys/module/apparmor/parameters/enabled", "Y\n");
	assert_non_null(strstr(hint(), "journalctl"));
	write_file("machine/etc/apparmor.d/fusermount3", "");
	assert_non_null(strstr(hint(), "/etc/apparmor.d/local/fusermount3"));
}

static void expect(const char *why, const char *what_to_do)
{
	struct trfs_error err = { 0 };

	assert_int_equal(trfs_denial_fail("/mnt/x", why, &err), -EPERM);
	assert_non_null(strstr(err.message, "/mnt/x"));
	assert_non_null(strstr(err.message, what_to_do));
}

static void a_refusal_says_what_to_do(void **state)
{
	(void)state;
	expect("mount failed: Operation not permitted", "--cap-add SYS_ADMIN");
	expect("failed to exec fusermount3: No such file", "apt-get install fuse3");
	expect("failed to exec fusermount3: Permission denied", "apt-get install fuse3");
	expect("user has no write access to mountpoint /mnt/x", "of your own");
	expect("mount failed: Permission denied", "Permission denied");
	expect("failed to open /dev/fuse: Permission denied", "--device /dev/fuse");
	expect("fuse device not found, try 'modprobe fuse' first", "--device /dev/fuse");
	expect("", "no descriptor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_is_suspected_who_is_not_there,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(selinux_is_named_where_it_enforces,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(apparmor_and_its_profile_are_named,
						scratch_enter, scratch_leave),
		cmocka_unit_test(a_refusal_says_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
