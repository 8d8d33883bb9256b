/* SPDX-License-Identifier: MIT */
/*
 * The life of a mount: session, mount, a thread that reports when it answers, the loop,
 * unmount.  Nothing is reported ready before a stat of the mountpoint came back.
 */
#include "fuse/mount.h"

#include "base/error.h"
#include "base/memory_limit.h"
#include "fuse/aging.h"
#include "fuse/ops.h"
#include "fuse/read_ahead.h"
#include "fuse/watchdog.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_AHEAD_KIB 1024u

/* Requests that are answered at a time. */
#define THREADS_MAX	 128u
#define THREADS_IDLE_MAX 16u

/* Of memory.  What is larger would be gone from the page cache before it is read again,
 * and would have driven out what else is there. */
#define CACHED_PERCENT_MAX 80

struct announcement {
	const struct trfs_mount_options *options;
	char mountpoint[PATH_MAX];
};

/* libfuse writes what went wrong to a log function that has no user data. */
static _Thread_local char libfuse_message[256];

TRFS_PRINTF(2, 0)
static void keep_message(enum fuse_log_level level, const char *format, va_list arguments)
{
	(void)level;
	vsnprintf(libfuse_message, sizeof(libfuse_message), format, arguments);
	libfuse_message[strcspn(libfuse_message, "\n")] = '\0';
}

static void *announce(void *user)
{
	const struct announcement *a = user;
	struct stat st;

	/* Answered by our own loop, once the kernel's first request was. */
	if (stat(a->mountpoint, &st) < 0)
		return NULL;
	if (trfs_read_ahead_set(st.st_dev, READ_AHEAD_KIB))
		a->options->ready(a->options->user, NULL);
	else
		a->options->ready(
			a->options->user,
			"the kernel reads 128 KiB ahead; only root may raise that "
			"to 1 MiB, which makes first passes faster");
	return NULL;
}

/* The thread takes no signals: they are the loop's. */
static int start_announcing(struct announcement *a, pthread_t *ret_thread)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(ret_thread, NULL, announce, a);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}

static int add_options(struct fuse_args *args, const char *source_name)
{
	char *list = NULL;
	char *source = NULL;
	int rc = fuse_opt_add_arg(args, "tfrecordfs");

	if (rc == 0 && asprintf(&source, "fsname=%s", source_name) < 0) {
		source = NULL;
		rc = -1;
	}
	if (rc == 0)
		rc = fuse_opt_add_opt(&list, "ro,nosuid,nodev,default_permissions,"
					     "subtype=tfrecordfs");
	if (rc == 0)
		rc = fuse_opt_add_opt_escaped(&list, source);
	if (rc == 0)
		rc = fuse_opt_add_arg(args, "-o");
	if (rc == 0)
		rc = fuse_opt_add_arg(args, list);
	free(list);
	free(source);
	return rc == 0 ? 0 : -ENOMEM;
}

/* Threads that wait for storage leave enough others; idle ones beyond a few end. */
static int run_loop(struct fuse_session *session)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int rc;

	if (!config)
		return -ENOMEM;
	fuse_loop_cfg_set_clone_fd(config, 0);
	fuse_loop_cfg_set_max_threads(config, THREADS_MAX);
	fuse_loop_cfg_set_idle_threads(config, THREADS_IDLE_MAX);
	rc = fuse_session_loop_mt(session, config);
	fuse_loop_cfg_destroy(config);
	return rc < 0 ? rc : 0;
}

static int serve_mounted(struct fuse_session *session, struct trfs_service *service,
			 const struct trfs_mount_options *options, struct trfs_error *err)
{
	struct announcement announcement = { .options = options };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before;
	pthread_t announcer;
	int rc;

	if (!realpath(options->mountpoint, announcement.mountpoint))
		return trfs_fail_errno(err, -errno, "the mountpoint %s",
				       options->mountpoint);
	if (fuse_set_signal_handlers(session) != 0)
		return trfs_fail(err, -EINVAL, "installing signal handlers");
	/* libfuse takes a closed terminal for an end; a mount outlives it. */
	sigaction(SIGHUP, &ignore, &before);
	rc = start_announcing(&announcement, &announcer);
	if (rc == 0) {
		struct trfs_watchdog watchdog;
		struct trfs_aging aging;

		trfs_aging_start(&aging, service, TRFS_VIEWS_SECONDS);
		trfs_watchdog_start(&watchdog, service);
		rc = run_loop(session);
		trfs_watchdog_stop(&watchdog);
		trfs_aging_stop(&aging);
		/* Its stat, if it still waits, fails once nobody answers. */
		fuse_session_unmount(session);
		pthread_join(announcer, NULL);
	}
	sigaction(SIGHUP, &before, NULL);
	fuse_remove_signal_handlers(session);
	return rc < 0 ? trfs_fail_errno(err, rc, "serving %s", options->mountpoint) : 0;
}

bool trfs_mount_cache_parse(const char *word, enum trfs_mount_cache *ret)
{
	static const char *const words[] = {
		[TRFS_MOUNT_CACHE_AUTO] = "auto",
		[TRFS_MOUNT_CACHE_KERNEL] = "kernel",
		[TRFS_MOUNT_CACHE_NONE] = "none",
	};

	for (unsigned int i = 0; i < TRFS_COUNT(words); i++) {
		if (strcmp(words[i], word) == 0) {
			*ret = (enum trfs_mount_cache)i;
			return true;
		}
	}
	return false;
}

static bool is_direct(const struct trfs_generation *g, enum trfs_mount_cache cache)
{
	const struct trfs_plan *plan = trfs_generation_plan(g);
	uint64_t limit = trfs_memory_limit() / 100 * CACHED_PERCENT_MAX;
	uint64_t size = 0;

	if (cache != TRFS_MOUNT_CACHE_AUTO)
		return cache == TRFS_MOUNT_CACHE_NONE;
	for (uint32_t i = 0; i < trfs_plan_nr_shards(plan) && size <= limit; i++)
		size += trfs_generation_shard_size(g, i);
	return size > limit;
}

static int serve_session(struct trfs_service *service,
			 const struct trfs_mount_options *options, struct trfs_error *err)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_lowlevel_ops ops;
	struct fuse_session *session;
	int rc = add_options(&args, options->source_name);

	if (rc < 0) {
		fuse_opt_free_args(&args);
		return trfs_fail_memory(err, "mount options");
	}
	trfs_ops_fill(&ops);
	fuse_set_log_func(keep_message);
	libfuse_message[0] = '\0';
	session = fuse_session_new(&args, &ops, sizeof(ops), service);
	fuse_opt_free_args(&args);
	if (!session)
		return trfs_fail(err, -EINVAL, "libfuse: %s", libfuse_message);
	if (fuse_session_mount(session, options->mountpoint) != 0) {
		rc = trfs_fail(err, -EPERM, "mounting on %s failed: %s",
			       options->mountpoint,
			       *libfuse_message ? libfuse_message
						: "see fusermount3's line above");
	} else {
		if (service->direct)
			trfs_init_exchange_watch(session);
		rc = serve_mounted(session, service, options, err);
		fuse_session_unmount(session);
	}
	fuse_session_destroy(session);
	return rc;
}

int trfs_mount_serve(const struct trfs_generation *generation,
		     const struct trfs_mount_options *options, struct trfs_error *err)
{
	struct trfs_service service = {
		.direct = is_direct(generation, options->cache),
	};
	int rc;

	trfs_log_init(&service.log, options->log_level, options->log, options->user);
	rc = trfs_service_init(&service, generation, err);
	if (rc == 0) {
		rc = serve_session(&service, options, err);
		trfs_service_done(&service);
	}
	trfs_log_done(&service.log);
	return rc;
}
