/* SPDX-License-Identifier: MIT */
/*
 * A mount, which outlives who serves it: one process mounts and keeps the descriptor of
 * /dev/fuse, another, its child, serves; when that one dies, the first has the requests
 * that were not answered sent again and starts another child.
 */
#ifndef TRFS_FUSE_MOUNT_H
#define TRFS_FUSE_MOUNT_H

#include "fuse/confinement.h"
#include "fuse/log.h"
#include "fuse/readers.h"
#include "fuse/state.h"
#include <tfrecordfs/stream.h>

/* What keeps the bytes of shards that were read, so that they need not be made again. */
enum trfs_mount_cache {
	TRFS_MOUNT_CACHE_AUTO,	 /* the kernel, if that can hold them all; else nothing */
	TRFS_MOUNT_CACHE_KERNEL, /* the kernel's page cache, as for files on a disk */
	TRFS_MOUNT_CACHE_NONE,
};

/* Word @i of those that users write for them; NULL behind the last. */
const char *trfs_mount_cache_name(size_t i);

/* The one that @word is for; false where it is none. */
bool trfs_mount_cache_parse(const char *word, enum trfs_mount_cache *ret);

/* The version of libfuse that runs. */
const char *trfs_mount_libfuse(void);

struct trfs_mount;

/**
 * struct trfs_mount_options - for whom, and how
 * @cache, @confine: see there
 * @index_directory: where indexes and what is known of files are written; NULL: nowhere
 * @readers: see there
 * @options_file: a data set file that is read when the data set is opened again; or NULL
 */
struct trfs_mount_options {
	enum trfs_mount_cache cache;
	enum trfs_confine_mode confine;
	struct trfs_readers readers;
	const char *index_directory;
	const char *options_file;
};

/**
 * trfs_mount_open() - mount, without serving yet
 * @mountpoint: an existing, empty directory, or /dev/fd/N, which is closed; checked by
 *	trfs_mountpoint_check()
 * @source_name: what mount(8) and df show as the device
 * @ret: unmount with trfs_mount_close()
 *
 * Waits for the kernel's first request, which it sends at once, and keeps it for whoever
 * serves.  No thread may exist, and none is made.
 *
 * Return: 0; -EPERM with libfuse's sentence; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_mount_open(const char *mountpoint, const char *source_name,
		    const struct trfs_mount_options *options, struct trfs_mount **ret,
		    struct trfs_error *err);

/*
 * Unmount, at once even where files are open, unless that was done already, and wherever
 * it is now; free it.
 * NULL is fine; returns NULL.
 */
struct trfs_mount *trfs_mount_close(struct trfs_mount *mount);

/* Free it in a process that only serves: what is mounted stays.  Returns NULL. */
struct trfs_mount *trfs_mount_leave(struct trfs_mount *mount);

/**
 * trfs_mount_resume() - get ready for another process that serves, after one died
 *
 * What was asked of the dead one and not answered is sent again, and the next one refuses
 * it: it may be what the other died of.  Files that were opened then have to be opened
 * again.  To be called where nobody serves.
 *
 * Return: 0; -EOPNOTSUPP for a kernel (before Linux 6.9) that cannot send them again, so
 *	that readers would wait for ever: the mount has to end.
 */
TRFS_MUST_CHECK
int trfs_mount_resume(struct trfs_mount *mount);

/**
 * struct trfs_mount_callbacks - what serving tells
 * @ready: called once: what is asked of the mount from then on is answered; @note says in
 *	one line what could not be set up as wished, or is NULL
 * @watches: reload whenever something changed in the source
 * @open: open the data set anew for a reload, in a thread of its own; NULL: no reloads
 * @log_level: which lines are logged at first
 * @log: called with each line of the log; from any thread
 * @changed: called with how it goes when serving begins, a reload begins, gets on or
 *	ends, and when other images fail than before; from any thread; may be NULL
 * @control: told what trfs_control_send() sends and is not for us: fills in @answer;
 *false where it does not know what @text is; NULL: knows nothing
 * @user: handed back to all
 */
struct trfs_mount_callbacks {
	bool watches;
	void (*ready)(void *user, const char *note);
	int (*open)(void *user, const struct trfs_progress *progress,
		    struct trfs_generation **ret, struct trfs_error *err);
	enum trfs_log_level log_level;
	void (*log)(void *user, enum trfs_log_level level, const char *line);
	void (*changed)(void *user, const struct trfs_mount_state *state);
	bool (*control)(void *user, const char *text, char *answer, size_t size);
	void *user;
};

/**
 * trfs_mount_serve() - serve until unmounted or SIGTERM, SIGINT; does not unmount
 * @generation: is the mount's from now on
 *
 * Confines the process for good, see confinement.h.  Takes over SIGTERM and SIGINT,
 * reloads at SIGHUP and ignores SIGPIPE while it serves. In the process that mounted or
 * in a child of it, once in each.  Where it ends in the midst of a reload, that goes on
 * until the process ends.
 *
 * Return: 0 after a clean end; else why it could not serve.
 */
TRFS_MUST_CHECK
int trfs_mount_serve(struct trfs_mount *mount, struct trfs_generation *generation,
		     const struct trfs_mount_options *options,
		     const struct trfs_mount_callbacks *callbacks,
		     struct trfs_error *err);

#endif
