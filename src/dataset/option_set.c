/* SPDX-License-Identifier: MIT */
/*
 * One option from text and all of them to text, by the types of the table in options.c.
 * Here a value is only read; whether it makes sense is for whoever uses it.
 */
#include "base/error.h"
#include "base/nearest.h"
#include "dataset/options.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <strings.h>

#define CHOICES_TEXT_MAX 128

static void *place_of(struct trfs_options *options, const struct trfs_option *option)
{
	return (uint8_t *)options + option->offset;
}

bool trfs_option_can_be_off(const struct trfs_option *option)
{
	return option->type != TRFS_OPTION_NUMBER && option->type != TRFS_OPTION_COUNT &&
	       option->type != TRFS_OPTION_CHOICE;
}

bool trfs_option_is_on(const struct trfs_options *options,
		       const struct trfs_option *option)
{
	const uint8_t *place = (const uint8_t *)options + option->offset;
	const char *text;

	if (option->type == TRFS_OPTION_FLAG)
		return *(const bool *)place;
	if (option->type == TRFS_OPTION_LIST || option->type == TRFS_OPTION_PATHS)
		return ((const struct trfs_option_list *)place)->nr > 0;
	memcpy(&text, place, sizeof(text));
	return text != NULL;
}

static bool parse_number(const char *text, uint64_t *ret)
{
	uint64_t number = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		uint64_t digit = (uint64_t)(unsigned char)*text - '0';

		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*ret = number;
	return true;
}

static int set_number(void *place, const struct trfs_option *option, const char *text,
		      struct trfs_error *err)
{
	bool wide = option->type == TRFS_OPTION_NUMBER;
	uint64_t most = wide ? UINT64_MAX : UINT_MAX;
	uint64_t number;

	if (!parse_number(text, &number) || number > most)
		return trfs_fail(err, -EINVAL,
				 "--%s is a whole number from 0 to %" PRIu64
				 ", not \"%s\"",
				 option->name, most, text);
	if (wide)
		*(uint64_t *)place = number;
	else
		*(unsigned int *)place = (unsigned int)number;
	return 0;
}

/* "shuffled, manifest or local" */
static const char *list_choices(const struct trfs_option *option, char *buf, size_t len)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; option->choices[i] && used < len; i++) {
		const char *before = i == 0 ? "" : option->choices[i + 1] ? ", " : " or ";
		int n = snprintf(buf + used, len - used, "%s%s", before,
				 option->choices[i]);

		used += n > 0 ? (size_t)n : 0;
	}
	return buf;
}

static int set_choice(void *place, const struct trfs_option *option, const char *text,
		      struct trfs_error *err)
{
	char choices[CHOICES_TEXT_MAX], hint[CHOICES_TEXT_MAX];
	struct trfs_nearest nearest;

	trfs_nearest_init(&nearest, trfs_bytes_of(text));
	for (unsigned int i = 0; option->choices[i]; i++) {
		if (strcmp(text, option->choices[i]) == 0) {
			_Static_assert(sizeof(enum trfs_order) == sizeof(i),
				       "enums of options are unsigned ints");
			memcpy(place, &i, sizeof(i));
			return 0;
		}
		trfs_nearest_offer(&nearest, trfs_bytes_of(option->choices[i]));
	}
	return trfs_fail(err, -EINVAL, "--%s is %s, not \"%s\"%s", option->name,
			 list_choices(option, choices, sizeof(choices)), text,
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)));
}

static int set_flag(bool *place, const struct trfs_option *option, const char *text,
		    struct trfs_error *err)
{
	static const char *const on[] = { "", "true", "1", "yes", "on" };
	static const char *const off[] = { "false", "0", "no", "off" };

	for (size_t i = 0; i < TRFS_COUNT(on); i++) {
		if (!text || strcasecmp(text, on[i]) == 0) {
			*place = true;
			return 0;
		}
	}
	for (size_t i = 0; i < TRFS_COUNT(off); i++) {
		if (strcasecmp(text, off[i]) == 0) {
			*place = false;
			return 0;
		}
	}
	return trfs_fail(err, -EINVAL, "--%s is true or false, not \"%s\"", option->name,
			 text);
}

static int add_item(struct trfs_option_list *list, const struct trfs_option *option,
		    const char *text, struct trfs_error *err)
{
	if (list->nr == TRFS_LIST_MAX)
		return trfs_fail(err, -EINVAL, "--%s is given more than %d times",
				 option->name, TRFS_LIST_MAX);
	list->items[list->nr++] = text;
	return 0;
}

int trfs_option_set(struct trfs_options *options, const struct trfs_option *option,
		    const char *text, struct trfs_error *err)
{
	void *place = place_of(options, option);

	if (option->type == TRFS_OPTION_FLAG)
		return set_flag(place, option, text, err);
	if (!text || !*text)
		return trfs_fail(err, -EINVAL, "--%s needs a value: --%s=%s",
				 option->name, option->name, option->argument);
	switch (option->type) {
	case TRFS_OPTION_NUMBER:
	case TRFS_OPTION_COUNT:
		return set_number(place, option, text, err);
	case TRFS_OPTION_CHOICE:
		return set_choice(place, option, text, err);
	case TRFS_OPTION_LIST:
	case TRFS_OPTION_PATHS:
		return add_item(place, option, text, err);
	case TRFS_OPTION_TEXT:
	case TRFS_OPTION_PATH:
	case TRFS_OPTION_FLAG:
		break;
	}
	*(const char **)place = text;
	return 0;
}

/* "?" where a caller of the library stored no value of the enum. */
static const char *choice_name(const struct trfs_option *option, const void *place)
{
	unsigned int number, nr = 0;

	memcpy(&number, place, sizeof(number));
	while (option->choices[nr])
		nr++;
	return number < nr ? option->choices[number] : "?";
}

void trfs_option_print(const struct trfs_options *options,
		       const struct trfs_option *option, struct trfs_buffer *buf)
{
	const void *place = (const uint8_t *)options + option->offset;

	switch (option->type) {
	case TRFS_OPTION_TEXT:
	case TRFS_OPTION_PATH: {
		const char *text = *(const char *const *)place;

		/* The one text whose default has a name; it is the same data set. */
		if (!text && option->offset == offsetof(struct trfs_options, schema))
			text = "slim";
		trfs_buffer_printf(buf, "%s", text ? text : "");
		break;
	}
	case TRFS_OPTION_NUMBER:
		trfs_buffer_printf(buf, "%" PRIu64, *(const uint64_t *)place);
		break;
	case TRFS_OPTION_COUNT:
		trfs_buffer_printf(buf, "%u", *(const unsigned int *)place);
		break;
	case TRFS_OPTION_CHOICE:
		trfs_buffer_printf(buf, "%s", choice_name(option, place));
		break;
	case TRFS_OPTION_FLAG:
		trfs_buffer_printf(buf, "%s", *(const bool *)place ? "true" : "false");
		break;
	case TRFS_OPTION_LIST:
	case TRFS_OPTION_PATHS: {
		const struct trfs_option_list *list = place;

		for (unsigned int i = 0; i < list->nr; i++)
			trfs_buffer_printf(buf, "%s%s", i ? "\n" : "", list->items[i]);
		break;
	}
	}
}

void trfs_options_print_layout(const struct trfs_options *options,
			       struct trfs_buffer *buf)
{
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		const struct trfs_option *option = &trfs_option_table[i];

		if (!option->layout)
			continue;
		trfs_buffer_printf(buf, "%s=", option->name);
		trfs_option_print(options, option, buf);
		trfs_buffer_put_u8(buf, '\n');
	}
}
