/* SPDX-License-Identifier: MIT */
/* Options that own their texts, for those who keep them longer than they were lent. */
#include "dataset/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef bool text_visitor(const char **text);

/* Those of one option; false when the visitor said so of any of them. */
static bool visit_option(struct trfs_options *options, const struct trfs_option *option,
			 text_visitor *visit)
{
	void *place = (uint8_t *)options + option->offset;
	struct trfs_option_list *list = place;
	bool good = true;

	switch (option->type) {
	case TRFS_OPTION_TEXT:
	case TRFS_OPTION_PATH:
		return visit(place);
	case TRFS_OPTION_LIST:
	case TRFS_OPTION_PATHS:
		for (unsigned int i = 0; i < list->nr; i++)
			good &= visit(&list->items[i]);
		return good;
	case TRFS_OPTION_NUMBER:
	case TRFS_OPTION_COUNT:
	case TRFS_OPTION_CHOICE:
	case TRFS_OPTION_FLAG:
		break;
	}
	return true;
}

/* Every text, whatever the visitor says of others. */
static bool visit_texts(struct trfs_options *options, text_visitor *visit)
{
	/* The one that is not in the table. */
	bool good = visit(&options->source);

	for (size_t i = 0; i < trfs_option_table_len; i++)
		good &= visit_option(options, &trfs_option_table[i], visit);
	return good;
}

static bool own_text(const char **text)
{
	bool wanted = *text != NULL;

	if (wanted)
		*text = strdup(*text);
	return !wanted || *text;
}

static bool free_text(const char **text)
{
	free((void *)(uintptr_t)*text);
	*text = NULL;
	return true;
}

int trfs_options_copy(const struct trfs_options *from, struct trfs_options *ret)
{
	struct trfs_options copy = *from;

	if (!visit_texts(&copy, own_text)) {
		visit_texts(&copy, free_text);
		return -ENOMEM;
	}
	*ret = copy;
	return 0;
}

void trfs_options_copy_done(struct trfs_options *copy)
{
	visit_texts(copy, free_text);
}
