/* SPDX-License-Identifier: MIT */
/* Schema, presentation, what both need; catalog; schema once more; contents. */
#include "index/preparation.h"

#include "base/error.h"
#include "dataset/making.h"
#include "image/codec_versions.h"

int trfs_preparation_init(struct trfs_preparation *p, const struct trfs_options *options,
			  struct trfs_error *err)
{
	int rc;

	*p = (struct trfs_preparation){ .schema = NULL };
	rc = trfs_presentation_parse(options, &p->presentation, err);
	if (rc == 0)
		rc = trfs_schema_load_options(options, NULL, &p->schema, err);
	if (rc == 0)
		rc = trfs_needs_find(p->schema, &p->presentation, options->check,
				     &p->needs, err);
	return rc;
}

void trfs_preparation_done(struct trfs_preparation *p)
{
	p->schema = trfs_schema_free(p->schema);
}

/* Of images that are made anew, or whose pixels are shown, the codecs decide. */
int trfs_preparation_fingerprint(const struct trfs_preparation *p,
				 const struct trfs_options *options,
				 uint8_t ret[TRFS_FINGERPRINT_SIZE],
				 struct trfs_error *err)
{
	const struct trfs_needs *needs = &p->needs;
	char codecs[TRFS_CODEC_VERSIONS_SIZE] = "none";

	/* Without memory nothing is known of them: any fingerprint would be wrong. */
	if ((needs->measuring || needs->pixels || needs->mask_pixels) &&
	    trfs_codec_versions(codecs, sizeof(codecs)) < 0)
		return trfs_fail_memory(err, "the fingerprint");
	return trfs_fingerprint(options, trfs_schema_text(p->schema), codecs, ret, err);
}

int trfs_preparation_run(const struct trfs_preparation *p,
			 const struct trfs_options *options, struct trfs_earlier *known,
			 struct trfs_part *part, const struct trfs_progress *progress,
			 struct trfs_catalog **ret_catalog,
			 struct trfs_schema **ret_schema, struct trfs_error *err)
{
	int rc;

	*ret_catalog = NULL;
	rc = trfs_catalog_load_for(options, &p->needs, known, part, progress, ret_catalog,
				   err);
	if (rc == 0)
		rc = trfs_schema_load_options(options, *ret_catalog, ret_schema, err);
	if (rc == 0)
		rc = trfs_making_run(*ret_catalog, &p->needs, known, part, options,
				     progress, err);
	return rc;
}
