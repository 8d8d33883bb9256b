/* SPDX-License-Identifier: MIT */
/*
 * Reloading: another generation is opened beside the one that is served, by a thread of
 * its own, and then takes its place at once.  Shards whose bytes stay the same keep their
 * inodes, and with these their pages in the kernel's cache; all others get new ones.
 */
#ifndef TRFS_FUSE_RELOAD_H
#define TRFS_FUSE_RELOAD_H

#include "base/thread.h"
#include "fuse/service.h"
#include "fuse/watching.h"
#include <pthread.h>
#include <signal.h>

/* An error's sentence, and a few words in front. */
#define TRFS_RELOAD_TEXT_MAX TRFS_STATE_TEXT_MAX

/**
 * struct trfs_reload_callbacks - what reloading needs
 * @watches: reload whenever something changed in the source
 * @open: open the data set anew; -EINVAL and so on with a sentence; NULL: no reloads
 * @user: handed back
 */
struct trfs_reload_callbacks {
	bool watches;
	int (*open)(void *user, const struct trfs_progress *progress,
		    struct trfs_generation **ret, struct trfs_error *err);
	void *user;
};

/**
 * struct trfs_reload - the thread, and what it says
 * @wake: an eventfd; @signals: where SIGHUP arrives
 * @lock: of all below
 * @nr_wanted: asked for; @nr_done: of these, done, well or not
 * @is_running: one is under way, at @done of @total of @what
 * @nr_switched: generations that were served after the first one
 * @code, @text: how the last one ended
 * @told_ms: when its progress was last told, by base/clock.h; of its thread
 */
struct trfs_reload {
	struct trfs_service *service;
	struct fuse_session *session;
	struct trfs_reload_callbacks callbacks;
	int wake, signals;
	struct trfs_watching watching;
	struct trfs_thread thread;
	pthread_mutex_t lock;
	bool has_ended;
	uint64_t nr_wanted, nr_done, nr_switched;
	bool is_running;
	char what[64];
	uint64_t done, total;
	int code;
	char text[TRFS_RELOAD_TEXT_MAX];
	uint64_t told_ms;
};

/*
 * Start the thread: SIGHUP, which the caller has blocked in all threads, reloads from now
 * on.  -errno.
 */
TRFS_MUST_CHECK
int trfs_reload_start(struct trfs_reload *reload, struct trfs_service *service,
		      struct fuse_session *session,
		      const struct trfs_reload_callbacks *callbacks);

/*
 * End the thread.  False where it is in the midst of a reload, which cannot be waited
 * for: then nothing that it uses may be freed, and the process should end.
 */
TRFS_MUST_CHECK
bool trfs_reload_stop(struct trfs_reload *reload);

/* Ask for one; returns its number, from 1.  Requests before it begins are one. */
uint64_t trfs_reload_ask(struct trfs_reload *reload);

/*
 * Print "NUMBER idle|waiting|running DONE TOTAL CODE TEXT": how many are done, whether
 * one is asked for or under way, how far that is, and how the last one ended, or what the
 * one under way does.
 */
void trfs_reload_print(struct trfs_reload *reload, struct trfs_buffer *ret);

/* Fill in what @state says of reloads. */
void trfs_reload_look(struct trfs_reload *reload, struct trfs_mount_state *state);

/* How many generations there were before the one that is served, in this process. */
uint64_t trfs_reload_nr_switched(struct trfs_reload *reload);

#endif
