/* SPDX-License-Identifier: MIT */
/* How serving goes, in a few numbers, told to whoever wants to hear of changes. */
#ifndef TRFS_FUSE_STATE_H
#define TRFS_FUSE_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Fits, with all else, in one atomic write to a pipe. */
#define TRFS_STATE_TEXT_MAX 1280

/**
 * struct trfs_mount_state - the numbers
 * @nr_shards, @nr_records: of what is shown now
 * @nr_failing: images whose reads fail
 * @is_reloading: and @text is what it does, @done of @total
 * @reload_failed: the last one, and @text says why
 */
struct trfs_mount_state {
	uint64_t nr_shards;
	uint64_t nr_records;
	uint64_t nr_failing;
	uint64_t done, total;
	bool is_reloading;
	bool reload_failed;
	char text[TRFS_STATE_TEXT_MAX];
};

/**
 * struct trfs_state_teller - who is told
 * @changed: from any thread, one at a time; NULL: nobody is
 * @nr_failing: when last told
 */
struct trfs_state_teller {
	void (*changed)(void *user, const struct trfs_mount_state *state);
	void *user;
	pthread_mutex_t lock;
	uint64_t nr_failing;
};

struct trfs_reload;
struct trfs_service;

void trfs_state_teller_init(struct trfs_state_teller *teller,
			    void (*changed)(void *user,
					    const struct trfs_mount_state *state),
			    void *user);
void trfs_state_teller_done(struct trfs_state_teller *teller);

/* Tell; @reload may be NULL. */
void trfs_state_tell(struct trfs_service *service, struct trfs_reload *reload);

/* Tell if others fail than when last told. */
void trfs_state_tell_failing(struct trfs_service *service);

#endif
