/* SPDX-License-Identifier: MIT */
/*
 * Defaults that hold values of flags: "{data_dir}/annotations/trainval.txt".  Where one
 * value stands for several (--year=merged), the manifests of all of them are parts.
 */
#include "cli/profile_parts.h"

#include "base/buffer.h"
#include "base/error.h"

#include <limits.h>
#include <string.h>

/* Of "merged=VOC2007,VOC2012": the list, if @value is the word before it; else NULL. */
static const char *several(const struct trfs_profile_flag *flag, const char *value)
{
	size_t len = value ? strlen(value) : 0;

	if (flag->kind != TRFS_FLAG_VALUE || !flag->target || len == 0 ||
	    strncmp(flag->target, value, len) != 0 || flag->target[len] != '=')
		return NULL;
	return flag->target + len + 1;
}

static const char *value_of(const struct trfs_profile_flags *flags,
			    const struct trfs_profile_flag *flag)
{
	const char *value = trfs_profile_flags_value(flags, flag, 0);

	return value ? value : flag->otherwise;
}

/* For how many values one stands. */
static unsigned int count_alternatives(const struct trfs_profile_flags *flags)
{
	const struct trfs_profile_flag *flag = flags->profile->flags;
	unsigned int nr = 1;

	for (; flag->name; flag++) {
		const char *list = several(flag, value_of(flags, flag));

		for (; list && *list; list++)
			nr += *list == ',';
	}
	return nr;
}

/* Number @alternative of a list, or of a single value that one. */
static struct trfs_bytes pick(const struct trfs_profile_flag *flag, const char *value,
			      unsigned int alternative)
{
	const char *list = several(flag, value);

	if (!list)
		return trfs_bytes_of(value);
	for (; alternative > 0 && strchr(list, ','); alternative--)
		list = strchr(list, ',') + 1;
	return (struct trfs_bytes){ (const uint8_t *)list, strcspn(list, ",") };
}

/* What {flag} stands for: false where it has no value; @len bytes of name at @name. */
static bool placeholder(const struct trfs_profile_flags *flags, unsigned int alternative,
			const char *name, size_t len, struct trfs_bytes *ret)
{
	const struct trfs_profile_flag *flag = flags->profile->flags;
	const char *value;

	for (; flag->name; flag++) {
		if (strlen(flag->name) != len || strncmp(flag->name, name, len) != 0)
			continue;
		value = value_of(flags, flag);
		if (value)
			*ret = pick(flag, value, alternative);
		return value;
	}
	return false;
}

/* The default's value with flags filled in; NULL where one has no value. */
static int fill_in(struct trfs_profile_flags *flags, unsigned int alternative,
		   const char *template, const char **ret, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer text;
	const char *filled;

	trfs_buffer_init(&text, PATH_MAX);
	*ret = NULL;
	for (const char *p = template; *p; p++) {
		const char *end = *p == '{' ? strchr(p, '}') : NULL;
		struct trfs_bytes value;

		if (!end) {
			trfs_buffer_put_u8(&text, (uint8_t)*p);
			continue;
		}
		if (!placeholder(flags, alternative, p + 1, (size_t)(end - p) - 1,
				 &value))
			return 0;
		trfs_buffer_put(&text, value.data, value.len);
		p = end;
	}
	filled = trfs_buffer_text(&text);
	*ret = filled ? trfs_profile_flags_printf(flags, "%s", filled) : NULL;
	return *ret ? 0 : trfs_fail_memory(err, "the command line");
}

/* One default, or of several manifests one; those are all of one split. */
static int set_default(struct trfs_settings *settings,
		       const struct trfs_profile_default *row, unsigned int alternative,
		       bool is_part, struct trfs_error *err)
{
	const char *name = row->option;
	const char *value;
	int rc = fill_in(settings->flags, alternative, row->value, &value, err);

	if (rc < 0 || !value)
		return rc;
	if (is_part && trfs_option_same_name(name, "manifest")) {
		name = "part";
		value = trfs_profile_flags_printf(settings->flags, "train=%s", value);
		if (!value)
			return trfs_fail_memory(err, "the command line");
	}
	return trfs_profile_set_option(settings, name, value, err);
}

int trfs_profile_fill_defaults(struct trfs_settings *settings, struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	const struct trfs_profile_default *row = flags->profile->defaults;
	unsigned int nr = count_alternatives(flags);
	int rc = 0;

	for (; rc == 0 && row->option; row++) {
		const struct trfs_option *option = trfs_option_find(row->option);

		if (!strchr(row->value, '{') ||
		    trfs_option_same_name(row->option, "shard-names") || !option ||
		    settings->given[option - trfs_option_table])
			continue;
		for (unsigned int i = 0; rc == 0 && i < nr; i++)
			rc = set_default(settings, row, i, nr > 1, err);
	}
	return rc;
}
