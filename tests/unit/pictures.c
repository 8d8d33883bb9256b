/* SPDX-License-Identifier: MIT */
/* Images small enough to be spelled out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const uint8_t png[] = {
	0x89, 'P',  'N',  'G',	0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 'I',
	'H',  'D',  'R',  0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02,
	0x00, 0x00, 0x00, 0x12, 0x16, 0xf1, 0x4d, 0x00, 0x00, 0x00, 0x10, 'I',	'D',
	'A',  'T',  0x78, 0xda, 0x63, 0xe0, 0xe4, 0x60, 0x87, 0x20, 0x06, 0x38, 0x0b,
	0x00, 0x05, 0xc0, 0x00, 0x91, 0xd4, 0x42, 0xd3, 0xb5, 0x00, 0x00, 0x00, 0x00,
	'I',  'E',  'N',  'D',	0xae, 0x42, 0x60, 0x82,
};

static const uint8_t gif[] = {
	'G',  'I',  'F',  '8',	'9',  'a',  0x01, 0x00, 0x01, 0x00, 0x80, 0x00,
	0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0x2c, 0x00, 0x00, 0x00, 0x00,
	0x01, 0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3b,
};

const struct trfs_bytes picture_png = { png, sizeof(png) };
const struct trfs_bytes picture_gif = { gif, sizeof(gif) };

static void make_directories(const char *path)
{
	char *copy = strdup(path);

	assert_non_null(copy);
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
	free(copy);
}

void picture_write(const char *path, struct trfs_bytes content)
{
	FILE *f;

	make_directories(path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(content.data, 1, content.len, f), content.len);
	assert_int_equal(fclose(f), 0);
}

void pictures_write(const char *names)
{
	char name[256], path[sizeof(name) + sizeof("img/")];
	int len;

	for (; sscanf(names, "%255s%n", name, &len) == 1; names += len) {
		snprintf(path, sizeof(path), "img/%s", name);
		picture_write(path, strstr(name, ".gif") ? picture_gif : picture_png);
	}
}
