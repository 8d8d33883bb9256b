/* SPDX-License-Identifier: MIT */
/*
 * JSON knows no bytes, so what is no text becomes base64.  Reals have nine digits: as
 * many as a float32 needs to come back as it was.
 */
#include "cli/json_output.h"

#include "base/visible.h"
#include "cli/command.h"
#include "cli/output.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define FLOAT32_DIGITS 9

/* EVP_EncodeBlock() counts in ints. */
#define PIECE_LEN (3u << 20)

static char *encode_base64(struct trfs_bytes bytes)
{
	size_t nr_groups = bytes.len / 3 + 1;
	char *text = malloc(nr_groups * 4 + 1);
	size_t to = 0;

	if (!text)
		return NULL;
	text[0] = '\0';
	for (size_t from = 0; from < bytes.len; from += PIECE_LEN) {
		size_t len = bytes.len - from < PIECE_LEN ? bytes.len - from : PIECE_LEN;
		int written = EVP_EncodeBlock((unsigned char *)text + to,
					      bytes.data + from, (int)len);

		to += (size_t)written;
	}
	return text;
}

json_t *trfs_json_bytes(struct trfs_bytes bytes)
{
	json_t *json;
	char *text;

	if (trfs_utf8_valid(bytes))
		return json_stringn_nocheck(bytes.len ? (const char *)bytes.data : "",
					    bytes.len);
	text = encode_base64(bytes);
	if (!text)
		return NULL;
	json = json_pack("{s:o}", "base64", json_string_nocheck(text));
	free(text);
	return json;
}

json_t *trfs_json_text(const char *text)
{
	return text ? trfs_json_bytes(trfs_bytes_of(text)) : json_null();
}

json_t *trfs_json_with(json_t *json, const char *key, json_t *value)
{
	/* Lets go of the value itself. */
	if (json_object_set_new(json, key, value) == 0)
		return json;
	json_decref(json);
	return NULL;
}

/*
 * Some of a JSON text, whole characters: what is not visible stands in strings, where
 * \uXXXX means the same, or is the end of a line.
 */
static int put_visible(const char *text, size_t len, void *out)
{
	struct trfs_bytes left = { (const uint8_t *)text, len };

	while (left.len > 0) {
		uint32_t c = 0;
		size_t n = trfs_utf8_take(left, &c);

		if (n == 0)
			return -1;
		if (trfs_is_hidden(c) && c != '\n')
			fprintf(out, "\\u%04x", (unsigned int)c);
		else
			fwrite(left.data, 1, n, out);
		left.data += n;
		left.len -= n;
	}
	return 0;
}

int trfs_json_print(json_t *json, int code)
{
	int rc = -1;

	if (json)
		rc = json_dump_callback(json, put_visible, stdout,
					JSON_SORT_KEYS | JSON_INDENT(2) |
						JSON_REAL_PRECISION(FLOAT32_DIGITS));
	json_decref(json);
	if (rc < 0 && !ferror(stdout)) {
		trfs_output_error("no memory for the JSON");
		return TRFS_EXIT_DATA;
	}
	putchar('\n');
	return code;
}
