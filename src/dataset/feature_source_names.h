/* SPDX-License-Identifier: MIT */
/* Sources that look at nothing but an image's path; see struct trfs_feature_source. */
#ifndef TRFS_DATASET_FEATURE_SOURCE_NAMES_H
#define TRFS_DATASET_FEATURE_SOURCE_NAMES_H

#include "dataset/feature_source.h"

int trfs_give_file_path(const struct trfs_source_request *request,
			struct trfs_feature_values *values);
int trfs_give_file_name(const struct trfs_source_request *request,
			struct trfs_feature_values *values);
int trfs_give_file_stem(const struct trfs_source_request *request,
			struct trfs_feature_values *values);
int trfs_give_file_extension(const struct trfs_source_request *request,
			     struct trfs_feature_values *values);
int trfs_give_file_format(const struct trfs_source_request *request,
			  struct trfs_feature_values *values);
int trfs_give_file_first_stem(const struct trfs_source_request *request,
			      struct trfs_feature_values *values);
int trfs_give_file_directory(const struct trfs_source_request *request,
			     struct trfs_feature_values *values);
/* "name_0", "name_1" where the example's class has augmented copies, else "name". */
int trfs_give_copy_name(const struct trfs_source_request *request,
			struct trfs_feature_values *values);

#endif
