/* SPDX-License-Identifier: MIT */
/*
 * Landlock.  The kernel's header may be older than the kernel: what it would call things
 * is here, and which version of the interface has what decides at run time.
 */
#include "base/confine.h"

#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

#define ASK_VERSION    1u
#define RULE_OF_A_PATH 1

#define EXECUTE	     (UINT64_C(1) << 0)
#define WRITE_FILE   (UINT64_C(1) << 1)
#define READ_FILE    (UINT64_C(1) << 2)
#define READ_DIR     (UINT64_C(1) << 3)
#define REMOVE_FILE  (UINT64_C(1) << 5)
#define MAKE_REGULAR (UINT64_C(1) << 8)
#define TRUNCATE     (UINT64_C(1) << 14)

#define ALL_OF_VERSION_1 ((UINT64_C(1) << 13) - 1)
#define RENAME_ELSEWHERE (UINT64_C(1) << 13)
#define DEVICE_CALLS	 (UINT64_C(1) << 15)

#define READING	    (READ_FILE | READ_DIR)
#define WRITING	    (READING | WRITE_FILE | REMOVE_FILE | MAKE_REGULAR | TRUNCATE)
#define OF_FILES    (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_CALLS)
#define TCP	    UINT64_C(3) /* bind, connect */
#define OTHERS_ONLY UINT64_C(3) /* abstract sockets, signals */

/* The kernel's; members that it does not know have to be zero. */
struct ruleset {
	uint64_t files;
	uint64_t network;
	uint64_t scopes;
};

struct path_rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

static struct ruleset ruleset_of(int version, bool read_everywhere)
{
	struct ruleset rules = { .files = ALL_OF_VERSION_1 };

	if (version >= 2)
		rules.files |= RENAME_ELSEWHERE;
	if (version >= 3)
		rules.files |= TRUNCATE;
	if (version >= 4)
		rules.network = TCP;
	if (version >= 5)
		rules.files |= DEVICE_CALLS;
	if (version >= 6)
		rules.scopes = OTHERS_ONLY;
	if (read_everywhere)
		rules.files &= ~READING;
	return rules;
}

/* What is not there, or cannot be looked at, needs no rule. */
static int allow(int ruleset, const char *path, uint64_t rights, uint64_t handled)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = open(path, O_PATH | O_CLOEXEC);
	struct path_rule rule = { .parent = fd };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	rule.allowed = rights & handled;
	if (!S_ISDIR(st.st_mode))
		rule.allowed &= OF_FILES;
	if (rule.allowed == 0)
		return 0;
	return syscall(SYS_landlock_add_rule, ruleset, RULE_OF_A_PATH, &rule, 0) < 0
		       ? -errno
		       : 0;
}

static int allow_all(int ruleset, const char *const *paths, uint64_t rights,
		     uint64_t handled)
{
	int rc = 0;

	for (; rc == 0 && paths && *paths; paths++)
		rc = allow(ruleset, *paths, rights, handled);
	return rc;
}

int trfs_confine_files(const struct trfs_confine_rules *rules, int *ret_version)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	struct ruleset handled;
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	int rc;

	*ret_version = version > 0 ? (int)version : 0;
	if (version < 1)
		return -EOPNOTSUPP;
	handled = ruleset_of((int)version, rules->read_everywhere);
	fd = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
	if (fd < 0)
		return -errno;
	rc = allow_all(fd, rules->read, READING, handled.files);
	if (rc == 0)
		rc = allow_all(fd, rules->write, WRITING, handled.files);
	if (rc == 0)
		rc = allow_all(fd, rules->devices, READ_FILE | WRITE_FILE, handled.files);
	if (rc == 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		rc = -errno;
	return rc;
}
