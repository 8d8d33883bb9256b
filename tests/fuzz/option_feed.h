/* SPDX-License-Identifier: MIT */
/* What the fuzz targets of options share: that those which were taken can be told. */
#ifndef TRFS_TESTS_FUZZ_OPTION_FEED_H
#define TRFS_TESTS_FUZZ_OPTION_FEED_H

#include "feed_file.h"

#include "dataset/options.h"

static inline void print_option(const struct trfs_options *options,
				const struct trfs_option *option, struct trfs_buffer *ret)
{
	trfs_buffer_init(ret, 1u << 22);
	trfs_option_print(options, option, ret);
	insist(trfs_buffer_text(ret) != NULL);
}

/* What an option is printed as sets the same again. */
static inline void check_option(const struct trfs_options *options,
				const struct trfs_option *option)
{
	struct trfs_buffer first, again;
	struct trfs_options other;
	bool is_list =
		option->type == TRFS_OPTION_LIST || option->type == TRFS_OPTION_PATHS;

	print_option(options, option, &first);
	trfs_options_init(&other);
	if (first.len > 0 && !is_list) {
		insist(trfs_option_set(&other, option, trfs_buffer_text(&first), NULL) ==
		       0);
		print_option(&other, option, &again);
		insist(strcmp(trfs_buffer_text(&first), trfs_buffer_text(&again)) == 0);
		trfs_buffer_done(&again);
	}
	trfs_buffer_done(&first);
}

static inline void check_options(const struct trfs_options *options)
{
	struct trfs_options copy;
	struct trfs_buffer a, b;

	for (size_t i = 0; i < trfs_option_table_len; i++)
		check_option(options, &trfs_option_table[i]);
	insist(trfs_options_copy(options, &copy) == 0);
	trfs_buffer_init(&a, 1u << 24);
	trfs_buffer_init(&b, 1u << 24);
	trfs_options_print_layout(options, &a);
	trfs_options_print_layout(&copy, &b);
	insist(trfs_bytes_equal(trfs_buffer_bytes(&a), trfs_buffer_bytes(&b)));
	trfs_buffer_done(&a);
	trfs_buffer_done(&b);
	trfs_options_copy_done(&copy);
}

#endif
