/* SPDX-License-Identifier: MIT */
/* What the operations work on, and how an inode becomes something that is shown. */
#ifndef TRFS_FUSE_SERVICE_H
#define TRFS_FUSE_SERVICE_H

#include "base/cache.h"
#include "fuse/failures.h"
#include "fuse/init_exchange.h"
#include "fuse/log.h"
#include "fuse/pending.h"
#include "fuse/reply_buffers.h"
#include "fuse/shown.h"
#include "fuse/view_nodes.h"
#include "stream/read_ahead.h"

/* Memory for views that nobody uses at the moment: as much, and so much for each record
 * of the root, of which a view that chooses records has four bytes. */
#define TRFS_VIEWS_BYTES_MAX	  (UINT64_C(48) << 20)
#define TRFS_VIEWS_BYTES_A_RECORD UINT64_C(8)

/* Seconds after one to two of which an unused view's memory is freed. */
#define TRFS_VIEWS_SECONDS 15

struct trfs_handle;

/**
 * struct trfs_service - libfuse's user data
 * @root: what the root shows; always there
 * @views: what other directories show, by the key of their view
 * @read_ahead: by which shards are read
 * @direct: shards are read past the kernel's page cache
 * @keeper_pid: of the process that mounted, to which signals are sent
 * @nr_workers_before: that served this mount and died
 * @handles: open files, @nr_handles of them, under @handles_lock
 * @pending: reads that the kernel waits for
 * @reads: of source files, under way
 * @started, @started_steady: when serving began, by the machine's clock and by one that
 *	only goes forward
 */
struct trfs_service {
	struct trfs_stream *stream;
	struct trfs_read_ahead *read_ahead;
	bool direct;
	pid_t keeper_pid;
	unsigned int nr_workers_before;
	struct trfs_shown *root;
	struct trfs_cache *views;
	struct trfs_view_nodes *nodes;
	struct trfs_shown_owner owner;
	pthread_mutex_t handles_lock;
	struct trfs_handle *handles;
	uint64_t nr_handles;
	struct trfs_pending pending;
	struct trfs_source_reads reads;
	struct trfs_log log;
	struct trfs_reply_buffers buffers;
	struct trfs_failures failures;
	struct trfs_init_exchange init;
	uint64_t nr_reads; /* of shards, atomically */
	uint64_t nr_bytes; /* read of shards, atomically */
	int64_t started;
	uint64_t started_steady;
};

TRFS_MUST_CHECK
int trfs_service_init(struct trfs_service *service,
		      const struct trfs_generation *generation, struct trfs_error *err);
void trfs_service_done(struct trfs_service *service);

/**
 * struct trfs_place_shown - an inode that was found
 * @service: whose
 * @shown: what its directory shows
 * @view: number of the directory
 * @local: the inode within its tree
 */
struct trfs_place_shown {
	struct trfs_service *service;
	struct trfs_shown *shown;
	uint32_t view;
	uint64_t local;
};

/*
 * Find what @inode is; end with trfs_service_give().  -ESTALE for inodes that were
 * given by a worker that died: the kernel looks their paths up again; what making the
 * view again fails with.
 */
TRFS_MUST_CHECK
int trfs_service_take(struct trfs_service *service, uint64_t inode,
		      struct trfs_place_shown *ret, struct trfs_error *err);
void trfs_service_give(const struct trfs_place_shown *place);

/*
 * The inode of @name in directory @parent, with one look-up counted for the kernel: a
 * file or directory that is shown there, or the directory of a view.  -ENOENT; -ENOTDIR.
 */
TRFS_MUST_CHECK
int trfs_service_look_up(struct trfs_service *service, uint64_t parent, const char *name,
			 uint64_t *ret, struct trfs_error *err);

/* The inode of ".." of directory @inode. */
uint64_t trfs_service_parent(struct trfs_service *service,
			     const struct trfs_place_shown *place, uint64_t local_parent);

/* Count a look-up of @inode by the kernel, or @nr that it forgets. */
void trfs_service_count(struct trfs_service *service, uint64_t inode);
void trfs_service_forget(struct trfs_service *service, uint64_t inode, uint64_t nr);

/* Append the path of the view that @place is in; nothing for the root. */
void trfs_service_print_view(struct trfs_service *service,
			     const struct trfs_place_shown *place,
			     struct trfs_buffer *ret);

/* Forget what was not used since the last time; true where that freed something. */
bool trfs_service_age(struct trfs_service *service);

/* For metrics and status. */
uint64_t trfs_service_nr_open(struct trfs_service *service);
uint64_t trfs_service_nr_threads(void);

/* The mount's state as JSON, for `tfrecordfs status`. */
void trfs_service_print_status(struct trfs_service *service, struct trfs_buffer *ret);

/* The mount's state as Prometheus' text. */
void trfs_service_print_metrics(struct trfs_service *service, struct trfs_buffer *ret);

#endif
