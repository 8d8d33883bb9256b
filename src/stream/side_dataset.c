/* SPDX-License-Identifier: MIT */
/*
 * dataset.json: all that this mount was made with, in the form that `mount dataset.json`
 * takes, so that mounting it shows the same bytes.  Paths are absolute, wherever it goes.
 */
#include "dataset/options.h"
#include "stream/side_file.h"

#include <string.h>

#define VALUE_MAX ((size_t)1 << 16)

/* A list's word for "nothing" is no path; nor is a schema that is built in. */
static bool is_path(const struct trfs_option *option, struct trfs_bytes text)
{
	if (option->type == TRFS_OPTION_PATHS)
		return !trfs_bytes_equal(text, trfs_bytes_of("none"));
	if (strcmp(option->name, "schema") == 0)
		return memchr(text.data, '/', text.len) ||
		       trfs_bytes_ends_with(text, ".json");
	return option->type == TRFS_OPTION_PATH || strcmp(option->name, "part") == 0;
}

/* Where the path in @text begins: of "SPLIT=PATH" behind the sign. */
static size_t path_start(const struct trfs_option *option, struct trfs_bytes text)
{
	const uint8_t *equals = memchr(text.data, '=', text.len);

	if (strcmp(option->name, "part") == 0 && equals)
		return (size_t)(equals - text.data) + 1;
	return 0;
}

/* Without what is behind the last slash, and without that. */
static struct trfs_bytes parent(struct trfs_bytes path)
{
	while (path.len > 0 && path.data[path.len - 1] != '/')
		path.len--;
	path.len -= path.len > 0;
	return path;
}

/*
 * What annotations of profile pascal are relative to: YEAR of the list
 * YEAR/ImageSets/Main/LIST.txt that they are for.
 */
static struct trfs_bytes year_of(const struct trfs_options *options, unsigned int item)
{
	const char *part = item < options->parts.nr ? options->parts.items[item] : NULL;
	const char *equals = part ? strchr(part, '=') : NULL;
	const char *list = equals ? equals + 1 : options->manifest;

	return list ? parent(parent(parent(trfs_bytes_of(list))))
		    : (struct trfs_bytes){ NULL, 0 };
}

static bool is_below_year(const struct trfs_options *options,
			  const struct trfs_option *option)
{
	return options->dialect && strcmp(options->dialect, "pascal") == 0 &&
	       strcmp(option->name, "annotations") == 0;
}

/* @base: what a relative path starts from, itself relative to the working directory. */
static void put_base(const struct trfs_generation *g, struct trfs_bytes base,
		     struct trfs_buffer *out)
{
	if ((base.len == 0 || base.data[0] != '/') && g->directory) {
		trfs_side_put_json(out, trfs_bytes_of(g->directory));
		trfs_buffer_put_u8(out, '/');
	}
	if (base.len > 0) {
		trfs_side_put_json(out, base);
		trfs_buffer_put_u8(out, '/');
	}
}

/* @item: its number in a list */
static void put_item(const struct trfs_generation *g, const struct trfs_option *option,
		     unsigned int item, struct trfs_bytes text, struct trfs_buffer *out)
{
	size_t start = path_start(option, text);
	struct trfs_bytes before = { text.data, start };
	struct trfs_bytes path = { text.data + start, text.len - start };
	struct trfs_bytes base = { NULL, 0 };

	if (is_below_year(&g->options, option))
		base = year_of(&g->options, item);
	trfs_buffer_put_u8(out, '"');
	trfs_side_put_json(out, before);
	if (is_path(option, text) && path.len > 0 && path.data[0] != '/')
		put_base(g, base, out);
	trfs_side_put_json(out, path);
	trfs_buffer_put_u8(out, '"');
}

static bool is_list(const struct trfs_option *option)
{
	return option->type == TRFS_OPTION_LIST || option->type == TRFS_OPTION_PATHS;
}

static void put_list(const struct trfs_generation *g, const struct trfs_option *option,
		     struct trfs_buffer *out)
{
	const void *place = (const uint8_t *)&g->options + option->offset;
	const struct trfs_option_list *list = place;

	trfs_buffer_put_u8(out, '[');
	for (unsigned int i = 0; i < list->nr; i++) {
		trfs_buffer_printf(out, "%s", i > 0 ? ", " : "");
		put_item(g, option, i, trfs_bytes_of(list->items[i]), out);
	}
	trfs_buffer_put_u8(out, ']');
}

static void put_value(const struct trfs_generation *g, const struct trfs_option *option,
		      struct trfs_bytes text, struct trfs_buffer *out)
{
	if (is_list(option))
		put_list(g, option, out);
	else if (option->type == TRFS_OPTION_FLAG || option->type == TRFS_OPTION_NUMBER ||
		 option->type == TRFS_OPTION_COUNT)
		trfs_buffer_put(out, text.data, text.len);
	else
		put_item(g, option, 0, text, out);
}

/*
 * Options at their defaults are left out, but for the seed, which people look for, and
 * where a profile stands for other defaults.  @out fails where that cannot be found out.
 */
static bool is_told(const struct trfs_options *options, const struct trfs_option *option,
		    struct trfs_bytes value, struct trfs_buffer *out)
{
	struct trfs_options defaults;
	struct trfs_buffer text;
	bool told;

	trfs_options_init(&defaults);
	trfs_buffer_init(&text, VALUE_MAX);
	trfs_option_print(&defaults, option, &text);
	told = !trfs_bytes_equal(value, trfs_buffer_bytes(&text)) ||
	       strcmp(option->name, "seed") == 0 || (options->profile && value.len > 0);
	out->failed |= text.failed;
	trfs_buffer_done(&text);
	return told;
}

/* How many threads index is of the machine. */
static bool is_of_machine(const struct trfs_option *option)
{
	return strcmp(option->name, "threads") == 0;
}

/* JSON is UTF-8, which paths need not be; then there is nothing that could be mounted. */
static bool fits(const struct trfs_view *view)
{
	const struct trfs_generation *g = view->generation;
	struct trfs_buffer text;
	bool valid;

	trfs_buffer_init(&text, (size_t)1 << 24);
	trfs_buffer_printf(&text, "%s\n%s\n", g->catalog->root_path,
			   g->directory ? g->directory : "");
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		trfs_option_print(&g->options, &trfs_option_table[i], &text);
		trfs_buffer_put_u8(&text, '\n');
	}
	valid = !text.failed && trfs_utf8_valid(trfs_buffer_bytes(&text));
	trfs_buffer_done(&text);
	return valid;
}

static int make(const struct trfs_side_request *request, struct trfs_buffer *out,
		struct trfs_error *err)
{
	const struct trfs_generation *g = request->view->generation;
	const char *root = g->catalog->root_path;
	struct trfs_buffer value;

	(void)err;
	/* For a version that does not know all of it. */
	trfs_buffer_printf(out,
			   "{\n  \"tfrecordfs\": \"%s\",\n  \"source\": ", TRFS_VERSION);
	trfs_side_put_json_text(out, trfs_bytes_of(*root ? root : "/"));
	trfs_buffer_init(&value, VALUE_MAX);
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		const struct trfs_option *option = &trfs_option_table[i];

		trfs_buffer_reset(&value);
		trfs_option_print(&g->options, option, &value);
		out->failed |= value.failed;
		if (is_of_machine(option) ||
		    !is_told(&g->options, option, trfs_buffer_bytes(&value), out))
			continue;
		trfs_buffer_printf(out, ",\n  \"%s\": ", option->name);
		put_value(g, option, trfs_buffer_bytes(&value), out);
	}
	trfs_buffer_done(&value);
	trfs_buffer_printf(out, "\n}\n");
	return 0;
}

const struct trfs_side_kind trfs_side_dataset = {
	.set = "standard",
	.path = "dataset.json",
	.fits = fits,
	.make = make,
};
