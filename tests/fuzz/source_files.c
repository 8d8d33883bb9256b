/* SPDX-License-Identifier: MIT */
#include "source_files.h"

#include "feed_file.h"

#include <dirent.h>

static char directory[64];

static void remove_directory(void)
{
	DIR *stream = opendir(directory);

	for (struct dirent *entry; stream && (entry = readdir(stream));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlink(source_path(entry->d_name));
	if (stream)
		closedir(stream);
	rmdir(directory);
}

const char *source_directory(void)
{
	if (!directory[0]) {
		snprintf(directory, sizeof(directory), "%s/trfs-fuzz-source-XXXXXX",
			 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		insist(mkdtemp(directory) != NULL);
		insist(atexit(remove_directory) == 0);
	}
	return directory;
}

const char *source_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", source_directory(), name);
	return path;
}

void source_write(const char *name, const void *data, size_t len)
{
	FILE *f = fopen(source_path(name), "wb");

	insist(f && fwrite(data, 1, len, f) == len);
	insist(fclose(f) == 0);
}
