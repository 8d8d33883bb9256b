/* SPDX-License-Identifier: MIT */
/* status: every mount of ours, or one; --probe for scripts that only want to know. */
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/json_output.h"
#include "cli/mount_list.h"
#include "cli/output.h"
#include "cli/status_print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX	((size_t)1 << 22)
#define TIMEOUT_SECONDS 5.0

/* How a mount is: the words of --json, too. */
static const char *state_of(int rc)
{
	if (rc == 0)
		return "serving";
	/* The kernel lets nobody else ask, not even root. */
	if (rc == -EACCES)
		return "another user's";
	return rc == -ETIMEDOUT ? "hung" : "dead";
}

/* What a mount said of itself, or did not. */
static json_t *describe(const char *mountpoint, int rc, const struct trfs_buffer *answer)
{
	json_t *json = NULL;

	if (rc == 0)
		json = json_loadb((const char *)answer->data, answer->len, 0, NULL);
	/* Of another version, which says less. */
	if (!json_is_object(json)) {
		json_decref(json);
		json = json_object();
	}
	json_object_set_new(json, "mountpoint", trfs_json_text(mountpoint));
	json_object_set_new(json, "alive",
			    rc == -EACCES ? json_null() : json_boolean(rc == 0));
	json_object_set_new(json, "state", json_string(state_of(rc)));
	return json;
}

/* One that does not know the question does answer. */
static int is_answer(int rc)
{
	return rc == -ENOENT ? 0 : rc;
}

/* Ask all at once, and wait for all together.  Whether all answer that have to. */
static bool ask_all(const struct trfs_mount_list *list, double seconds, json_t *mounts)
{
	struct trfs_question *questions = calloc(list->nr + 1, sizeof(*questions));
	uint64_t deadline = trfs_clock_ms() + (uint64_t)(seconds * 1000);
	bool all_alive = questions != NULL;

	for (unsigned int i = 0; questions && i < list->nr; i++)
		questions[i] = trfs_ask_mount(list->entries[i].mountpoint, "status");
	for (unsigned int i = 0; questions && i < list->nr; i++) {
		struct trfs_buffer answer;
		int rc;

		trfs_buffer_init(&answer, ANSWER_MAX);
		rc = is_answer(trfs_ask_finish(&questions[i], deadline, &answer));
		all_alive &= rc == 0 || (rc == -EACCES && list->nr > 1);
		json_array_append_new(mounts,
				      describe(list->entries[i].mountpoint, rc, &answer));
		trfs_buffer_done(&answer);
	}
	free(questions);
	return all_alive;
}

int trfs_cmd_status(const struct trfs_settings *settings)
{
	struct trfs_mount_list list;
	struct trfs_error err = { 0 };
	double seconds;
	json_t *mounts;
	int code;

	if (!trfs_ask_timeout(settings->timeout, TIMEOUT_SECONDS, &seconds))
		return TRFS_EXIT_USAGE;
	if (trfs_mount_list_read(
		    &list, settings->nr_positionals > 0 ? settings->positionals[0] : NULL,
		    &err) < 0) {
		if (!settings->probe)
			trfs_output_error("%s", err.message);
		return TRFS_EXIT_MOUNT;
	}
	mounts = json_array();
	code = ask_all(&list, seconds, mounts) ? TRFS_EXIT_DONE : TRFS_EXIT_MOUNT;
	trfs_mount_list_done(&list);
	if (!settings->probe && settings->json)
		return trfs_json_print(mounts, code);
	if (!settings->probe)
		trfs_status_print(mounts);
	json_decref(mounts);
	return code;
}
