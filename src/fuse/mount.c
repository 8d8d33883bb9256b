/* SPDX-License-Identifier: MIT */
/*
 * The life of a mount: session and mount; and in each process that serves the threads
 * beside it, and the loop, of which the first thread reports that it answers.
 */
#include "fuse/mount.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory_limit.h"
#include "fuse/aging.h"
#include "fuse/denial.h"
#include "fuse/helper.h"
#include "fuse/init_exchange.h"
#include "fuse/kernel_window.h"
#include "fuse/loop.h"
#include "fuse/mountpoint.h"
#include "fuse/ops.h"
#include "fuse/reload.h"
#include "fuse/watchdog.h"
#include "fuse/whereabouts.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define READ_AHEAD_KIB 1024u

/* Of memory.  What is larger would be gone from the page cache before it is read again,
 * and would have driven out what else is there. */
#define CACHED_PERCENT_MAX 80

/* Who unmounts for us may say so and not do it. */
#define UNMOUNTS_MAX 64

/* What could not be set up as wished. */
#define TRFS_MOUNT_NOTE_SIZE 256

/**
 * struct trfs_mount - session and mount, made once, and what serves in this process
 * @where: the mountpoint
 * @note: what could not be set up as wished
 * @ready, @ready_user: see struct trfs_mount_callbacks
 * @is_busy: a thread still reloads, frees or looks after reads, which ends with the
 * process
 */
struct trfs_mount {
	struct fuse_session *session;
	struct trfs_whereabouts where;
	char note[TRFS_MOUNT_NOTE_SIZE];
	void (*ready)(void *user, const char *note);
	void *ready_user;
	bool is_busy;
	struct trfs_service service;
	struct trfs_reload reload;
	struct trfs_aging aging;
	struct trfs_watchdog watchdog;
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

/*
 * Without the device itself, a fusermount3 that has others open it was found, see
 * trfs_mountpoint_check(); libfuse tries that first only for who wants auto_unmount.
 */
static bool needs_helper(void)
{
	return access("/dev/fuse", R_OK | W_OK) < 0;
}

static int add_options(struct fuse_args *args, const char *source_name, bool allow_other)
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
	if (rc == 0 && allow_other)
		rc = fuse_opt_add_opt(&list, "allow_other");
	if (rc == 0 && needs_helper())
		rc = fuse_opt_add_opt(&list, "auto_unmount");
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

const char *trfs_mount_libfuse(void)
{
	return fuse_pkgversion();
}

static const char *const cache_names[] = {
	[TRFS_MOUNT_CACHE_AUTO] = "auto",
	[TRFS_MOUNT_CACHE_KERNEL] = "kernel",
	[TRFS_MOUNT_CACHE_NONE] = "none",
};

const char *trfs_mount_cache_name(size_t i)
{
	return i < TRFS_COUNT(cache_names) ? cache_names[i] : NULL;
}

bool trfs_mount_cache_parse(const char *word, enum trfs_mount_cache *ret)
{
	for (unsigned int i = 0; i < TRFS_COUNT(cache_names); i++) {
		if (strcmp(cache_names[i], word) == 0) {
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

/* Why the kernel did not send its first request, or not as the first. */
static int fail_first_request(const struct trfs_mount *mount, const char *mountpoint,
			      int rc, struct trfs_error *err)
{
	if (mount->where.is_given && rc == -EPERM)
		return trfs_fail(err, rc,
				 "%s is not mounted yet; call mount(2) with fd=, "
				 "rootmode=40000, user_id= and group_id= first",
				 mountpoint);
	if (mount->where.is_given && (rc == -EPROTO || rc == -ETIMEDOUT))
		return trfs_fail(err, rc,
				 "%s was served by another process before; mount anew",
				 mountpoint);
	return trfs_fail_errno(err, rc, "the kernel's first request on %s", mountpoint);
}

static int mount_session(struct trfs_mount *mount, const char *mountpoint,
			 struct trfs_error *err)
{
	struct trfs_complaint complaint;
	char why[256];
	int rc;

	libfuse_message[0] = '\0';
	trfs_complaint_begin(&complaint);
	rc = fuse_session_mount(mount->session, mount->where.path);
	trfs_complaint_end(&complaint, why, sizeof(why));
	if (rc == 0)
		return 0;
	trfs_complaint_trim(libfuse_message);
	return trfs_denial_fail(mountpoint, *why ? why : libfuse_message, err);
}

int trfs_mount_open(const char *mountpoint, const char *source_name,
		    const struct trfs_mount_options *options, struct trfs_mount **ret,
		    struct trfs_error *err)
{
	struct trfs_mount *mount = calloc(1, sizeof(*mount));
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_lowlevel_ops ops;
	int rc = mount ? add_options(&args, source_name, options->readers.allow_other)
		       : -ENOMEM;

	if (rc < 0) {
		rc = trfs_fail_memory(err, "mount options");
		goto out;
	}
	rc = trfs_whereabouts_take(&mount->where, mountpoint, err);
	if (rc < 0)
		goto out;
	mount->service.keeper_pid = getpid();
	trfs_ops_fill(&ops);
	fuse_set_log_func(keep_message);
	libfuse_message[0] = '\0';
	mount->session = fuse_session_new(&args, &ops, sizeof(ops), &mount->service);
	if (!mount->session) {
		rc = trfs_fail(err, -EINVAL, "libfuse: %s", libfuse_message);
		goto out;
	}
	rc = mount_session(mount, mountpoint, err);
	if (rc < 0)
		goto out;
	if (!mount->where.is_given)
		trfs_whereabouts_note(&mount->where, fuse_session_fd(mount->session));
	rc = trfs_init_exchange_begin(&mount->service.init, mount->session);
	if (rc < 0) {
		fail_first_request(mount, mountpoint, rc, err);
		fuse_session_unmount(mount->session);
		goto out;
	}
	*ret = TRFS_STEAL(mount);
out:
	fuse_opt_free_args(&args);
	trfs_mount_leave(mount);
	return rc;
}

static void unmount(struct trfs_mount *mount)
{
	char path[PATH_MAX];

	if (mount->where.is_given)
		return;
	if (!*mount->where.device)
		fuse_session_unmount(mount->session);
	/* Others may have bound it to several places, at each of which it would be dead.
	 */
	for (int i = 0; *mount->where.device && i < UNMOUNTS_MAX; i++)
		if (!trfs_whereabouts_find(&mount->where, fuse_session_fd(mount->session),
					   path) ||
		    trfs_mountpoint_unmount(path, true, NULL) < 0)
			break;
}

struct trfs_mount *trfs_mount_close(struct trfs_mount *mount)
{
	if (mount)
		unmount(mount);
	return trfs_mount_leave(mount);
}

/*
 * libfuse frees what it knows of a mount only where it unmounts; which it leaves where
 * the descriptor says that this was done already (POLLERR), as that of a pipe does that
 * nobody reads from.
 */
static void forget_mountpoint(struct fuse_session *session)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	trfs_file_close(ends[0]);
	if (dup2(ends[1], fuse_session_fd(session)) >= 0)
		fuse_session_unmount(session);
	trfs_file_close(ends[1]);
}

struct trfs_mount *trfs_mount_leave(struct trfs_mount *mount)
{
	if (!mount || mount->is_busy)
		return NULL;
	if (mount->session) {
		if (fuse_session_fd(mount->session) >= 0)
			forget_mountpoint(mount->session);
		fuse_session_destroy(mount->session);
	}
	free(mount);
	return NULL;
}

int trfs_mount_resume(struct trfs_mount *mount)
{
	if (trfs_init_exchange_resume(&mount->service.init, mount->session) < 0)
		return -EOPNOTSUPP;
	mount->service.nr_workers_before++;
	return 0;
}

/*
 * Threads are there that answer.  To ask first, to be sure, would be to wait for
 * ourselves: if this process is killed then, it never ends.
 */
static void announce(void *user)
{
	const struct trfs_mount *mount = user;

	mount->ready(mount->ready_user, *mount->note ? mount->note : NULL);
}

static int run_announced(struct trfs_mount *mount,
			 const struct trfs_mount_callbacks *callbacks)
{
	int rc;

	trfs_watchdog_start(&mount->watchdog, &mount->service, mount->session);
	mount->ready = callbacks->ready;
	mount->ready_user = callbacks->user;
	mount->service.init.begun = announce;
	mount->service.init.begun_user = mount;
	rc = trfs_loop_run(mount->session);
	mount->is_busy = !trfs_watchdog_stop(&mount->watchdog);
	return rc;
}

/* Once the kernel has its answer, which sets it too, and while we still may. */
static bool raise_read_ahead(const struct trfs_mount *mount)
{
	struct statx st;

	/* Nobody would answer a request. */
	return statx(AT_FDCWD, mount->where.path, AT_STATX_DONT_SYNC, 0, &st) == 0 &&
	       trfs_kernel_window_set(makedev(st.stx_dev_major, st.stx_dev_minor),
				      READ_AHEAD_KIB);
}

/* All that needs rights is done, then they are given up; what is amiss becomes a note. */
static int prepare_process(struct trfs_mount *mount,
			   const struct trfs_generation *generation,
			   const struct trfs_mount_options *options,
			   struct trfs_error *err)
{
	struct trfs_confinement *confinement = &mount->service.confinement;
	struct trfs_buffer note;
	int rc;

	trfs_buffer_init(&note, TRFS_MOUNT_NOTE_SIZE - 1);
	if (!mount->where.is_given && !raise_read_ahead(mount))
		trfs_buffer_printf(&note, "the kernel reads 128 KiB ahead; only root may "
					  "raise that to 1 MiB, which makes first passes "
					  "faster");
	rc = trfs_confinement_begin(options->confine, generation,
				    options->index_directory, options->options_file,
				    confinement, err);
	if (confinement->parts != confinement->wanted) {
		trfs_buffer_printf(&note,
				   "%sthe process that serves is confined without ",
				   note.len > 0 ? "; " : "");
		trfs_confinement_print_missing(confinement, &note);
		trfs_buffer_printf(&note, ", which this kernel does not give");
	}
	snprintf(mount->note, sizeof(mount->note), "%s",
		 trfs_buffer_text(&note) ? trfs_buffer_text(&note) : "");
	trfs_buffer_done(&note);
	return rc;
}

static int serve_service(struct trfs_mount *mount,
			 const struct trfs_generation *generation,
			 const struct trfs_mount_options *options,
			 const struct trfs_mount_callbacks *callbacks,
			 struct trfs_error *err)
{
	struct trfs_reload_callbacks reload = { .watches = callbacks->watches,
						.open = callbacks->open,
						.user = callbacks->user };
	sigset_t hangup;
	int rc = trfs_init_exchange_finish(mount->session);

	if (rc == 0 && fuse_set_signal_handlers(mount->session) != 0)
		rc = -EINVAL;
	if (rc < 0)
		return trfs_fail_errno(err, rc, "preparing to serve %s",
				       mount->where.path);
	rc = prepare_process(mount, generation, options, err);
	if (rc < 0)
		return rc;
	/* libfuse takes it for an end; now it waits for whoever reloads. */
	sigemptyset(&hangup);
	sigaddset(&hangup, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &hangup, NULL);
	trfs_aging_start(&mount->aging, &mount->service, TRFS_VIEWS_SECONDS);
	mount->service.aging = &mount->aging;
	rc = callbacks->open ? trfs_reload_start(&mount->reload, &mount->service,
						 mount->session, &reload)
			     : 0;
	if (rc == 0 && callbacks->open)
		mount->service.reload = &mount->reload;
	if (rc == 0)
		rc = run_announced(mount, callbacks);
	/* In this order: who reloads hurries who frees. */
	mount->is_busy |= (mount->service.reload && !trfs_reload_stop(&mount->reload)) ||
			  !trfs_aging_stop(&mount->aging);
	fuse_remove_signal_handlers(mount->session);
	if (rc == -EAGAIN)
		return trfs_fail(err, rc,
				 "serving %s: no more threads may be started (see "
				 "ulimit -u, or the limit of the container)",
				 mount->where.path);
	return rc < 0 ? trfs_fail_errno(err, rc, "serving %s", mount->where.path) : 0;
}

int trfs_mount_serve(struct trfs_mount *mount, struct trfs_generation *generation,
		     const struct trfs_mount_options *options,
		     const struct trfs_mount_callbacks *callbacks, struct trfs_error *err)
{
	struct trfs_service *service = &mount->service;
	int rc;

	service->direct = is_direct(generation, options->cache);
	/* What is read anew each time, as problems.csv, can be mapped, too. */
	service->init.maps_direct = true;
	service->readers = options->readers;
	service->control = callbacks->control;
	service->control_user = callbacks->user;
	trfs_state_teller_init(&service->teller, callbacks->changed, callbacks->user);
	trfs_log_init(&service->log, callbacks->log_level, callbacks->log,
		      callbacks->user);
	rc = trfs_service_init(service, generation, err);
	if (rc == 0) {
		rc = serve_service(mount, generation, options, callbacks, err);
		if (mount->is_busy)
			return rc;
		trfs_service_done(service);
	}
	trfs_log_done(&service->log);
	trfs_state_teller_done(&service->teller);
	return rc;
}
