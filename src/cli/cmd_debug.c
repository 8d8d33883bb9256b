/* SPDX-License-Identifier: MIT */
/*
 * debug: all that helps to see why a mount does what it does, as one text.  Each part is
 * asked for by a child (ask.h), so that one that hangs costs only itself.
 */
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/json_output.h"
#include "cli/mount_list.h"
#include "cli/output.h"
#include "cli/process_parts.h"

#include "base/error.h"
#include "base/file.h"
#include "fuse/mount.h"
#include "image/codec_versions.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BUNDLE_MAX   ((size_t)64 << 20)
#define PART_MAX     ((size_t)8 << 20)
#define PART_SECONDS 2.0

/**
 * struct bundle - the text in the making
 * @left_out: parts that did not arrive
 */
struct bundle {
	struct trfs_buffer text;
	const char *mountpoint;
	double seconds;
	unsigned int left_out;
};

static void begin_part(struct bundle *b, const char *name)
{
	trfs_buffer_printf(&b->text, "\n===== %s\n", name);
}

static void put_answer(struct bundle *b, const char *name, struct trfs_question question)
{
	char reason[128];
	struct trfs_buffer answer;
	int rc;

	begin_part(b, name);
	trfs_buffer_init(&answer, PART_MAX);
	rc = trfs_ask_finish(&question, trfs_clock_ms() + (uint64_t)(b->seconds * 1000),
			     &answer);
	trfs_buffer_put(&b->text, answer.data, answer.len);
	if (answer.len > 0 && answer.data[answer.len - 1] != '\n')
		trfs_buffer_put_u8(&b->text, '\n');
	trfs_buffer_done(&answer);
	if (rc == 0)
		return;
	b->left_out++;
	if (rc == -ETIMEDOUT)
		trfs_buffer_printf(&b->text,
				   "(left out: no answer within %.0f seconds)\n",
				   b->seconds);
	else
		trfs_buffer_printf(&b->text, "(left out: %s)\n",
				   strerror_r(-rc, reason, sizeof(reason)));
}

static void put_versions(struct bundle *b)
{
	char codecs[TRFS_CODEC_VERSIONS_SIZE];
	struct utsname system;

	begin_part(b, "versions");
	/* Without memory the digest is "unknown", and says so. */
	(void)trfs_codec_versions(codecs, sizeof(codecs));
	trfs_buffer_printf(&b->text, "tfrecordfs %s\nlibfuse %s\nJansson %s\n%s\n",
			   TRFS_VERSION, trfs_mount_libfuse(), jansson_version_str(),
			   codecs);
	if (uname(&system) == 0)
		trfs_buffer_printf(&b->text, "%s %s %s %s\n", system.sysname,
				   system.release, system.version, system.machine);
}

static void put_mount(struct bundle *b)
{
	static const char *const names[] = { "version", "status", "metrics", "log" };
	static const char *const files[] = { "dataset.json", "problems.csv" };
	char path[4096];

	put_answer(b, "the kernel's entry of the mount",
		   trfs_ask(trfs_part_mount_entry, b->mountpoint));
	for (size_t i = 0; i < TRFS_COUNT(names); i++)
		put_answer(b, names[i], trfs_ask_mount(b->mountpoint, names[i]));
	for (size_t i = 0; i < TRFS_COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", b->mountpoint, files[i]);
		put_answer(b, files[i], trfs_ask(trfs_part_head_of_file, path));
	}
}

/* Keeper and worker have the same command line. */
static void put_processes(struct bundle *b)
{
	pid_t pids[TRFS_PROCESSES_MAX];
	unsigned int nr = trfs_processes_of(b->mountpoint, pids);

	if (nr == 0) {
		begin_part(b, "processes");
		trfs_buffer_printf(&b->text, "none runs for this mount\n");
	}
	for (unsigned int i = 0; i < nr; i++) {
		char name[64], path[64];

		snprintf(path, sizeof(path), "/proc/%ld", (long)pids[i]);
		snprintf(name, sizeof(name), "process %ld", (long)pids[i]);
		put_answer(b, name, trfs_ask(trfs_part_process, path));
		snprintf(name, sizeof(name), "threads of process %ld", (long)pids[i]);
		put_answer(b, name, trfs_ask(trfs_part_threads, path));
	}
}

static int write_file(const char *path, const struct trfs_buffer *text,
		      struct trfs_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t done = 0;
	int rc = fd < 0 ? -errno : 0;

	while (rc == 0 && done < text->len) {
		ssize_t written = write(fd, text->data + done, text->len - done);

		if (written < 0)
			rc = -errno;
		else
			done += (size_t)written;
	}
	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc < 0 ? trfs_fail_errno(err, rc, "writing %s", path) : 0;
}

static int finish(const struct trfs_settings *settings, struct bundle *b)
{
	const char *path = settings->nr_positionals > 1 ? settings->positionals[1] : NULL;
	struct trfs_error err = { 0 };

	if (b->text.failed)
		trfs_fail_memory(&err, "the text");
	else if (path && write_file(path, &b->text, &err) == 0 && !settings->json)
		printf("%s: %zu bytes%s; it names files and classes, and has no images\n",
		       path, b->text.len, b->left_out > 0 ? ", some parts left out" : "");
	else if (!path && !settings->json)
		fwrite(b->text.data, 1, b->text.len, stdout);
	if (err.code) {
		trfs_output_error("%s", err.message);
		return TRFS_EXIT_DATA;
	}
	if (!settings->json)
		return TRFS_EXIT_DONE;
	return trfs_json_print(
		json_pack("{s:o,s:i}", "text",
			  path ? json_null()
			       : trfs_json_bytes(trfs_buffer_bytes(&b->text)),
			  "left_out", (int)b->left_out),
		TRFS_EXIT_DONE);
}

int trfs_cmd_debug(const struct trfs_settings *settings)
{
	struct bundle b = { .left_out = 0 };
	struct trfs_mount_list list;
	struct trfs_error err = { 0 };
	int code;

	if (!trfs_ask_timeout(settings->timeout, PART_SECONDS, &b.seconds))
		return TRFS_EXIT_USAGE;
	if (trfs_mount_list_read(&list, settings->positionals[0], &err) < 0) {
		trfs_output_error("%s", err.message);
		return TRFS_EXIT_MOUNT;
	}
	b.mountpoint = list.entries[0].mountpoint;
	trfs_buffer_init(&b.text, BUNDLE_MAX);
	trfs_buffer_printf(&b.text, "tfrecordfs debug %s\n", b.mountpoint);
	put_versions(&b);
	put_mount(&b);
	put_processes(&b);
	code = finish(settings, &b);
	trfs_buffer_done(&b.text);
	trfs_mount_list_done(&list);
	return code;
}
