/* SPDX-License-Identifier: MIT */
/* Which paths a data set may need again: its source, and all that its options name. */
#include "fuse/confinement.h"

#include "base/buffer.h"
#include "base/error.h"
#include "dataset/options.h"
#include "index/generation.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Its reports are written where nobody knows before, by programs that it starts. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PARTS (TRFS_CONFINE_PRIVILEGES | TRFS_CONFINE_CAPABILITIES)
#else
#define PARTS TRFS_CONFINE_ALL
#endif

/* What the libraries and the mount's own figures are read from. */
static const char *const system_paths[] = { "/proc", "/sys/fs/cgroup", "/dev/urandom" };

/**
 * struct paths - a list with NULL at its end
 * @directory: that relative ones are relative to
 */
struct paths {
	const char *directory;
	char **items;
	size_t nr;
	bool failed;
};

static void free_paths(struct paths *paths)
{
	for (size_t i = 0; i < paths->nr; i++)
		free(paths->items[i]);
	free(paths->items);
}

/* Whether @path is @directory, or beneath it. */
static bool is_beneath(const char *path, const char *directory)
{
	size_t len = strlen(directory);

	return strncmp(path, directory, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0' || strcmp(directory, "/") == 0);
}

static void add(struct paths *paths, const char *path)
{
	char **grown;

	for (size_t i = 0; i < paths->nr; i++)
		if (is_beneath(path, paths->items[i]))
			return;
	grown = reallocarray(paths->items, paths->nr + 2, sizeof(*grown));
	if (grown) {
		paths->items = grown;
		grown[paths->nr] = strdup(path);
		grown[paths->nr + 1] = NULL;
	}
	if (grown && grown[paths->nr])
		paths->nr++;
	else
		paths->failed = true;
}

/* @path where it is a directory, else the one that it lies in. */
static void add_directory_of(struct paths *paths, const char *path)
{
	char whole[2 * PATH_MAX], real[PATH_MAX];
	struct stat st;
	char *slash;

	if (*path == '/')
		snprintf(whole, sizeof(whole), "%s", path);
	else
		snprintf(whole, sizeof(whole), "%s/%s", paths->directory, path);
	if (stat(whole, &st) < 0)
		return;
	slash = strrchr(whole, '/');
	if (!S_ISDIR(st.st_mode))
		slash[slash == whole ? 1 : 0] = '\0';
	if (realpath(whole, real))
		add(paths, real);
}

/* Where it lies, and, of a link, where it leads. */
static void add_named(struct paths *paths, const char *path)
{
	char whole[2 * PATH_MAX], real[PATH_MAX];

	if (!path)
		return;
	add_directory_of(paths, path);
	snprintf(whole, sizeof(whole), "%s/%s", paths->directory, path);
	if (realpath(*path == '/' ? path : whole, real))
		add_directory_of(paths, real);
}

static void add_list(struct paths *paths, const struct trfs_option_list *list)
{
	for (unsigned int i = 0; i < list->nr; i++) {
		const char *equals = strchr(list->items[i], '=');

		add_named(paths, list->items[i]);
		/* "SPLIT=PATH" */
		if (equals)
			add_named(paths, equals + 1);
	}
}

static void add_options(struct paths *paths, const struct trfs_options *options)
{
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		const struct trfs_option *option = &trfs_option_table[i];
		const void *place = (const char *)options + option->offset;

		if (option->type == TRFS_OPTION_PATH)
			add_named(paths, *(const char *const *)place);
		else if (option->type == TRFS_OPTION_PATHS)
			add_list(paths, place);
	}
	add_list(paths, &options->parts);
	/* A name of ours, or a file. */
	add_named(paths, options->schema);
}

static void add_inputs(struct paths *paths, const struct trfs_catalog *catalog)
{
	for (uint64_t i = 0; i < catalog->input_paths.nr; i++) {
		char *path =
			trfs_bytes_to_string(trfs_strings_get(&catalog->input_paths, i));

		if (!path)
			paths->failed = true;
		else if (!is_beneath(path, catalog->root_path))
			add_directory_of(paths, path);
		free(path);
	}
}

/*
 * A source that is named by a symbolic link is one that is switched to another directory,
 * most likely beside this one.
 */
static void add_neighbours(struct paths *paths, const char *source, const char *real)
{
	char whole[2 * PATH_MAX], parent[PATH_MAX];
	struct stat st;
	size_t len;

	snprintf(whole, sizeof(whole), "%s/%s", *source == '/' ? "" : paths->directory,
		 source);
	/* A slash at the end would look through the link. */
	for (len = strlen(whole); len > 1 && whole[len - 1] == '/'; len--)
		whole[len - 1] = '\0';
	len = (size_t)(strrchr(real, '/') - real);
	if (len == 0 || len >= sizeof(parent) || lstat(whole, &st) < 0 ||
	    !S_ISLNK(st.st_mode))
		return;
	memcpy(parent, real, len);
	parent[len] = '\0';
	add(paths, parent);
}

static void collect(struct paths *paths, const struct trfs_generation *g,
		    const char *options_file)
{
	add_neighbours(paths, g->options.source, g->catalog->root_path);
	add(paths, g->catalog->root_path);
	for (size_t i = 0; i < TRFS_COUNT(system_paths); i++)
		add(paths, system_paths[i]);
	add_options(paths, &g->options);
	add_inputs(paths, g->catalog);
	add_named(paths, options_file);
}

/* Root goes on writing where it was told to, even if that is another's. */
static bool is_of_another(const char *directory)
{
	struct stat st;

	return directory && geteuid() == 0 && stat(directory, &st) == 0 && st.st_uid != 0;
}

static int check_required(const struct trfs_confinement *c, struct trfs_error *err)
{
	struct trfs_buffer missing;
	int rc;

	if (c->parts == c->wanted && c->wanted == TRFS_CONFINE_ALL)
		return 0;
	trfs_buffer_init(&missing, PATH_MAX);
	trfs_confinement_print_missing(c, &missing);
	rc = trfs_fail(err, -EOPNOTSUPP,
		       "--confine require: %s cannot be had of this %s; --confine auto "
		       "mounts without",
		       c->parts != c->wanted ? trfs_buffer_text(&missing)
					     : "landlock and seccomp",
		       c->parts != c->wanted ? "kernel" : "build, with a sanitizer");
	trfs_buffer_done(&missing);
	return rc;
}

static const char *const mode_names[] = {
	[TRFS_CONFINE_AUTO] = "auto",
	[TRFS_CONFINE_REQUIRE] = "require",
	[TRFS_CONFINE_OFF] = "off",
};

const char *trfs_confine_mode_name(size_t i)
{
	return i < TRFS_COUNT(mode_names) ? mode_names[i] : NULL;
}

bool trfs_confine_mode_parse(const char *word, enum trfs_confine_mode *ret)
{
	for (unsigned int i = 0; i < TRFS_COUNT(mode_names); i++) {
		if (strcmp(mode_names[i], word) == 0) {
			*ret = (enum trfs_confine_mode)i;
			return true;
		}
	}
	return false;
}

int trfs_confinement_begin(enum trfs_confine_mode mode, const struct trfs_generation *g,
			   const char *index_directory, const char *options_file,
			   struct trfs_confinement *ret, struct trfs_error *err)
{
	static const char *const devices[] = { "/dev/null", NULL };
	const char *const write[] = { index_directory, NULL };
	struct paths read = { .directory = g->directory ? g->directory : "/" };
	struct trfs_confine_rules rules = {
		.parts = mode == TRFS_CONFINE_OFF ? 0 : PARTS,
		.write = write,
		.devices = devices,
		.read_everywhere = g->options.follow,
		.overrides_access = is_of_another(index_directory),
	};

	collect(&read, g, options_file);
	if (read.failed) {
		free_paths(&read);
		return trfs_fail_memory(err, "the rules that confine");
	}
	rules.read = (const char *const *)read.items;
	trfs_confine(&rules, ret);
	free_paths(&read);
	return mode == TRFS_CONFINE_REQUIRE ? check_required(ret, err) : 0;
}
