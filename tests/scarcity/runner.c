/* SPDX-License-Identifier: MIT */
/*
 * Runs commands of a program that lacks something at one place at a time.
 *
 *	PROGRAM RESOURCES < COMMANDS
 *
 * RESOURCES are letters: m memory, p mappings, t threads; and 1 for one refusal a site.
 *Each line of COMMANDS is arguments with tabs between them.  One that begins with @fresh=
 *names a directory that is emptied before each run, and in which nothing may be left
 *whose name ends in .tmp; one that begins with @filled= a directory whose files are
 *linked into that one then.
 *
 * A command is run once to see what it does and which sites it passes, and then again for
 * each site that no command before it passed: refused the first time, the second, and
 * from the first time on.  Each run has to end as the first did, or with one sentence
 * that says what is missing, and may have written nothing else than what the first had
 * begun with.  What did not is printed; the last line is the sum.
 */
#include "sites.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX	 64
#define SECONDS_MAX	 60
#define SANITIZER_STATUS 99
#define FRESH		 "@fresh="
#define FILLED		 "@filled="

static const char letters_of_resources[] = "mptds";

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);

struct command {
	int argc;
	char *argv[ARGUMENTS_MAX + 1];
	const char *fresh;
	const char *filled;
};

struct outcome {
	int status;
	bool was_refused;
	size_t out_len;
	size_t err_len;
	char *out;
	char *err;
};

/* What children write to. */
struct outputs {
	int out;
	int err;
	_Atomic bool *was_refused;
};

struct sums {
	unsigned int commands;
	unsigned int runs;
	unsigned int refused;
	unsigned int failed;
};

static void check(bool is_good, const char *what)
{
	if (is_good)
		return;
	perror(what);
	exit(2);
}

static bool parse(char *line, struct command *ret)
{
	*ret = (struct command){ .argc = 1, .argv = { (char *)"tfrecordfs" } };
	line[strcspn(line, "\n")] = '\0';
	for (char *word = strtok(line, "\t"); word; word = strtok(NULL, "\t")) {
		if (strncmp(word, FRESH, strlen(FRESH)) == 0)
			ret->fresh = word + strlen(FRESH);
		else if (strncmp(word, FILLED, strlen(FILLED)) == 0)
			ret->filled = word + strlen(FILLED);
		else if (ret->argc < ARGUMENTS_MAX)
			ret->argv[ret->argc++] = word;
	}
	return ret->argc > 1;
}

/* Remove what is in the directory; or only tell whether a half file is. */
static bool look_through(const char *directory, bool empty)
{
	DIR *d = directory ? opendir(directory) : NULL;
	bool has_half = false;

	for (struct dirent *entry; d && (entry = readdir(d));) {
		size_t len = strlen(entry->d_name);

		if (empty)
			unlinkat(dirfd(d), entry->d_name, 0);
		else if (len > 4 && strcmp(entry->d_name + len - 4, ".tmp") == 0)
			has_half = true;
	}
	if (d)
		closedir(d);
	return has_half;
}

/* Link all files of one directory into another. */
static void fill(const char *from, const char *to)
{
	DIR *source = opendir(from);
	DIR *target = opendir(to);

	check(source && target, "@filled=");
	for (struct dirent *entry; (entry = readdir(source));) {
		if (entry->d_type == DT_REG)
			check(linkat(dirfd(source), entry->d_name, dirfd(target),
				     entry->d_name, 0) == 0,
			      "linkat");
	}
	closedir(source);
	closedir(target);
}

static char *contents(int fd, size_t *ret_len)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc((size_t)size + 1, 1);

	check(text && pread(fd, text, (size_t)size, 0) == size, "output");
	check(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0, "output");
	*ret_len = (size_t)size;
	return text;
}

/* What calls it is left out of the stacks of sites. */
__attribute__((noinline)) static void run_child(struct command *command,
						const struct outputs *outputs,
						const struct refusal *refusal)
{
	int code;

	alarm(SECONDS_MAX);
	dup2(outputs->out, STDOUT_FILENO);
	dup2(outputs->err, STDERR_FILENO);
	if (refusal)
		sites_refuse(refusal);
	else
		sites_find();
	code = __real_main(command->argc, command->argv);
	*outputs->was_refused = sites_end();
	exit(code);
}

static struct outcome run(struct command *command, const struct outputs *outputs,
			  const struct refusal *refusal)
{
	struct outcome outcome = { .status = 0 };
	pid_t child;

	look_through(command->fresh, true);
	if (command->filled)
		fill(command->filled, command->fresh);
	*outputs->was_refused = false;
	fflush(stdout);
	child = fork();
	check(child >= 0, "fork");
	if (child == 0)
		run_child(command, outputs, refusal);
	check(waitpid(child, &outcome.status, 0) == child, "waitpid");
	outcome.was_refused = *outputs->was_refused;
	outcome.out = contents(outputs->out, &outcome.out_len);
	outcome.err = contents(outputs->err, &outcome.err_len);
	return outcome;
}

static void forget(struct outcome *outcome)
{
	free(outcome->out);
	free(outcome->err);
}

/* The one line that begins so; NULL where there is none, or more than one. */
static const char *line_of_error(const struct outcome *outcome)
{
	static const char prefix[] = "tfrecordfs: ";
	const char *found = NULL;

	for (const char *line = outcome->err; line && *line;) {
		if (strncmp(line, prefix, strlen(prefix)) == 0) {
			if (found)
				return NULL;
			found = line;
		}
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return found;
}

static bool says_what_is_missing(const struct outcome *outcome, enum resource resource)
{
	static const char *const words[RESOURCE_NR] = { "memory", "memory", NULL,
							"open files", "space" };
	const char *line = line_of_error(outcome);

	return line && words[resource] && strcasestr(line, words[resource]);
}

/* What is wrong with it; NULL: nothing. */
static const char *judge(const struct command *command, const struct outcome *first,
			 const struct outcome *now, enum resource resource)
{
	if (WIFSIGNALED(now->status))
		return WTERMSIG(now->status) == SIGALRM ? "it hangs" : "it crashes";
	if (WEXITSTATUS(now->status) >= SANITIZER_STATUS)
		return "a sanitizer reports";
	if (look_through(command->fresh, false))
		return "it leaves half a file";
	if (now->status == first->status && now->out_len == first->out_len &&
	    memcmp(now->out, first->out, first->out_len) == 0)
		return NULL;
	if (WEXITSTATUS(now->status) == 0)
		return "it says that all is well and writes something else";
	if (now->out_len > first->out_len ||
	    memcmp(now->out, first->out, now->out_len) != 0)
		return "it writes something else before it fails";
	if (!says_what_is_missing(now, resource))
		return "it does not say in one line what is missing";
	return NULL;
}

static void tell(const struct command *command, const struct site *site,
		 const struct refusal *refusal, const struct outcome *outcome,
		 const char *what)
{
	printf("FAILED:");
	for (int i = 1; i < command->argc; i++)
		printf(" %s", command->argv[i]);
	printf("\n  %s, status %#x, passage %u%s\n", what, (unsigned int)outcome->status,
	       refusal->when + 1, refusal->lasting ? " and all after it" : "");
	sites_print(site);
	printf("--- stdout, %zu bytes\n%.2000s\n--- stderr\n%.6000s\n---\n",
	       outcome->out_len, outcome->out, outcome->err);
	fflush(stdout);
}

static void try(struct command *command, const struct outputs *outputs,
		const struct outcome *first, const struct site *site,
		const struct refusal *refusal, struct sums *sums)
{
	struct outcome now = run(command, outputs, refusal);
	const char *what = judge(command, first, &now, site->resource);

	sums->runs++;
	sums->refused += now.was_refused;
	if (what) {
		sums->failed++;
		tell(command, site, refusal, &now, what);
	}
	forget(&now);
}

static void try_all(struct command *command, const struct outputs *outputs, bool once,
		    struct sums *sums)
{
	uint32_t nr_before = sites_nr();
	struct outcome first = run(command, outputs, NULL);

	sums->commands++;
	if (WIFSIGNALED(first.status) || WEXITSTATUS(first.status) > 1) {
		sums->failed++;
		printf("FAILED: %s, with nothing refused\n%s", command->argv[1],
		       first.err);
	}
	for (uint32_t i = nr_before, nr = sites_nr(); i < nr; i++) {
		const struct site *site = sites_get(i);
		struct refusal refusal = { .site = site->hash,
					   .resource = site->resource };

		try(command, outputs, &first, site, &refusal, sums);
		if (once)
			continue;
		refusal.lasting = true;
		try(command, outputs, &first, site, &refusal, sums);
		if (site->nr_seen > 1) {
			refusal.lasting = false;
			refusal.when = 1;
			try(command, outputs, &first, site, &refusal, sums);
		}
	}
	forget(&first);
}

static unsigned int parse_resources(const char *letters)
{
	unsigned int resources = 0;

	for (; *letters; letters++) {
		const char *known = strchr(letters_of_resources, *letters);

		if (*letters == '1')
			continue;
		check(known != NULL, "RESOURCES");
		resources |= 1u << (known - letters_of_resources);
	}
	return resources;
}

int __wrap_main(int argc, char **argv)
{
	struct outputs outputs = { .out = memfd_create("out", 0),
				   .err = memfd_create("err", 0) };
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct sums sums = { 0 };
	struct command command;
	char *line = NULL;
	size_t size = 0;

	check(argc == 2, "RESOURCES");
	sites_init(parse_resources(argv[1]));
	/* Not in each child, where it takes longer than all else. */
	check(EVP_Digest("", 0, digest, NULL, EVP_sha256(), NULL) == 1, "libcrypto");
	outputs.was_refused =
		mmap(NULL, sizeof(*outputs.was_refused), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(outputs.out >= 0 && outputs.err >= 0 && outputs.was_refused != MAP_FAILED,
	      "outputs");
	/* A pipe, as a child that ends puts a file back to where it was. */
	check(lseek(STDIN_FILENO, 0, SEEK_CUR) < 0, "standard input is no pipe");
	while (getline(&line, &size, stdin) >= 0)
		if (parse(line, &command))
			try_all(&command, &outputs, strchr(argv[1], '1'), &sums);
	free(line);
	printf("%u commands, %u sites, %u runs, %u refused, %u failed\n", sums.commands,
	       sites_nr(), sums.runs, sums.refused, sums.failed);
	return sums.failed > 0;
}
