/* SPDX-License-Identifier: MIT */
/* Two walks over the message: how wide keys are, then a line for each. */
#include "cli/example_print.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/visible.h"
#include "cli/output.h"
#include "dataset/feature_values.h"
#include "image/image.h"
#include "manifest/text.h"
#include "wire/tf_example_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define NR_VALUES_SHOWN	 8
#define TEXT_SHOWN_MAX	 64 /* characters: a SHA-256 in hexadecimal */
#define KEY_WIDTH_MAX	 40
#define NR_BYTES_SHOWN	 8
#define PRINTED_KEY_SIZE 512

const char *trfs_float_text(float value, char buf[32])
{
	for (int digits = 1; digits <= 9; digits++) {
		snprintf(buf, 32, "%.*g", digits, (double)value);
		if (strtof(buf, NULL) == value && (float)strtod(buf, NULL) == value)
			break;
	}
	return buf;
}

/* Text that a terminal shows as it is, and short enough for a line. */
static bool is_plain_text(struct trfs_bytes value)
{
	size_t nr_characters = 0;

	if (!trfs_is_visible(value))
		return false;
	for (size_t i = 0; i < value.len; i++)
		nr_characters += (value.data[i] & 0xc0) != 0x80;
	return nr_characters <= TEXT_SHOWN_MAX;
}

static void print_image(FILE *out, const struct trfs_image_info *info,
			const struct trfs_error *err)
{
	fprintf(out, ", %s",
		trfs_image_format_title((enum trfs_image_format)info->format));
	if (info->height > 0)
		fprintf(out, " %" PRIu32 " x %" PRIu32 " x %u", info->height, info->width,
			info->channels);
	if (err->code)
		fprintf(out, " that %s", err->message);
}

static void print_bytes(FILE *out, struct trfs_bytes value)
{
	struct trfs_image_source source = trfs_image_source_of(value);
	struct trfs_image_info info = { 0 };
	struct trfs_error err = { 0 };
	char count[TRFS_COUNT_SIZE];

	if (is_plain_text(value)) {
		fprintf(out, "\"%.*s\"", TRFS_BYTES_ARG(value));
		return;
	}
	fprintf(out, "<%s byte%s", trfs_count_text(value.len, count),
		value.len == 1 ? "" : "s");
	if (trfs_image_probe(&source, ~(trfs_image_formats)0, &info, &err) == 0 ||
	    info.format != TRFS_IMAGE_UNKNOWN) {
		print_image(out, &info, &err);
	} else {
		fputc(':', out);
		for (size_t i = 0; i < value.len && i < NR_BYTES_SHOWN; i++)
			fprintf(out, " %02x", value.data[i]);
		if (value.len > NR_BYTES_SHOWN)
			fputs(" ...", out);
	}
	fputc('>', out);
}

/* One value: 1, or 0 behind the last, or -EBADMSG; printed unless @out is NULL. */
static int next_value(struct trfs_value_reader *r, FILE *out)
{
	struct trfs_bytes bytes;
	char text[32];
	int64_t integer;
	float number;
	int rc = 0;

	switch (r->kind) {
	case TRFS_FEATURE_BYTES:
		rc = trfs_value_reader_bytes(r, &bytes);
		if (rc > 0 && out)
			print_bytes(out, bytes);
		break;
	case TRFS_FEATURE_FLOAT:
		rc = trfs_value_reader_float(r, &number);
		if (rc > 0 && out)
			fputs(trfs_float_text(number, text), out);
		break;
	case TRFS_FEATURE_INT64:
		rc = trfs_value_reader_int64(r, &integer);
		if (rc > 0 && out)
			fprintf(out, "%" PRId64, integer);
		break;
	default:
		break;
	}
	return rc;
}

/* How many values; a negative errno where the list is damaged. */
static int64_t count_values(const struct trfs_feature_view *feature)
{
	struct trfs_value_reader r;
	int64_t nr = 0;
	int rc;

	trfs_value_reader_init(&r, feature);
	while ((rc = next_value(&r, NULL)) > 0)
		nr++;
	return rc < 0 ? rc : nr;
}

static const char *printed_key(const struct trfs_feature_view *feature,
			       char buf[PRINTED_KEY_SIZE])
{
	return trfs_text_printable(feature->key, buf, PRINTED_KEY_SIZE);
}

/* All @nr of them, in brackets where there is not just one. */
static void print_values(FILE *out, const struct trfs_feature_view *feature, int64_t nr)
{
	struct trfs_value_reader r;
	char count[TRFS_COUNT_SIZE];

	if (nr != 1)
		fputc('[', out);
	trfs_value_reader_init(&r, feature);
	for (int64_t i = 0; i < nr && i < NR_VALUES_SHOWN; i++) {
		if (i > 0)
			fputs(", ", out);
		if (next_value(&r, out) <= 0)
			break;
	}
	if (nr > NR_VALUES_SHOWN)
		fprintf(out, ", ... and %s more",
			trfs_count_text((uint64_t)nr - NR_VALUES_SHOWN, count));
	if (nr != 1)
		fputc(']', out);
}

static int print_feature(FILE *out, const struct trfs_feature_view *feature, int width,
			 struct trfs_error *err)
{
	const char *kind =
		feature->kind
			? trfs_feature_kind_name((enum trfs_feature_kind)feature->kind)
			: "unset";
	int64_t nr = count_values(feature);
	char key[PRINTED_KEY_SIZE], count[TRFS_COUNT_SIZE];

	if (nr < 0)
		return trfs_fail(err, (int)nr, "the values of key \"%s\" are damaged",
				 printed_key(feature, key));
	fprintf(out, "  %-*s  %-5s %3s  ", width, printed_key(feature, key), kind,
		trfs_count_text((uint64_t)nr, count));
	print_values(out, feature, nr);
	fputc('\n', out);
	return 0;
}

int trfs_example_print_values(const struct trfs_feature_view *feature,
			      struct trfs_buffer *ret)
{
	int64_t nr = count_values(feature);
	char *text = NULL;
	size_t len = 0;
	FILE *out;

	if (nr < 0)
		return (int)nr;
	out = open_memstream(&text, &len);
	if (!out)
		return -ENOMEM;
	if (feature->kind)
		print_values(out, feature, nr);
	else
		fputs("unset", out);
	if (fclose(out) == 0)
		trfs_buffer_put(ret, text, len);
	else
		ret->failed = true;
	free(text);
	return ret->failed ? -ENOMEM : 0;
}

/* As wide as the longest key, within reason. */
static int key_width(struct trfs_bytes data)
{
	struct trfs_example_reader r;
	struct trfs_feature_view feature;
	struct trfs_error unused = { 0 };
	size_t width = 0;

	trfs_example_reader_init(&r, data);
	while (trfs_example_reader_next(&r, &feature, &unused) > 0) {
		char key[PRINTED_KEY_SIZE];
		size_t len = strlen(printed_key(&feature, key));

		if (len > width)
			width = len;
	}
	return width < KEY_WIDTH_MAX ? (int)width : KEY_WIDTH_MAX;
}

int trfs_example_print(FILE *out, struct trfs_bytes data, struct trfs_error *err)
{
	struct trfs_example_reader r;
	struct trfs_feature_view feature;
	int width = key_width(data);
	size_t nr = 0;
	int rc;

	trfs_example_reader_init(&r, data);
	while ((rc = trfs_example_reader_next(&r, &feature, err)) > 0) {
		rc = print_feature(out, &feature, width, err);
		if (rc < 0)
			return rc;
		nr++;
	}
	if (rc == 0 && nr == 0)
		fputs("  no features\n", out);
	return rc;
}
