/* SPDX-License-Identifier: MIT */
/*
 * mount: index in the foreground, where progress can be seen; keep and serve in the
 * background; return when the mount answers.
 */
#include "cli/command.h"
#include "cli/daemon.h"
#include "cli/data_set.h"
#include "cli/hints.h"
#include "cli/keeper.h"
#include "cli/log.h"
#include "cli/mount_helper.h"
#include "cli/mount_report.h"
#include "cli/options_file.h"
#include "cli/output.h"
#include "cli/reopen.h"
#include "cli/supervisor.h"

#include "base/error.h"
#include "base/file.h"
#include "fuse/mount.h"
#include "fuse/mountpoint.h"
#include "stream/side_files.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>

/**
 * struct service - what the processes of a mount work on
 * @generation: shared by the keeper and all workers, so that the one after a crash shows
 *	the same bytes, whatever became of the source since
 * @was_reloaded: a worker has opened another; in memory that all share
 * @mount: of the keeper and, for serving, of workers
 * @daemon: of the keeper in the background, to the command
 * @worker: in a worker, to the keeper
 * @supervisor: of the keeper, what workers tell included
 */
struct service {
	const struct trfs_settings *settings;
	struct trfs_generation *generation;
	atomic_bool *was_reloaded;
	struct trfs_mount_options options;
	struct trfs_mount *mount;
	struct trfs_daemon daemon;
	struct trfs_daemon *worker;
	struct trfs_supervisor supervisor;
	double seconds;
	enum trfs_log_level log_level;
};

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* In the keeper. */
static void ready(void *user, const char *note)
{
	struct service *s = user;

	if (s->settings->foreground) {
		trfs_mount_report_print(s->settings, s->generation, s->seconds, note);
		trfs_supervisor_ready(&s->supervisor,
				      trfs_plan_nr_shards(s->generation->plan),
				      s->generation->plan->nr_records);
	} else {
		trfs_daemon_leave_terminal();
		trfs_daemon_ready(&s->daemon, note);
	}
}

/* In a worker. */
static void answers(void *user, const char *note)
{
	struct service *s = user;

	if (s->settings->foreground)
		trfs_daemon_leave_session();
	else
		trfs_daemon_leave_terminal();
	trfs_daemon_ready(s->worker, note);
}

/* In a worker. */
static void changed(void *user, const struct trfs_mount_state *state)
{
	const struct service *s = user;

	trfs_supervisor_pass(&s->supervisor, state);
}

static void log_line(void *user, enum trfs_log_level level, const char *line)
{
	const struct service *s = user;

	trfs_log_print_line(s->settings->foreground ? NULL : s->settings->positionals[1],
			    level, line);
}

/* In the keeper. */
static void log_error(void *user, const char *message)
{
	log_line(user, TRFS_LOG_ERROR, message);
}

/* Side files are made when they are looked at; those asked for by name are tried now. */
static int check_side_files(const struct trfs_generation *g, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_side_files_freep) struct trfs_side_files *files = NULL;
	TRFS_CLEANUP(trfs_view_freep) struct trfs_view *root = NULL;
	int rc = trfs_view_open(g, NULL, &root, err);

	if (rc == 0)
		rc = trfs_side_files_open(root, NULL, &files, err);
	for (size_t i = 0; rc == 0 && g->options.side_files; i++) {
		uint64_t size;

		if (i == trfs_side_files_nr(files))
			break;
		if (trfs_side_files_is_listed(files, i))
			rc = trfs_side_files_size(files, i, &size, err);
	}
	return rc;
}

/* In a worker, for a reload. */
static int open_again(void *user, const struct trfs_progress *progress,
		      struct trfs_generation **ret, struct trfs_error *err)
{
	const struct service *s = user;
	struct trfs_generation *g = NULL;
	int rc = trfs_reopen(s->settings, true, progress, &g, err);

	if (rc == 0)
		rc = check_side_files(g, err);
	if (rc == 0) {
		*ret = TRFS_STEAL(g);
		atomic_store(s->was_reloaded, true);
	}
	trfs_generation_free(g);
	return rc;
}

/*
 * In a worker.  After a reload, what was shown last is in the saved index; what the
 * keeper has is older.  Who watches wants to see what changed while nobody did.  SIGBUS
 * tells that the mapped index was truncated, or that its disk fails.
 */
static int serve(void *user, struct trfs_daemon *worker, int died_of,
		 struct trfs_error *err)
{
	struct service *s = user;
	const struct trfs_mount_callbacks callbacks = {
		.ready = answers,
		.watches = s->settings->watch,
		.open = open_again,
		.log_level = s->log_level,
		.log = log_line,
		.changed = s->supervisor.pipe[1] >= 0 ? changed : NULL,
		.user = s
	};
	int rc = 0;

	s->worker = worker;
	if (!s->settings->foreground)
		trfs_file_close(s->daemon.pipe_fd);
	if (died_of == SIGBUS ||
	    (died_of && (atomic_load(s->was_reloaded) || s->settings->watch))) {
		trfs_generation_free(s->generation);
		s->generation = NULL;
		rc = trfs_reopen(s->settings, false, NULL, &s->generation, err);
	}
	if (rc == 0)
		rc = trfs_mount_serve(s->mount, TRFS_STEAL(s->generation), &s->options,
				      &callbacks, err);
	return rc;
}

static int keep(struct service *s, struct trfs_error *err)
{
	const struct trfs_keeper_job job = { .serve = serve,
					     .ready = ready,
					     .log = log_error,
					     .supervisor = &s->supervisor,
					     .user = s };
	struct trfs_keeper_signals before;
	int rc;

	s->was_reloaded = mmap(NULL, sizeof(*s->was_reloaded), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->was_reloaded == MAP_FAILED)
		return trfs_fail_memory(err, "the mount");
	trfs_keeper_hold_signals(&before);
	rc = trfs_mount_open(s->settings->positionals[1],
			     s->settings->call ? s->settings->call->source
					       : s->generation->catalog->root_path,
			     &s->options, &s->mount, err);
	if (rc == 0)
		rc = trfs_keeper_run(s->mount, &job, &before, err);
	trfs_keeper_release_signals(&before);
	return rc;
}

/* By who does not serve, so that this ends whatever becomes of who does. */
static int see_answer(const char *mountpoint, struct trfs_error *err)
{
	struct stat st;

	/* Who mounted, and where, is known to who passed the descriptor. */
	if (trfs_mountpoint_descriptor(mountpoint) >= 0 || stat(mountpoint, &st) == 0)
		return 0;
	return trfs_fail_errno(err, -errno, "the mount on %s ended as it began",
			       mountpoint);
}

/* In the background: the child's failure reaches the terminal through the parent. */
static int keep_in_background(struct service *s, struct trfs_error *err)
{
	struct trfs_error note = { 0 };
	double started = now_seconds();
	int rc = trfs_daemon_start(&s->daemon, err);

	if (rc < 0)
		return rc;
	if (s->daemon.is_child) {
		trfs_daemon_close_inherited(
			trfs_mountpoint_descriptor(s->settings->positionals[1]));
		openlog("tfrecordfs", LOG_PID, LOG_DAEMON);
		rc = keep(s, err);
		if (rc < 0 && s->daemon.pipe_fd >= 0)
			trfs_daemon_failed(&s->daemon, err);
		else if (rc < 0)
			log_error(s, err->message);
		return 0;
	}
	rc = trfs_daemon_wait(&s->daemon, &note, err);
	if (rc == 0)
		rc = see_answer(s->settings->positionals[1], err);
	if (rc < 0)
		return rc;
	s->seconds += now_seconds() - started;
	trfs_mount_report_print(s->settings, s->generation, s->seconds,
				note.code ? note.message : NULL);
	return 0;
}

/* mkdir -p, as converters do with their output directory. */
static int make_mountpoint(const char *path, struct trfs_error *err)
{
	int rc = trfs_file_make_parents(path, 0777, err);

	if (rc < 0)
		return rc;
	/* Of an empty one the check of mountpoints tells. */
	if (*path && mkdir(path, 0777) < 0 && errno != EEXIST)
		return trfs_fail_errno(err, -errno, "cannot make %s", path);
	return 0;
}

/*
 * A source that is walked would be walked into its own mount at the next reload, and have
 * it for a class.  A mount that is dead, and goes, has no real path.
 */
static int check_outside_source(const struct trfs_settings *settings,
				struct trfs_error *err)
{
	char source[PATH_MAX], mountpoint[PATH_MAX];

	if (!trfs_data_set_is_walked(&settings->data) ||
	    !realpath(settings->positionals[0], source) ||
	    !realpath(settings->positionals[1], mountpoint) ||
	    !trfs_path_is_beneath(mountpoint, source))
		return 0;
	return trfs_fail(err, -EINVAL,
			 "the mountpoint %s lies in the source %s, and would be taken "
			 "for a folder of images: mount outside",
			 settings->positionals[1], settings->positionals[0]);
}

static bool parse_words(const struct trfs_settings *settings,
			struct trfs_mount_options *ret)
{
	struct trfs_error err = { 0 };

	ret->readers.allow_other = settings->allow_other;
	if (settings->cache && !trfs_mount_cache_parse(settings->cache, &ret->cache))
		trfs_output_error("--cache wants auto, kernel or none, not \"%s\"",
				  settings->cache);
	else if (settings->confine &&
		 !trfs_confine_mode_parse(settings->confine, &ret->confine))
		trfs_output_error("--confine wants auto, require or off, not \"%s\"",
				  settings->confine);
	else if (trfs_readers_parse(&ret->readers, settings->uid, settings->gid,
				    settings->mode, &err) < 0)
		trfs_output_error("%s", err.message);
	else
		return true;
	return false;
}

int trfs_cmd_mount(const struct trfs_settings *settings)
{
	struct service s = { .settings = settings, .log_level = TRFS_LOG_NOTICE };
	struct trfs_error err = { 0 };
	struct trfs_progress progress;
	double started = now_seconds();
	char index_directory[PATH_MAX];
	int code = TRFS_EXIT_DONE;

	if (!parse_words(settings, &s.options))
		return TRFS_EXIT_USAGE;
	if (settings->log_level &&
	    !trfs_log_level_parse(settings->log_level, &s.log_level)) {
		trfs_output_error("--log-level wants " TRFS_LOG_LEVELS ", not \"%s\"",
				  settings->log_level);
		return TRFS_EXIT_USAGE;
	}
	if (settings->call && settings->call->is_fake)
		return TRFS_EXIT_DONE;
	s.options.index_directory = trfs_data_set_index_directory(
		settings, index_directory, sizeof(index_directory));
	s.options.options_file = trfs_options_file_path(settings->options_file);
	if (settings->make_mountpoint &&
	    make_mountpoint(settings->positionals[1], &err) < 0) {
		trfs_output_error("%s", err.message);
		return TRFS_EXIT_MOUNT;
	}
	/* First, so that nobody waits for a scan that cannot be mounted. */
	if (trfs_readers_check(&s.options.readers, &err) < 0 ||
	    trfs_mountpoint_check(settings->positionals[1], settings->replace,
				  getenv("PATH"), &err) < 0 ||
	    check_outside_source(settings, &err) < 0) {
		trfs_hint_swapped(settings, &err);
		trfs_output_error("%s", err.message);
		return TRFS_EXIT_MOUNT;
	}
	/* A command that returns is not what a service manager waits for. */
	trfs_supervisor_begin(&s.supervisor, settings->positionals[1],
			      settings->foreground);
	progress = trfs_supervisor_progress(&s.supervisor);
	if (trfs_data_set_open(settings, &progress, &s.generation, &err) < 0 ||
	    check_side_files(s.generation, &err) < 0) {
		trfs_output_error("%s", err.message);
		code = trfs_output_exit_code(&err);
		goto out;
	}
	s.seconds = now_seconds() - started;
	if ((settings->foreground ? keep(&s, &err) : keep_in_background(&s, &err)) < 0) {
		trfs_output_error("%s", err.message);
		code = TRFS_EXIT_MOUNT;
	}
out:
	trfs_generation_free(s.generation);
	trfs_supervisor_done(&s.supervisor);
	return code;
}
