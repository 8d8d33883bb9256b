/* SPDX-License-Identifier: MIT */
/*
 * The built-in schemas, in the language that users write their own in: a converter's
 * features are a row here, not code.
 */
#include "dataset/schema.h"

static const char slim[] =
	"{\n"
	"  \"name\": \"slim\",\n"
	"  \"description\": \"image classification, as slim, Inception and Model Garden "
	"read it\",\n"
	"  \"features\": {\n"
	"    \"image/channels\": \"image.channels\",\n"
	"    \"image/class/label\": \"label.id\",\n"
	"    \"image/class/text\": \"label.text\",\n"
	"    \"image/colorspace\": \"image.colorspace\",\n"
	"    \"image/encoded\": \"image.encoded\",\n"
	"    \"image/filename\": \"file.path\",\n"
	"    \"image/format\": \"image.format\",\n"
	"    \"image/height\": \"image.height\",\n"
	"    \"image/width\": \"image.width\"\n"
	"  }\n"
	"}\n";

static const char simple[] =
	"{\n"
	"  \"name\": \"simple\",\n"
	"  \"description\": \"image, name and label, as Kaggle's recipes read them\",\n"
	"  \"features\": {\n"
	"    \"image\": \"image.encoded\",\n"
	"    \"image_name\": \"file.stem\",\n"
	"    \"label\": \"label.id\"\n"
	"  }\n"
	"}\n";

static const struct {
	const char *name;
	const char *text;
} builtins[] = {
	{ "slim", slim },
	{ "simple", simple },
};

static const char *const names[] = { "slim", "simple", NULL };

_Static_assert(TRFS_COUNT(names) == TRFS_COUNT(builtins) + 1, "a name for every row");

const char *const *trfs_schema_builtin_names(void)
{
	return names;
}

const char *trfs_schema_builtin_text(const char *name)
{
	for (size_t i = 0; i < TRFS_COUNT(builtins); i++) {
		if (strcmp(builtins[i].name, name) == 0)
			return builtins[i].text;
	}
	return NULL;
}
