/* SPDX-License-Identifier: MIT */
/*
 * metadata.json: the data set in the Croissant format (MLCommons, version 1.1), so that
 * catalogues and mlcroissant know it.  The record set is read out of splits.csv.  The
 * data set is told to be live, since nothing of it was ever written and checksums would
 * have to be made.
 */
#include "stream/side_file.h"

static const char context[] =
	"{\"@language\": \"en\", \"@vocab\": \"https://schema.org/\", "
	"\"cr\": \"http://mlcommons.org/croissant/\", "
	"\"dct\": \"http://purl.org/dc/terms/\", \"sc\": \"https://schema.org/\", "
	"\"conformsTo\": \"dct:conformsTo\", \"citeAs\": \"cr:citeAs\", "
	"\"column\": \"cr:column\", \"extract\": \"cr:extract\", \"field\": "
	"\"cr:field\", "
	"\"fileObject\": \"cr:fileObject\", \"fileSet\": \"cr:fileSet\", "
	"\"includes\": \"cr:includes\", \"isLiveDataset\": \"cr:isLiveDataset\", "
	"\"key\": \"cr:key\", \"recordSet\": \"cr:recordSet\", "
	"\"references\": \"cr:references\", \"repeated\": \"cr:repeated\", "
	"\"source\": \"cr:source\", "
	"\"data\": {\"@id\": \"cr:data\", \"@type\": \"@json\"}, "
	"\"dataType\": {\"@id\": \"cr:dataType\", \"@type\": \"@vocab\"}}";

/* Columns of splits.csv and what their values are. */
static const struct {
	const char *name;
	const char *type;
	const char *what;
} fields[] = {
	{ "file", "sc:Text", "the image, relative to its directory" },
	{ "label", "sc:Text", "its class, or several with | between them" },
	{ "group", "sc:Text", "what keeps it together with others in a split" },
	{ "split", "sc:Text", "the split it is in" },
	{ "shard", "sc:Text", "the TFRecord file that holds its record" },
	{ "record", "sc:Integer", "the number of its record there" },
};

static void put_text(struct trfs_buffer *out, const char *name, struct trfs_bytes text)
{
	trfs_buffer_printf(out, "  \"%s\": \"", name);
	trfs_side_put_json(out, text);
	trfs_buffer_printf(out, "\",\n");
}

static void put_distribution(struct trfs_buffer *out)
{
	trfs_buffer_printf(
		out,
		"  \"distribution\": [\n"
		"    {\"@type\": \"cr:FileObject\", \"@id\": \"splits.csv\", \"name\": "
		"\"splits.csv\", \"contentUrl\": \"splits.csv\", \"encodingFormat\": "
		"\"text/csv\"},\n"
		"    {\"@type\": \"cr:FileSet\", \"@id\": \"shards\", \"name\": "
		"\"shards\", "
		"\"description\": \"TFRecord files\", \"encodingFormat\": "
		"\"application/octet-stream\", \"includes\": \"*.tfrecord\"}\n  ],\n");
}

static void put_records(struct trfs_buffer *out)
{
	trfs_buffer_printf(out, "  \"recordSet\": [\n    {\"@type\": \"cr:RecordSet\", "
				"\"@id\": \"examples\", \"name\": \"examples\", "
				"\"field\": [\n");
	for (size_t i = 0; i < TRFS_COUNT(fields); i++)
		trfs_buffer_printf(
			out,
			"      {\"@type\": \"cr:Field\", \"@id\": \"examples/%s\", "
			"\"name\": "
			"\"%s\", \"description\": \"%s\", \"dataType\": \"%s\", "
			"\"source\": "
			"{\"fileObject\": {\"@id\": \"splits.csv\"}, \"extract\": "
			"{\"column\": \"%s\"}}}%s\n",
			fields[i].name, fields[i].name, fields[i].what, fields[i].type,
			fields[i].name, i + 1 < TRFS_COUNT(fields) ? "," : "");
	trfs_buffer_printf(out, "    ]}\n  ]\n");
}

static int make(const struct trfs_side_request *request, struct trfs_buffer *out,
		struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	char room[TRFS_SIDE_DATA_SET_NAME_SIZE];

	(void)err;
	trfs_buffer_printf(out, "{\n  \"@context\": %s,\n", context);
	trfs_buffer_printf(out,
			   "  \"@type\": \"sc:Dataset\",\n  \"conformsTo\": "
			   "\"http://mlcommons.org/croissant/1.1\",\n"
			   "  \"version\": \"1.0.0\",\n  \"isLiveDataset\": true,\n");
	put_text(out, "name", trfs_bytes_of(trfs_side_data_set_name(view, room)));
	put_text(out, "description",
		 trfs_bytes_of("Images and their labels as TFRecord files, shown by "
			       "tfrecordfs."));
	put_distribution(out);
	put_records(out);
	trfs_buffer_printf(out, "}\n");
	return 0;
}

const struct trfs_side_kind trfs_side_croissant = {
	.set = "standard",
	.path = "metadata.json",
	.make = make,
};
