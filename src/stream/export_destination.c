/* SPDX-License-Identifier: MIT */
/*
 * What is in the destination already: nothing, or what the same export wrote, whole or
 * not; whatever else it is, nothing is touched.
 */
#include "stream/export_run.h"

#include "base/count_text.h"
#include "base/error.h"
#include "base/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define ELSEWHERE                                                                        \
	"export into another directory, or remove that one and type the same again"

/* What a new file system has in it, and what was left when a record was first written. */
static bool is_nothing(const char *name)
{
	static const char prefix[] = ".tfrecordfs-", suffix[] = ".tmp";
	size_t len = strlen(name);

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    strcmp(name, "lost+found") == 0 || strcmp(name, TRFS_EXPORT_LOCK) == 0)
		return true;
	return strncmp(name, prefix, sizeof(prefix) - 1) == 0 && len > sizeof(suffix) &&
	       strcmp(name + len - (sizeof(suffix) - 1), suffix) == 0;
}

static int check_is_empty(const struct trfs_export_run *run, struct trfs_error *err)
{
	const char *path = run->request->destination;
	DIR *stream = opendir(path);
	struct dirent *e;
	int rc = 0;

	if (!stream)
		return trfs_fail_errno(err, -errno, "cannot list %s", path);
	while (rc == 0 && (errno = 0, e = readdir(stream))) {
		if (!is_nothing(e->d_name))
			rc = trfs_fail(err, -EINVAL,
				       "%s has files in it that no tfrecordfs export "
				       "wrote, such as %s: export into a new or an empty "
				       "directory",
				       path, e->d_name);
	}
	if (rc == 0 && errno)
		rc = trfs_fail_errno(err, -errno, "cannot list %s", path);
	closedir(stream);
	return rc;
}

static int check_is_same(const struct trfs_export_run *run, struct trfs_error *err)
{
	const struct trfs_export_identity *ours = &run->source->identity;
	const struct trfs_export_identity *theirs = &run->before.identity;
	const char *path = run->request->destination;

	/* The fingerprint decides, which has the source in it; its path was made
	 * readable. */
	if (strcmp(ours->fingerprint, theirs->fingerprint) != 0 &&
	    strcmp(ours->source, theirs->source) != 0)
		return trfs_fail(err, -EINVAL,
				 "%s holds the shards of %s, not of %s: " ELSEWHERE, path,
				 theirs->source, ours->source);
	if (strcmp(ours->fingerprint, theirs->fingerprint) != 0)
		return trfs_fail(err, -EINVAL,
				 "%s holds shards of %s that were made with other "
				 "options: give the same as then, " ELSEWHERE,
				 path, theirs->source);
	if (strcmp(ours->view, theirs->view) != 0)
		return trfs_fail(err, -EINVAL,
				 "%s holds the shards of the %s%s, not of the "
				 "%s%s: " ELSEWHERE,
				 path, *theirs->view ? "view " : "whole data set",
				 theirs->view, *ours->view ? "view " : "whole data set",
				 ours->view);
	if (run->request->gzip != run->before.gzip)
		return trfs_fail(err, -EINVAL,
				 "%s holds shards that are %scompressed: give "
				 "--compression %s, " ELSEWHERE,
				 path, run->before.gzip ? "" : "not ",
				 run->before.gzip ? "gzip" : "none");
	if (strcmp(ours->content, theirs->content) != 0)
		return trfs_fail(
			err, -EINVAL,
			"%s holds shards of %s as it was before its images, "
			"manifest or labels changed, and both do not mix: " ELSEWHERE,
			path, theirs->source);
	return 0;
}

/* Which files are whole, and which are to be written. */
static int sort_out(struct trfs_export_run *run, struct trfs_error *err)
{
	const struct trfs_export_source *source = run->source;
	int rc = trfs_export_check(run, err);

	if (rc < 0)
		return rc;
	run->todo = calloc(source->nr + 1, sizeof(*run->todo));
	if (!run->todo)
		return trfs_fail_memory(err, "the list of files");
	for (size_t i = 0; i < source->nr; i++) {
		if (run->targets[i].is_whole)
			run->result->nr_kept++;
		else
			run->todo[run->nr_todo++] = i;
	}
	return 0;
}

/* Refuse what cannot fit; of compressed files it is only known what fits in any case. */
static int check_room(const struct trfs_export_run *run, struct trfs_error *err)
{
	char needed[TRFS_COUNT_SIZE], there[TRFS_COUNT_SIZE];
	uint64_t nr_needed = 0, nr_free, nr_left, block;
	struct statvfs fs;
	int rc = trfs_export_leftovers(run, false, &nr_left, err);

	if (rc < 0)
		return rc;
	if (fstatvfs(run->directory, &fs) < 0)
		return trfs_fail_errno(err, -errno, "cannot look at %s",
				       run->request->destination);
	block = fs.f_frsize ? fs.f_frsize : 4096;
	for (size_t i = 0; i < run->nr_todo; i++)
		nr_needed += (run->source->files[run->todo[i]].size + block - 1) / block *
			     block;
	/* What was left half written is removed first. */
	nr_free = (uint64_t)fs.f_bavail * block + nr_left;
	/* File systems that do not tell. */
	if (fs.f_blocks == 0 || nr_needed <= nr_free)
		return 0;
	if (run->request->gzip) {
		if (run->request->doubt)
			run->request->doubt(nr_needed, nr_free);
		return 0;
	}
	return trfs_fail(err, -ENOSPC,
			 "%s has %s bytes free, and %s are to be written: make room "
			 "there, or export into another directory",
			 run->request->destination, trfs_count_text(nr_free, there),
			 trfs_count_text(nr_needed, needed));
}

int trfs_export_look(struct trfs_export_run *run, struct trfs_error *err)
{
	int rc = trfs_export_record_read(run->request->destination, &run->before, err);

	if (rc == -ENOENT)
		rc = check_is_empty(run, err);
	else if (rc == 0)
		rc = check_is_same(run, err);
	if (rc == 0)
		rc = sort_out(run, err);
	if (rc == 0)
		rc = check_room(run, err);
	return rc;
}

int trfs_export_begin(struct trfs_export_run *run, struct trfs_error *err)
{
	uint64_t unused;
	int rc;

	/* Who only looks needs none. */
	if (run->lock_rc < 0)
		return trfs_fail_errno(err, run->lock_rc,
				       "cannot write to %s, as %s cannot be locked there",
				       run->request->destination, TRFS_EXPORT_LOCK);
	/* Where it is, nothing is missing. */
	unlinkat(run->directory, TRFS_EXPORT_SUMS, 0);
	rc = trfs_export_record_begin(run->request->destination, &run->source->identity,
				      run->request->gzip, &run->before, &run->record,
				      err);
	return rc < 0 ? rc : trfs_export_leftovers(run, true, &unused, err);
}

static int sync_below(const struct trfs_export_run *run, const char *path)
{
	TRFS_CLEANUP(trfs_file_closep)
	int fd = trfs_file_open_beneath(run->directory, path,
					O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? fd : trfs_file_sync_directory(fd);
}

/* Whoever may make directories there may not always list them. */
static int sync_above(const struct trfs_export_run *run)
{
	TRFS_CLEANUP(trfs_file_closep)
	int fd = openat(run->directory, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == EACCES ? 0 : -errno;
	return trfs_file_sync_directory(fd);
}

/* All directories that @name lies in, below the destination. */
static int sync_parents(const struct trfs_export_run *run, const char *name)
{
	char *path = strdup(name);
	int rc = path ? 0 : -ENOMEM;

	for (char *slash = path ? strchr(path, '/') : NULL; rc == 0 && slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		rc = sync_below(run, path);
		*slash = '/';
	}
	free(path);
	return rc;
}

int trfs_export_sync_names(const struct trfs_export_run *run, struct trfs_error *err)
{
	const char *last = "";
	size_t last_len = 0;
	int rc = trfs_file_sync_directory(run->directory);

	if (rc == 0 && run->was_made)
		rc = sync_above(run);
	for (size_t i = 0; rc == 0 && i < run->source->nr; i++) {
		const char *name = run->targets[i].name;
		const char *slash = strrchr(name, '/');
		size_t len = slash ? (size_t)(slash - name) : 0;

		/* Those of one directory stand together. */
		if (len == 0 || (len == last_len && memcmp(name, last, len) == 0))
			continue;
		last = name;
		last_len = len;
		rc = sync_parents(run, name);
	}
	return rc < 0 ? trfs_fail_errno(err, rc,
					"cannot write the directory %s to the disk",
					run->request->destination)
		      : 0;
}
