/* SPDX-License-Identifier: MIT */
/* log: the last lines that a mount logged, or which lines it is to log. */
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/style.h"

#include "base/error.h"
#include "fuse/control.h"
#include "fuse/log.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define LINES_MAX ((size_t)1 << 22)
#define WAIT_MS	  5000

/* In a child: @about is "log LEVEL MOUNTPOINT"; the answer is why not. */
static int send_level(const char *about, int fd)
{
	const char *mountpoint = strchr(strchr(about, ' ') + 1, ' ') + 1;
	char text[TRFS_CONTROL_TEXT_MAX], answer[TRFS_CONTROL_TEXT_MAX];
	struct trfs_error err = { 0 };
	int rc;

	snprintf(text, sizeof(text), "%.*s", (int)(mountpoint - 1 - about), about);
	rc = trfs_control_send(mountpoint, text, answer, &err);
	if (rc < 0)
		dprintf(fd, "%s", err.message);
	return rc;
}

static int set_level(const char *mountpoint, const char *word, struct trfs_error *err)
{
	char about[PATH_MAX + 64];
	struct trfs_question question;
	struct trfs_buffer why;
	int rc;

	snprintf(about, sizeof(about), "log %s %s", word, mountpoint);
	trfs_buffer_init(&why, LINES_MAX);
	question = trfs_ask(send_level, about);
	rc = trfs_ask_finish(&question, trfs_clock_ms() + WAIT_MS, &why);
	if (rc < 0 && why.len > 0)
		trfs_fail(err, rc, "%.*s", (int)why.len, (const char *)why.data);
	else if (rc < 0)
		trfs_fail_errno(err, rc, "the mount on %s", mountpoint);
	trfs_buffer_done(&why);
	return rc;
}

static int read_lines(const char *mountpoint, struct trfs_buffer *ret,
		      struct trfs_error *err)
{
	struct trfs_question question = trfs_ask_mount(mountpoint, "log");
	int rc = trfs_ask_finish(&question, trfs_clock_ms() + WAIT_MS, ret);

	if (rc == -ENOENT || rc == -ENODEV || rc == -ENOTDIR)
		return trfs_fail(err, rc, "nothing of ours is mounted on %s", mountpoint);
	return rc < 0 ? trfs_fail_errno(err, rc, "the mount on %s", mountpoint) : 0;
}

static json_t *lines_json(const struct trfs_buffer *lines)
{
	struct trfs_bytes left = trfs_buffer_bytes(lines);
	json_t *array = json_array();

	while (left.len > 0) {
		const uint8_t *end = memchr(left.data, '\n', left.len);
		size_t len = end ? (size_t)(end - left.data) : left.len;

		json_array_append_new(
			array, trfs_json_bytes((struct trfs_bytes){ left.data, len }));
		len += end != NULL;
		left.data += len;
		left.len -= len;
	}
	return json_pack("{s:o}", "lines", array);
}

static int print_lines(const struct trfs_settings *settings, struct trfs_error *err)
{
	struct trfs_buffer lines;
	int rc;

	trfs_buffer_init(&lines, LINES_MAX);
	rc = read_lines(settings->positionals[0], &lines, err);
	if (rc == 0 && settings->json)
		(void)trfs_json_print(lines_json(&lines), TRFS_EXIT_DONE);
	else if (rc == 0 && lines.len > 0)
		fwrite(lines.data, 1, lines.len, stdout);
	else if (rc == 0 && trfs_style_columns(stdout) > 0)
		trfs_output_note("%s has logged nothing yet", settings->positionals[0]);
	trfs_buffer_done(&lines);
	return rc;
}

int trfs_cmd_log(const struct trfs_settings *settings)
{
	const char *word = settings->nr_positionals > 1 ? settings->positionals[1] : NULL;
	enum trfs_log_level level;
	struct trfs_error err = { 0 };
	int rc;

	if (word && !trfs_log_level_parse(word, &level)) {
		trfs_output_error("a level is " TRFS_LOG_LEVELS ", not \"%s\"", word);
		return TRFS_EXIT_USAGE;
	}
	rc = word ? set_level(settings->positionals[0], word, &err)
		  : print_lines(settings, &err);
	if (rc < 0) {
		trfs_output_error("%s", err.message);
		return TRFS_EXIT_MOUNT;
	}
	if (word && settings->json)
		return trfs_json_print(json_pack("{s:s}", "level", word), TRFS_EXIT_DONE);
	if (word)
		trfs_output_line("%s: logs %s and what is worse from now on",
				 settings->positionals[0], word);
	return TRFS_EXIT_DONE;
}
