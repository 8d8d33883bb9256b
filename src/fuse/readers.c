/* SPDX-License-Identifier: MIT */
/* From the modes of files and directories to one mode. */
#include "fuse/readers.h"

#include "base/error.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NR_GROUPS_MAX 1024

/* Of the directory @path beneath @at. */
static int narrow(struct trfs_access *access, int at, const char *path)
{
	struct trfs_file_owner owner;
	struct stat st;

	if (fstatat(at, path, &st, 0) < 0)
		return -errno;
	owner = (struct trfs_file_owner){ st.st_uid, st.st_gid, st.st_mode };
	access->mode &= trfs_access_of_directory(access, &owner);
	return 0;
}

/* By the source, and every directory above it. */
static int narrow_above(struct trfs_access *access, const char *root_path,
			struct trfs_error *err)
{
	char *path = strdup(root_path);
	int rc = path ? narrow(access, AT_FDCWD, "/") : -ENOMEM;

	while (rc == 0 && path[1]) {
		rc = narrow(access, AT_FDCWD, path);
		*strrchr(path, '/') = '\0';
		if (!*path)
			break;
	}
	free(path);
	return rc < 0 ? trfs_fail_errno(err, rc, "looking at %s and what is above it",
					root_path)
		      : 0;
}

/* By the directory @path and those above it that were not seen before. */
static int narrow_beneath(struct trfs_access *access, const struct trfs_root *root,
			  struct trfs_string_table *seen, struct trfs_bytes path)
{
	int rc = 0;

	while (rc == 0 && path.len > 0) {
		char name[PATH_MAX];
		const uint8_t *slash;
		uint32_t number;

		if (trfs_string_table_find(seen, path, &number))
			return 0;
		if (path.len >= sizeof(name))
			return -ENAMETOOLONG;
		if (trfs_string_table_intern(seen, path, NULL, NULL) < 0)
			return -ENOMEM;
		memcpy(name, path.data, path.len);
		name[path.len] = '\0';
		rc = narrow(access, root->fd, name);
		slash = memrchr(path.data, '/', path.len);
		path.len = slash ? (size_t)(slash - path.data) : 0;
	}
	/* One that is gone has nothing that could be read. */
	return rc == -ENOENT || rc == -ENOTDIR ? 0 : rc;
}

static int narrow_names(struct trfs_access *access, const struct trfs_root *root,
			const struct trfs_names *names, struct trfs_string_table *seen)
{
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < names->nr; i++) {
		struct trfs_name room;
		struct trfs_bytes name = trfs_names_get(names, i, &room);
		const uint8_t *slash =
			name.len > 0 ? memrchr(name.data, '/', name.len) : NULL;

		if (slash)
			rc = narrow_beneath(
				access, root, seen,
				(struct trfs_bytes){ name.data,
						     (size_t)(slash - name.data) });
	}
	return rc;
}

static int narrow_directories(struct trfs_access *access,
			      const struct trfs_catalog *catalog, struct trfs_error *err)
{
	struct trfs_string_table *seen = trfs_string_table_new();
	struct trfs_root root;
	int rc = seen ? trfs_root_open(&root, catalog->root_path, catalog->follow, err)
		      : trfs_fail_memory(err, "the directories of the source");

	if (rc == 0) {
		rc = narrow_names(access, &root, &catalog->names, seen);
		if (rc == 0 && catalog->masks)
			rc = narrow_names(access, &root, &catalog->mask_names, seen);
		trfs_root_close(&root);
		if (rc < 0)
			trfs_fail_errno(err, rc, "looking at the directories of %s",
					catalog->root_path);
	}
	trfs_string_table_free(seen);
	return rc;
}

static bool is_in_group(gid_t gid)
{
	gid_t groups[NR_GROUPS_MAX];
	int nr = getgroups(NR_GROUPS_MAX, groups);

	for (int i = 0; i < nr; i++)
		if (groups[i] == gid)
			return true;
	return getegid() == gid;
}

/* Whether this process's user reads a file of that owner and mode. */
static bool do_we_read(const struct trfs_shown_owner *owner)
{
	if (geteuid() == 0)
		return true;
	if (geteuid() == owner->uid)
		return owner->mode & TRFS_ACCESS_OWNER;
	return owner->mode &
	       (is_in_group(owner->gid) ? TRFS_ACCESS_GROUP : TRFS_ACCESS_OTHER);
}

static int parse_id(const char *option, const char *text, uint32_t *ret, bool *ret_has,
		    struct trfs_error *err)
{
	unsigned long number;
	char *end;

	*ret_has = text;
	if (!text)
		return 0;
	errno = 0;
	number = strtoul(text, &end, 10);
	/* The highest means "none" to the kernel. */
	if (*text < '0' || *text > '9' || *end || errno || number >= UINT32_MAX)
		return trfs_fail(err, -EINVAL, "--%s wants a number, not \"%s\"", option,
				 text);
	*ret = (uint32_t)number;
	return 0;
}

static int parse_mode(struct trfs_readers *readers, const char *text,
		      struct trfs_error *err)
{
	unsigned long mode;
	char *end;

	readers->has_mode = text;
	if (!text)
		return 0;
	mode = strtoul(text, &end, 8);
	if (*text < '0' || *text > '7' || *end || mode == 0 || mode & ~0444ul)
		return trfs_fail(err, -EINVAL,
				 "--mode wants who may read, in octal: 0400, 0440 or "
				 "0444, not \"%s\"",
				 text);
	readers->mode = (mode_t)mode;
	return 0;
}

int trfs_readers_parse(struct trfs_readers *readers, const char *uid, const char *gid,
		       const char *mode, struct trfs_error *err)
{
	int rc = parse_id("uid", uid, &readers->uid, &readers->has_uid, err);

	if (rc == 0)
		rc = parse_id("gid", gid, &readers->gid, &readers->has_gid, err);
	if (rc == 0)
		rc = parse_mode(readers, mode, err);
	return rc;
}

int trfs_readers_check(const struct trfs_readers *readers, struct trfs_error *err)
{
	static const char word[] = "user_allow_other";
	bool is_allowed = !readers->allow_other || geteuid() == 0;
	char line[256];
	FILE *file;

	if (is_allowed)
		return 0;
	file = fopen("/etc/fuse.conf", "re");
	while (file && !is_allowed && fgets(line, sizeof(line), file)) {
		const char *text = line + strspn(line, " \t");
		size_t len = strcspn(text, " \t\n");

		is_allowed = len == sizeof(word) - 1 && memcmp(text, word, len) == 0;
	}
	if (file)
		fclose(file);
	if (is_allowed)
		return 0;
	return trfs_fail(err, -EPERM,
			 "--allow-other is for root alone on this machine; an "
			 "administrator allows it to all with: echo user_allow_other | "
			 "sudo tee -a /etc/fuse.conf");
}

int trfs_readers_owner(const struct trfs_readers *readers,
		       const struct trfs_catalog *catalog, struct trfs_shown_owner *ret,
		       struct trfs_error *err)
{
	struct trfs_access access = catalog->access;
	int rc = narrow_above(&access, catalog->root_path, err);

	if (rc == 0 && readers->allow_other)
		rc = narrow_directories(&access, catalog, err);
	if (rc < 0)
		return rc;
	/* A link may lead into directories that others cannot enter. */
	if (catalog->follow && readers->allow_other)
		access.mode &= TRFS_ACCESS_OWNER;
	ret->promised = readers->allow_other && !readers->has_mode ? access.mode : 0;
	ret->uid = readers->has_uid ? readers->uid : access.uid;
	ret->gid = readers->has_gid ? readers->gid : access.gid;
	ret->mode = readers->has_mode ? readers->mode : access.mode;
	if (do_we_read(ret))
		return 0;
	if (readers->has_uid || readers->has_mode)
		return trfs_fail(err, -EINVAL,
				 "with that --uid, --gid and --mode who mounts could not "
				 "read what is mounted");
	ret->uid = geteuid();
	ret->mode |= TRFS_ACCESS_OWNER;
	return 0;
}
