/* SPDX-License-Identifier: MIT */
/* reload: tell a mount to look again, and wait until it has. */
#include "cli/command.h"
#include "cli/json_output.h"
#include "cli/mount_attribute.h"
#include "cli/output.h"
#include "cli/progress.h"

#include "base/error.h"
#include "fuse/control.h"
#include "fuse/reload.h"
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define ASK_AGAIN_NS (50 * 1000000)

/* Those in front of the text, each ended by a space. */
#define NR_FIELDS 5

/**
 * struct state - what the attribute "reload" says, see trfs_reload_print()
 */
struct state {
	unsigned long long nr_done, done, total;
	bool is_idle, is_running, has_failed;
	char text[TRFS_RELOAD_TEXT_MAX];
};

static bool read_state(const char *mountpoint, struct state *ret)
{
	char value[TRFS_RELOAD_TEXT_MAX + 128];
	const char *fields[NR_FIELDS];
	char *rest = value;

	if (!trfs_mount_attribute(mountpoint, "reload", value, sizeof(value)))
		return false;
	for (int i = 0; i < NR_FIELDS; i++) {
		fields[i] = strsep(&rest, " ");
		if (!rest)
			return false;
	}
	ret->nr_done = strtoull(fields[0], NULL, 10);
	ret->is_idle = strcmp(fields[1], "idle") == 0;
	ret->is_running = strcmp(fields[1], "running") == 0;
	ret->done = strtoull(fields[2], NULL, 10);
	ret->total = strtoull(fields[3], NULL, 10);
	ret->has_failed = strtol(fields[4], NULL, 10) < 0;
	snprintf(ret->text, sizeof(ret->text), "%s", rest);
	return true;
}

static int wait_for(const struct trfs_settings *settings, unsigned long long number,
		    struct state *state, struct trfs_error *err)
{
	const struct timespec pause = { .tv_nsec = ASK_AGAIN_NS };
	const char *mountpoint = settings->positionals[0];
	struct trfs_progress_bar bar;
	struct trfs_progress progress = trfs_progress_bar_init(&bar, settings->quiet);
	int rc = 0;

	while (rc == 0) {
		bool is_there = read_state(mountpoint, state);

		if (is_there && state->nr_done >= number)
			break;
		/* Another process counts from the beginning, and knows of no wish. */
		if (!is_there || state->is_idle)
			rc = trfs_fail(err, -EIO,
				       "the mount on %s ended, or its process died, "
				       "before it had reloaded",
				       mountpoint);
		else if (progress.report && *state->text && state->is_running)
			progress.report(progress.user, state->text, state->done,
					state->total);
		nanosleep(&pause, NULL);
	}
	trfs_progress_bar_done(&bar);
	return rc;
}

int trfs_cmd_reload(const struct trfs_settings *settings)
{
	const char *mountpoint = settings->positionals[0];
	char answer[TRFS_CONTROL_TEXT_MAX];
	struct trfs_error err = { 0 };
	struct state state = { .nr_done = 0 };
	int code;

	if (trfs_control_send(mountpoint, "reload", answer, &err) < 0 ||
	    wait_for(settings, strtoull(answer, NULL, 10), &state, &err) < 0) {
		trfs_output_error("%s", err.message);
		return TRFS_EXIT_MOUNT;
	}
	code = state.has_failed ? TRFS_EXIT_DATA : TRFS_EXIT_DONE;
	if (settings->json)
		return trfs_json_print(json_pack("{s:b,s:o}", "reloaded",
						 !state.has_failed, "message",
						 trfs_json_text(state.text)),
				       code);
	if (code != TRFS_EXIT_DONE)
		trfs_output_error("%s", state.text);
	else if (!settings->quiet)
		trfs_output_line("%s: %s", mountpoint, state.text);
	return code;
}
