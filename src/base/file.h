/* SPDX-License-Identifier: MIT */
/* Files: who they are, whole reads, opening beneath a directory, atomic writes. */
#ifndef TRFS_BASE_FILE_H
#define TRFS_BASE_FILE_H

#include "base/access.h"
#include "base/bytes.h"
#include "base/compiler.h"
#include <stdio.h>
#include <sys/types.h>

/**
 * struct trfs_file_identity - is this still the file that was looked at?
 * @size: bytes
 * @mtime_ns: of the last change of content, since 1970
 */
struct trfs_file_identity {
	uint64_t size;
	uint64_t inode;
	int64_t mtime_ns;
};

static inline bool trfs_file_identity_equal(const struct trfs_file_identity *a,
					    const struct trfs_file_identity *b)
{
	return a->size == b->size && a->inode == b->inode && a->mtime_ns == b->mtime_ns;
}

/* Of an open descriptor; @ret_owner may be NULL.  -errno. */
TRFS_MUST_CHECK
int trfs_file_identify(int fd, struct trfs_file_identity *ret,
		       struct trfs_file_owner *ret_owner);

/*
 * Of the regular file @name of an open directory, without opening it; @ret_touched_ns is
 * when its inode was last changed in any way.  -EINVAL of anything else, links included;
 * else -errno.
 */
TRFS_MUST_CHECK
int trfs_file_look(int directory, const char *name, struct trfs_file_identity *ret,
		   int64_t *ret_touched_ns, struct trfs_file_owner *ret_owner);

/* Of whatever is at @path, relative to an open directory, without opening it.  -errno. */
TRFS_MUST_CHECK
int trfs_file_identify_at(int directory, const char *path,
			  struct trfs_file_identity *ret);

/* Close unless negative; keeps errno. */
void trfs_file_close(int fd);
static inline void trfs_file_closep(int *fd)
{
	trfs_file_close(*fd);
}

/* Now, as files are dated, so that what is touched from now on is dated no earlier. */
int64_t trfs_file_now_ns(void);

/**
 * trfs_file_make_parents() - make the directories that @path lies in, as far as missing
 * @mode: of those that are made, less the umask
 *
 * Goes on after one that cannot be made, since some file systems refuse to make what is
 * there; what is below it then tells.
 *
 * Return: 0; -ENAMETOOLONG; or the errno of making the first that is missing, which the
 *         message names.
 */
TRFS_MUST_CHECK
int trfs_file_make_parents(const char *path, mode_t mode, struct trfs_error *err);

/* mkdir -p; what goes wrong shows when something is written there. */
void trfs_file_make_directories(const char *directory);

/**
 * struct trfs_root - the directory that every image lies beneath
 * @fd: open directory
 * @path: its real path, without a slash at the end, so "" for "/" (owned)
 * @follow: symbolic links may lead out of it
 * @is_ours: so that files can probably be read without touching their times of access
 * @access: of the directory's owner and group, for trfs_access_of_file()
 * @promised: bits of base/access.h that files have to have to be read; 0: none
 * @uncached: what is read of its files leaves no copy in the page cache that was not
 * there
 * @reads: knows of all reads of its files that are under way; NULL: nobody does
 */
struct trfs_root {
	int fd;
	char *path;
	bool follow;
	bool is_ours;
	struct trfs_access access;
	uint32_t promised;
	bool uncached;
	struct trfs_source_reads *reads;
};

/* -ENOENT, -ENOTDIR, ... with a sentence that names @path. */
TRFS_MUST_CHECK
int trfs_root_open(struct trfs_root *root, const char *path, bool follow,
		   struct trfs_error *err);
void trfs_root_close(struct trfs_root *root);

/**
 * trfs_root_open_file() - open a regular file beneath the root for reading
 * @path: relative, NUL-terminated
 *
 * Resolves with openat2(RESOLVE_BENEATH), so that neither ".." nor a link that is
 * swapped in meanwhile leads out; an absolute link that points beneath the root is
 * allowed.  Never blocks on a FIFO or a device, which are refused.
 *
 * Return: a descriptor (close it), or -EXDEV when the path leaves the root, -EINVAL when
 *         it is not a regular file, -EISDIR for a directory, or the errno of open.
 */
TRFS_MUST_CHECK
int trfs_root_open_file(const struct trfs_root *root, const char *path);

/*
 * As above, and who the file is: the same look tells both, which spares scans a system
 * call.  @ret and @ret_owner, which may be NULL, may be written on failure.
 */
TRFS_MUST_CHECK
int trfs_root_open_identified(const struct trfs_root *root, const char *path,
			      struct trfs_file_identity *ret,
			      struct trfs_file_owner *ret_owner);

/* As above for a directory (O_RDONLY | O_DIRECTORY). */
TRFS_MUST_CHECK
int trfs_root_open_directory(const struct trfs_root *root, const char *path);

/*
 * Open a path beneath an open directory, whose components are names: -ELOOP where one of
 * them is a link, -EXDEV at "..".  Else the errno of open.
 */
TRFS_MUST_CHECK
int trfs_file_open_beneath(int directory, const char *path, int flags);

/*
 * The directory @path beneath an open one, as above, made with all that it lies in where
 * that is not there: a descriptor of O_PATH (close it), or -errno.
 */
TRFS_MUST_CHECK
int trfs_file_make_beneath(int directory, const char *path, mode_t mode);

/*
 * A path from a manifest, made relative to the root: "./", "//" and inner ".." folded,
 * an absolute path beneath root->path cut.  -EXDEV when it leaves the root, -EINVAL when
 * it is empty or holds a NUL.  The root itself is ".".  The text alone decides: nothing
 * is looked up.  Appends to @ret_path, NUL-terminated (not counted).
 */
struct trfs_buffer;
TRFS_MUST_CHECK
int trfs_root_relative(const struct trfs_root *root, struct trfs_bytes path,
		       struct trfs_buffer *ret_path);

/* Write an open directory to the disk, where its file system can.  -errno. */
TRFS_MUST_CHECK
int trfs_file_sync_directory(int fd);

/* pread until @len bytes are there; -EIO at an early end, else -errno. */
TRFS_MUST_CHECK
int trfs_file_read(int fd, uint64_t offset, void *buf, size_t len);

/*
 * As above; what of it was not in the page cache before is not afterwards either, unless
 * another reads it at the same time.
 */
TRFS_MUST_CHECK
int trfs_file_read_uncached(int fd, uint64_t offset, void *buf, size_t len);

/*
 * Append a whole file of at most @max bytes to @buf; -EFBIG if it is larger.  May be a
 * pipe; -ETIMEDOUT if that is silent for seconds.  The message names @path.
 */
TRFS_MUST_CHECK
int trfs_file_read_all(const char *path, size_t max, struct trfs_buffer *buf,
		       struct trfs_error *err);

/**
 * struct trfs_atomic_file - a file that appears complete or not at all
 *
 * Written under a temporary name in the same directory, synced, renamed, and the
 * directory synced.  trfs_atomic_file_abort() after a failure removes the temporary file;
 * it is harmless after a commit, after a start that failed, and on a zeroed struct.  What
 * a process left that was killed meanwhile, trfs_atomic_file_start() removes.
 */
struct trfs_atomic_file {
	int directory_fd;
	int fd;
	uint64_t offset; /* bytes written so far */
	char *path;	 /* for messages */
	char *name;
	char *temporary_name;
};

TRFS_MUST_CHECK
int trfs_atomic_file_start(struct trfs_atomic_file *f, const char *directory,
			   const char *name, struct trfs_error *err);
TRFS_MUST_CHECK
int trfs_atomic_file_write(struct trfs_atomic_file *f, const void *data, size_t len,
			   struct trfs_error *err);
/* Write at the place @offset, already written once: for a header filled in last. */
TRFS_MUST_CHECK
int trfs_atomic_file_rewrite(struct trfs_atomic_file *f, uint64_t offset,
			     const void *data, size_t len, struct trfs_error *err);
TRFS_MUST_CHECK
int trfs_atomic_file_commit(struct trfs_atomic_file *f, struct trfs_error *err);
void trfs_atomic_file_abort(struct trfs_atomic_file *f);

/* Whether @path is @directory or lies in it; both as realpath() has them. */
bool trfs_path_is_beneath(const char *path, const char *directory);

#endif
