/* SPDX-License-Identifier: MIT */
/* Files of /proc, copied; what cannot be read is passed over. */
#include "cli/process_parts.h"

#include "base/buffer.h"
#include "base/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_MAX ((size_t)1 << 16)

static int put(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t written = write(fd, text, len);

		if (written < 0)
			return -errno;
		text += written;
		len -= (size_t)written;
	}
	return 0;
}

/* At most @max bytes of a file. */
static int put_file(const char *path, size_t max, int fd)
{
	char piece[4096];
	int in = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;
	int rc = 0;

	if (in < 0)
		return -errno;
	while (rc == 0 && max > 0) {
		got = read(in, piece, max < sizeof(piece) ? max : sizeof(piece));
		if (got <= 0)
			break;
		rc = put(fd, piece, (size_t)got);
		max -= (size_t)got;
	}
	trfs_file_close(in);
	return got < 0 ? -EIO : rc;
}

int trfs_part_head_of_file(const char *path, int fd)
{
	return put_file(path, HEAD_MAX, fd);
}

/* As the kernel writes it between its neighbours: blanks and the like in octal. */
static void put_encoded(struct trfs_buffer *ret, const char *mountpoint)
{
	trfs_buffer_put_u8(ret, ' ');
	for (; *mountpoint; mountpoint++) {
		if (strchr(" \t\n\\", *mountpoint))
			trfs_buffer_printf(ret, "\\%03o", (unsigned int)*mountpoint);
		else
			trfs_buffer_put_u8(ret, (uint8_t)*mountpoint);
	}
	trfs_buffer_put_u8(ret, ' ');
}

int trfs_part_mount_entry(const char *mountpoint, int fd)
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	struct trfs_buffer wanted;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int rc = 0;

	if (!table)
		return -errno;
	trfs_buffer_init(&wanted, 4 * PATH_MAX);
	put_encoded(&wanted, mountpoint);
	while (rc == 0 && (len = getline(&line, &size, table)) > 0)
		if (strstr(line, "fuse.tfrecordfs") && trfs_buffer_text(&wanted) &&
		    strstr(line, trfs_buffer_text(&wanted)))
			rc = put(fd, line, (size_t)len);
	trfs_buffer_done(&wanted);
	free(line);
	fclose(table);
	return rc;
}

static void put_named(const char *directory, const char *name, int fd)
{
	char path[PATH_MAX], title[PATH_MAX + 8];
	int len;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	len = snprintf(title, sizeof(title), "--- %s\n", name);
	if (put(fd, title, (size_t)len) == 0)
		(void)put_file(path, HEAD_MAX, fd);
}

/* Each library once; and how many maps there are. */
static void put_libraries(const char *directory, int fd)
{
	char path[PATH_MAX], last[PATH_MAX] = "";
	char *line = NULL;
	size_t size = 0;
	unsigned int nr = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "%s/maps", directory);
	maps = fopen(path, "re");
	if (!maps)
		return;
	dprintf(fd, "--- libraries\n");
	for (; getline(&line, &size, maps) > 0; nr++) {
		const char *name = strchr(line, '/');

		if (!name || !strstr(name, ".so") || strcmp(name, last) == 0)
			continue;
		snprintf(last, sizeof(last), "%s", name);
		dprintf(fd, "%s", name);
	}
	dprintf(fd, "%u maps\n", nr);
	free(line);
	fclose(maps);
}

static unsigned int nr_entries(const char *directory, const char *name)
{
	char path[PATH_MAX];
	unsigned int nr = 0;
	DIR *entries;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	entries = opendir(path);
	if (!entries)
		return 0;
	while (readdir(entries))
		nr++;
	closedir(entries);
	return nr - 2;
}

int trfs_part_process(const char *directory, int fd)
{
	put_named(directory, "status", fd);
	put_named(directory, "limits", fd);
	put_named(directory, "cgroup", fd);
	dprintf(fd, "--- descriptors\n%u are open\n", nr_entries(directory, "fd"));
	put_libraries(directory, fd);
	return 0;
}

static void put_thread(const char *tasks, const char *number, int fd)
{
	static const char *const names[] = { "comm", "wchan", "syscall", "stat" };
	char path[PATH_MAX + 2 * (NAME_MAX + 1)];

	dprintf(fd, "%s", number);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct trfs_bytes text;
		char value[512] = "";
		int in;

		snprintf(path, sizeof(path), "%s/%s/%s", tasks, number, names[i]);
		in = open(path, O_RDONLY | O_CLOEXEC);
		if (in < 0 || read(in, value, sizeof(value) - 1) < 0)
			value[0] = '\0';
		trfs_file_close(in);
		text = trfs_bytes_of(value);
		while (text.len > 0 && text.data[text.len - 1] == '\n')
			text.len--;
		dprintf(fd, " %s=%.*s", names[i], TRFS_BYTES_ARG(text));
	}
	dprintf(fd, "\n");
}

int trfs_part_threads(const char *directory, int fd)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "%s/task", directory);
	tasks = opendir(path);
	if (!tasks)
		return -errno;
	while ((entry = readdir(tasks)))
		if (*entry->d_name != '.')
			put_thread(path, entry->d_name, fd);
	closedir(tasks);
	return 0;
}

/* Whether any word of the command line ends as @name does. */
static bool names(const char *words, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	for (size_t at = 0; at < len; at += strlen(words + at) + 1) {
		size_t word_len = strlen(words + at);

		while (word_len > 0 && words[at + word_len - 1] == '/')
			word_len--;
		if (word_len >= name_len &&
		    memcmp(words + at + word_len - name_len, name, name_len) == 0)
			return true;
	}
	return false;
}

static bool serves(const char *pid, const char *name)
{
	char path[PATH_MAX], words[1 << 14], comm[32] = "";
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, comm, sizeof(comm) - 1) < 0)
		comm[0] = '\0';
	trfs_file_close(fd);
	if (strncmp(comm, "tfrecordfs", 10) != 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, words, sizeof(words) - 1);
	trfs_file_close(fd);
	if (len <= 0)
		return false;
	words[len] = '\0';
	return names(words, (size_t)len, name);
}

unsigned int trfs_processes_of(const char *mountpoint, pid_t pids[TRFS_PROCESSES_MAX])
{
	const char *slash = strrchr(mountpoint, '/');
	const char *name = slash ? slash + 1 : mountpoint;
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	unsigned int nr = 0;

	while (processes && nr < TRFS_PROCESSES_MAX && (entry = readdir(processes))) {
		char *end;
		long pid = strtol(entry->d_name, &end, 10);

		if (pid > 0 && !*end && pid != (long)getpid() &&
		    serves(entry->d_name, name))
			pids[nr++] = (pid_t)pid;
	}
	if (processes)
		closedir(processes);
	return nr;
}
