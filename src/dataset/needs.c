/* SPDX-License-Identifier: MIT */
/* From what a schema shows to what has to be looked at. */
#include "dataset/needs.h"

#include "base/error.h"
#include "dataset/schema_rule.h"

#include <errno.h>

static void add_content(enum trfs_content content, const struct trfs_presentation *p,
			struct trfs_needs *needs)
{
	const struct trfs_content_kind *kind =
		trfs_content_kind(trfs_content_hole(content, 0));

	needs->contents |= 1u << content;
	needs->panoptic |= kind->is_panoptic;
	needs->measuring |= kind->is_measured && kind->is_measured(p);
	if (kind->needs_pixels && kind->needs_masks)
		needs->mask_pixels = true;
	else if (kind->needs_pixels)
		needs->pixels = true;
}

static void add_rule(const struct trfs_feature_rule *rule,
		     const struct trfs_presentation *p, struct trfs_needs *needs)
{
	unsigned int traits = rule->source->traits;

	if (traits & TRFS_SOURCE_LABELS)
		needs->unlabelled = false;
	if (traits & TRFS_SOURCE_MASK) {
		needs->masks = true;
		needs->masks_required |= rule->missing == TRFS_MISSING_ERROR;
	}
	if (traits & TRFS_SOURCE_CONTENT)
		add_content(trfs_feature_source_content(rule->source), p, needs);
}

int trfs_needs_find(const struct trfs_schema *schema,
		    const struct trfs_presentation *presentation, enum trfs_check check,
		    struct trfs_needs *ret, struct trfs_error *err)
{
	struct trfs_needs needs = { .presentation = presentation, .unlabelled = true };

	for (size_t i = 0; i < schema->nr_rules; i++) {
		if (schema->rules[i].source)
			add_rule(&schema->rules[i], presentation, &needs);
	}
	if ((needs.masks || needs.contents & (1u << TRFS_CONTENT_OBJECT_MASK)) &&
	    trfs_presentation_moves_pixels(presentation))
		return trfs_fail(err, -EINVAL,
				 "schema %s shows masks as they are, which would no "
				 "longer fit images that --exif=apply, --resize or "
				 "--augment change; leave these out",
				 schema->origin);
	if (needs.panoptic &&
	    needs.contents & (1u << TRFS_CONTENT_MASK | 1u << TRFS_CONTENT_MASK_PIXELS))
		return trfs_fail(err, -EINVAL,
				 "schema %s shows both masks and panoptic masks, but an "
				 "image can have one of them only",
				 schema->origin);
	/* A full check makes them all the same, and forgets them. */
	needs.measuring |=
		check == TRFS_CHECK_FULL && (needs.pixels || needs.mask_pixels);
	*ret = needs;
	return 0;
}
