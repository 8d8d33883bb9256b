/* SPDX-License-Identifier: MIT */
/* A directory below /tmp that a test works in and that is gone afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int scratch_enter(void **state)
{
	char *path = strdup("/tmp/tfrecordfs-test-XXXXXX");

	if (!path || !mkdtemp(path) || chdir(path) < 0) {
		free(path);
		return -1;
	}
	*state = path;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int scratch_leave(void **state)
{
	char *path = *state;
	int rc = chdir("/");

	if (rc == 0)
		rc = nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(path);
	return rc;
}

const char *scratch_path(void **state)
{
	return *state;
}

void scratch_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}
