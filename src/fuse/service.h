/* SPDX-License-Identifier: MIT */
/* What the operations work on, and how an inode becomes something that is shown. */
#ifndef TRFS_FUSE_SERVICE_H
#define TRFS_FUSE_SERVICE_H

#include "base/confine.h"
#include "fuse/failures.h"
#include "fuse/init_exchange.h"
#include "fuse/log.h"
#include "fuse/pending.h"
#include "fuse/rates.h"
#include "fuse/readers.h"
#include "fuse/reply_buffers.h"
#include "fuse/served.h"
#include "fuse/state.h"
#include "fuse/view_nodes.h"

/* Seconds after one to two of which an unused view's memory is freed. */
#define TRFS_VIEWS_SECONDS 15

struct trfs_aging;
struct trfs_handle;
struct trfs_reload;

/**
 * struct trfs_service - libfuse's user data
 * @served: what is served, the current generation first; under @served_lock
 * @direct: shards are read past the kernel's page cache
 * @keeper_pid: of the process that mounted, to which signals are sent
 * @nr_workers_before: that served this mount and died
 * @confinement: of this process
 * @readers: for whom it is
 * @handles: open files, @nr_handles of them, under @handles_lock
 * @nr_told: handles that the kernel was told of, see trfs_handle_number()
 * @pending: reads that the kernel waits for
 * @reads: of source files, under way
 * @started, @started_ms: when serving began, by the machine's clock and by base/clock.h
 * @teller: of how it goes
 * @reload: what reloads; NULL: nothing does
 * @aging: what frees; NULL: nothing does until the end
 * @control: see struct trfs_mount_callbacks; may be NULL
 * @control_user: handed back to it
 */
struct trfs_service {
	pthread_mutex_t served_lock;
	struct trfs_served *served;
	bool direct;
	pid_t keeper_pid;
	unsigned int nr_workers_before;
	struct trfs_confinement confinement;
	struct trfs_view_nodes *nodes;
	struct trfs_readers readers;
	pthread_mutex_t handles_lock;
	struct trfs_handle *handles;
	uint64_t nr_handles;
	_Atomic uint64_t nr_told;
	struct trfs_pending pending;
	struct trfs_source_reads reads;
	struct trfs_log log;
	struct trfs_reply_buffers buffers;
	struct trfs_failures failures;
	struct trfs_init_exchange init;
	uint64_t nr_reads; /* of shards, atomically */
	uint64_t nr_bytes; /* read of shards, atomically */
	struct trfs_state_teller teller;
	struct trfs_rates rates;
	struct trfs_reload *reload;
	struct trfs_aging *aging;
	bool (*control)(void *user, const char *text, char *answer, size_t size);
	void *control_user;
	int64_t started;
	uint64_t started_ms;
};

/* @generation is taken over, also where it fails. */
TRFS_MUST_CHECK
int trfs_service_init(struct trfs_service *service, struct trfs_generation *generation,
		      struct trfs_error *err);
void trfs_service_done(struct trfs_service *service);

/* The generation that is served now; give it back.  It stays until then. */
struct trfs_served *trfs_service_current(struct trfs_service *service);
void trfs_service_release(struct trfs_service *service, struct trfs_served *served);

/* How many are served: the current one, and those before that still are in use. */
uint64_t trfs_service_nr_served(struct trfs_service *service);

/*
 * Prepare to serve @generation, which is taken over unless it fails; nobody sees it until
 * trfs_service_switch().
 */
TRFS_MUST_CHECK
int trfs_service_prepare(struct trfs_service *service, struct trfs_generation *generation,
			 struct trfs_served **ret, struct trfs_error *err);

/* Serve @next from now on; what was served before stays while it is used. */
void trfs_service_switch(struct trfs_service *service, struct trfs_served *next);

/**
 * struct trfs_place_shown - an inode that was found
 * @service: whose
 * @served: of which generation
 * @shown: what its directory shows
 * @view: number of the directory; 0 for the root
 * @local: the inode within its tree
 */
struct trfs_place_shown {
	struct trfs_service *service;
	struct trfs_served *served;
	struct trfs_shown *shown;
	uint32_t view;
	uint64_t local;
};

/*
 * Find what @inode is; end with trfs_service_give().  -ESTALE for inodes of what is
 * served no more, or was by a worker that died: the kernel looks their paths up again;
 * what making the view again fails with.
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

/* Whether it is the root's problems.csv, which also tells what fails now. */
bool trfs_place_is_problems(const struct trfs_place_shown *place, size_t *ret_side_file);

/* The inode that the kernel knows @local, in the directory of @place, by. */
uint64_t trfs_place_inode(const struct trfs_place_shown *place, uint64_t local);

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

/*
 * Free generations that are not current and that nobody uses; forget of the others what
 * was not used since the last time.  True where that freed something.  One thread calls
 * both, which is not one that answers requests: they may wait for storage.
 */
bool trfs_service_sweep(struct trfs_service *service);
bool trfs_service_age(struct trfs_service *service);

/* For metrics and status. */
uint64_t trfs_service_nr_open(struct trfs_service *service);
uint64_t trfs_service_nr_threads(void);

/* What was read until now, for trfs_rates_note() and _get(). */
struct trfs_rate_sample trfs_service_sample(struct trfs_service *service);

/* The mount's state as JSON, for `tfrecordfs status`. */
void trfs_service_print_status(struct trfs_service *service, struct trfs_buffer *ret);

/* The mount's state as Prometheus' text. */
void trfs_service_print_metrics(struct trfs_service *service, struct trfs_buffer *ret);

#endif
