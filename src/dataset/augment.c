/* SPDX-License-Identifier: MIT */
/* CLASS=WHAT from text, and which rules an example's labels meet. */
#include "dataset/augment.h"
#include "base/error.h"
#include "base/nearest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define ID_TEXT_MAX 24

static bool find_name(const struct trfs_catalog *catalog, struct trfs_bytes name,
		      uint32_t *ret_class)
{
	for (uint64_t i = 0; i < catalog->class_names.nr; i++) {
		if (trfs_bytes_equal(trfs_strings_get(&catalog->class_names, i), name)) {
			*ret_class = (uint32_t)i;
			return true;
		}
	}
	return false;
}

static bool find_id(const struct trfs_catalog *catalog, struct trfs_bytes text,
		    uint32_t *ret_class)
{
	for (uint64_t i = 0; i < catalog->class_names.nr; i++) {
		char id[ID_TEXT_MAX];

		snprintf(id, sizeof(id), "%" PRId64, catalog->class_ids[i]);
		if (trfs_bytes_equal(trfs_bytes_of(id), text)) {
			*ret_class = (uint32_t)i;
			return true;
		}
	}
	return false;
}

static int fail_class(const struct trfs_catalog *catalog, const char *option,
		      struct trfs_bytes name, struct trfs_error *err)
{
	struct trfs_nearest nearest;
	char hint[96];

	trfs_nearest_init(&nearest, name);
	for (uint64_t i = 0; i < catalog->class_names.nr; i++)
		trfs_nearest_offer(&nearest, trfs_strings_get(&catalog->class_names, i));
	return trfs_fail(err, -EINVAL,
			 "--%s: there is no class \"%.*s\"%s, nor a class with that id",
			 option, TRFS_BYTES_ARG(name),
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)));
}

/* "CLASS=TEXT"; the last '=', since a class may be called anything. */
static int parse_item(const char *item, const char *option, const char *example,
		      const struct trfs_catalog *catalog, struct trfs_class_rule *ret,
		      struct trfs_error *err)
{
	const char *equals = strrchr(item, '=');
	struct trfs_bytes name;

	if (!equals || equals == item || !equals[1])
		return trfs_fail(err, -EINVAL, "--%s: \"%s\" is not CLASS=%s", option,
				 item, example);
	name = (struct trfs_bytes){ (const uint8_t *)item, (size_t)(equals - item) };
	*ret = (struct trfs_class_rule){ .text = trfs_bytes_of(equals + 1) };
	if (find_name(catalog, name, &ret->class) || find_id(catalog, name, &ret->class))
		return 0;
	return fail_class(catalog, option, name, err);
}

static bool parse_every(struct trfs_bytes text, uint32_t *ret)
{
	uint64_t number = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(text.data[i] - '0');
		if (number > UINT32_MAX)
			return false;
	}
	*ret = (uint32_t)number;
	return number > 0;
}

int trfs_keep_every_parse(const struct trfs_options *options,
			  const struct trfs_catalog *catalog,
			  struct trfs_class_rules *ret, struct trfs_error *err)
{
	const struct trfs_option_list *list = &options->keep_every;
	struct trfs_class_rules rules = { .nr = 0 };

	for (unsigned int i = 0; i < list->nr; i++) {
		struct trfs_class_rule *rule = &rules.items[rules.nr];
		int rc =
			parse_item(list->items[i], "keep-every", "2", catalog, rule, err);

		if (rc < 0)
			return rc;
		if (!parse_every(rule->text, &rule->every))
			return trfs_fail(err, -EINVAL,
					 "--keep-every %s: \"%.*s\" is no number from 1 "
					 "on",
					 list->items[i], TRFS_BYTES_ARG(rule->text));
		for (uint32_t j = 0; j < rules.nr; j++) {
			if (rules.items[j].class == rule->class)
				return trfs_fail(err, -EINVAL,
						 "--keep-every %s: that class has a "
						 "number already",
						 list->items[i]);
		}
		rules.nr++;
	}
	*ret = rules;
	return 0;
}

int trfs_augment_parse(const struct trfs_options *options,
		       const struct trfs_catalog *catalog, struct trfs_class_rules *ret,
		       struct trfs_error *err)
{
	const struct trfs_option_list *list = &options->augment;
	struct trfs_class_rules rules = { .nr = 0 };

	for (unsigned int i = 0; i < list->nr; i++) {
		int rc = parse_item(list->items[i], "augment", "rotate,hflip", catalog,
				    &rules.items[rules.nr++], err);

		if (rc < 0)
			return rc;
	}
	*ret = rules;
	return 0;
}

const struct trfs_class_rule *trfs_class_rules_find(const struct trfs_class_rules *rules,
						    const struct trfs_catalog *catalog,
						    uint64_t example, uint32_t nth)
{
	for (uint32_t i = 0; i < rules->nr; i++) {
		if (trfs_catalog_has_class(catalog, example, rules->items[i].class) &&
		    nth-- == 0)
			return &rules->items[i];
	}
	return NULL;
}

uint32_t trfs_class_rules_count(const struct trfs_class_rules *rules,
				const struct trfs_catalog *catalog, uint64_t example)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < rules->nr; i++)
		nr += trfs_catalog_has_class(catalog, example, rules->items[i].class);
	return nr;
}
