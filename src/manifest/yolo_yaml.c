/* SPDX-License-Identifier: MIT */
/*
 * data.yaml with libyaml, event by event: a mapping whose few known keys are kept, and
 * everything else counted past.
 */
#include "manifest/yolo_yaml.h"

#include "base/error.h"
#include "manifest/text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

enum {
	NESTING_MAX = 64,
	PLACES_MAX = 1000,
};

/**
 * struct parsing - one file on its way
 * @event: the one looked at, to be deleted where @has_event
 * @line: of it, from 1
 * @nr_stated: what "nc" says; -1: nothing
 */
struct parsing {
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	uint64_t line;
	int64_t nr_stated;
	struct trfs_yolo_yaml *y;
	struct trfs_error *err;
};

static const struct {
	const char *key;
	enum trfs_yolo_split split;
} split_keys[] = {
	{ "train", TRFS_YOLO_TRAIN },
	{ "val", TRFS_YOLO_VALIDATION },
	{ "valid", TRFS_YOLO_VALIDATION },
	{ "test", TRFS_YOLO_TEST },
};

void trfs_yolo_yaml_done(struct trfs_yolo_yaml *y)
{
	trfs_string_table_free(y->texts);
	free(y->class_texts);
	for (int i = 0; i < TRFS_YOLO_NR_SPLITS; i++)
		free(y->places[i]);
	*y = (struct trfs_yolo_yaml){ .nr_classes = 0 };
}

static void forget_event(struct parsing *p)
{
	if (p->has_event)
		yaml_event_delete(&p->event);
	p->has_event = false;
}

/* Go to the next event, which may not be an alias. */
static int step(struct parsing *p)
{
	forget_event(p);
	if (!yaml_parser_parse(&p->parser, &p->event)) {
		p->line = p->parser.problem_mark.line + 1;
		if (p->parser.error == YAML_MEMORY_ERROR)
			return trfs_fail_memory(p->err, "data.yaml");
		return trfs_fail(p->err, -EBADMSG, "is not YAML: %s",
				 p->parser.problem ? p->parser.problem : "bad syntax");
	}
	p->has_event = true;
	p->line = p->event.start_mark.line + 1;
	if (p->event.type == YAML_ALIAS_EVENT)
		return trfs_fail(p->err, -EBADMSG,
				 "has an alias, which data sets do not need: write the "
				 "value out");
	return 0;
}

/* Of a scalar event. */
static struct trfs_bytes scalar(const struct parsing *p)
{
	return (struct trfs_bytes){ p->event.data.scalar.value,
				    p->event.data.scalar.length };
}

static bool is_scalar(const struct parsing *p)
{
	return p->event.type == YAML_SCALAR_EVENT;
}

/* A text with a NUL behind it, which it has from libyaml. */
static int keep_scalar(struct parsing *p, uint32_t *ret)
{
	struct trfs_bytes text = scalar(p);

	if (memchr(text.data, '\0', text.len) || !trfs_utf8_valid(text))
		return trfs_fail(p->err, -EBADMSG, "holds a text that is not UTF-8");
	text.len++;
	if (trfs_string_table_intern(p->y->texts, text, ret, NULL) < 0)
		return trfs_fail_memory(p->err, "data.yaml");
	return 0;
}

/* Behind the value whose first event is looked at. */
static int skip_value(struct parsing *p)
{
	unsigned int depth = 0;
	int rc = 0;

	while (rc == 0) {
		switch (p->event.type) {
		case YAML_SEQUENCE_START_EVENT:
		case YAML_MAPPING_START_EVENT:
			if (++depth > NESTING_MAX)
				return trfs_fail(p->err, -EBADMSG, "is nested too deep");
			break;
		case YAML_SEQUENCE_END_EVENT:
		case YAML_MAPPING_END_EVENT:
			depth--;
			break;
		default:
			break;
		}
		if (depth == 0)
			return 0;
		rc = step(p);
	}
	return rc;
}

static int set_class(struct parsing *p, uint64_t number)
{
	struct trfs_yolo_yaml *y = p->y;
	char shown[TRFS_PRINTABLE_SIZE];
	uint32_t *larger;
	uint32_t text;
	int rc;

	if (!is_scalar(p) || scalar(p).len == 0)
		return trfs_fail(p->err, -EBADMSG,
				 "\"names\" has an entry that is no name");
	if (number >= TRFS_YOLO_CLASSES_MAX)
		return trfs_fail(p->err, -EBADMSG, "\"names\" has a class beyond %d",
				 TRFS_YOLO_CLASSES_MAX - 1);
	if (number >= y->nr_classes) {
		/* Doubling would not pay: names come one by one and are few. */
		larger = reallocarray(y->class_texts, number + 1, sizeof(*larger));
		if (!larger)
			return trfs_fail_memory(p->err, "data.yaml");
		y->class_texts = larger;
		while (y->nr_classes <= number)
			larger[y->nr_classes++] = TRFS_YOLO_NONE;
	}
	rc = keep_scalar(p, &text);
	if (rc < 0)
		return rc;
	if (y->class_texts[number] != TRFS_YOLO_NONE)
		return trfs_fail(p->err, -EBADMSG, "\"names\" has class %u twice",
				 (unsigned int)number);
	for (uint32_t i = 0; i < y->nr_classes && y->nr_classes < 4096; i++)
		if (y->class_texts[i] == text)
			return trfs_fail(
				p->err, -EBADMSG, "\"names\" calls two classes \"%s\"",
				trfs_text_printable(scalar(p), shown, sizeof(shown)));
	y->class_texts[number] = text;
	return 0;
}

/* "names": a list, or a mapping of numbers to names. */
static int read_names(struct parsing *p)
{
	bool mapping = p->event.type == YAML_MAPPING_START_EVENT;
	int64_t number = 0;
	int rc;

	if (!mapping && p->event.type != YAML_SEQUENCE_START_EVENT)
		return trfs_fail(p->err, -EBADMSG,
				 "\"names\" is neither a list of names nor a mapping of "
				 "numbers to names");
	for (;; number++) {
		rc = step(p);
		if (rc < 0)
			return rc;
		if (p->event.type == YAML_SEQUENCE_END_EVENT ||
		    p->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (mapping) {
			if (!is_scalar(p) || !trfs_text_integer(scalar(p), &number) ||
			    number < 0)
				return trfs_fail(p->err, -EBADMSG,
						 "a key of \"names\" is no class number");
			rc = step(p);
		}
		if (rc == 0)
			rc = set_class(p, (uint64_t)number);
		if (rc < 0)
			return rc;
	}
}

static int add_place(struct parsing *p, enum trfs_yolo_split split)
{
	struct trfs_yolo_yaml *y = p->y;
	uint32_t nr = y->nr_places[split];
	uint32_t *places;
	int rc;

	if (!is_scalar(p))
		return trfs_fail(p->err, -EBADMSG,
				 "a split is neither a path nor a list "
				 "of paths");
	if (scalar(p).len == 0) /* "test:" and nothing behind it */
		return 0;
	if (nr == PLACES_MAX)
		return trfs_fail(p->err, -EBADMSG, "a split has more than %d paths",
				 PLACES_MAX);
	places = reallocarray(y->places[split], nr + 1, sizeof(*places));
	if (!places)
		return trfs_fail_memory(p->err, "data.yaml");
	y->places[split] = places;
	rc = keep_scalar(p, &places[nr]);
	if (rc == 0)
		y->nr_places[split]++;
	return rc;
}

static int read_places(struct parsing *p, enum trfs_yolo_split split)
{
	int rc = 0;

	if (p->event.type != YAML_SEQUENCE_START_EVENT)
		return add_place(p, split);
	while (rc == 0) {
		rc = step(p);
		if (rc == 0 && p->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (rc == 0)
			rc = add_place(p, split);
	}
	return rc;
}

/* The value of @key, whose first event is looked at. */
static int read_value(struct parsing *p, const char *key)
{
	for (size_t i = 0; i < TRFS_COUNT(split_keys); i++)
		if (strcmp(key, split_keys[i].key) == 0)
			return read_places(p, split_keys[i].split);
	if (strcmp(key, "names") == 0)
		return read_names(p);
	if (strcmp(key, "path") == 0 && is_scalar(p))
		return scalar(p).len > 0 ? keep_scalar(p, &p->y->path) : 0;
	if (strcmp(key, "nc") == 0 && is_scalar(p) &&
	    trfs_text_integer(scalar(p), &p->nr_stated))
		return 0;
	return skip_value(p);
}

static int read_mapping(struct parsing *p)
{
	char key[16];
	int rc;

	for (;;) {
		rc = step(p);
		if (rc < 0 || p->event.type == YAML_MAPPING_END_EVENT)
			return rc;
		if (!is_scalar(p))
			return trfs_fail(p->err, -EBADMSG, "has a key that is no text");
		snprintf(key, sizeof(key), "%.*s", TRFS_BYTES_ARG(scalar(p)));
		rc = step(p);
		if (rc == 0)
			rc = read_value(p, key);
		if (rc < 0)
			return rc;
	}
}

static int parse(struct parsing *p)
{
	int rc;

	do {
		rc = step(p);
		if (rc < 0)
			return rc;
	} while (p->event.type == YAML_STREAM_START_EVENT ||
		 p->event.type == YAML_DOCUMENT_START_EVENT);
	if (p->event.type != YAML_MAPPING_START_EVENT)
		return trfs_fail(p->err, -EBADMSG,
				 "has no mapping with \"names\", \"train\" and so on");
	rc = read_mapping(p);
	p->line = rc < 0 ? p->line : 0;
	if (rc == 0 && p->y->nr_classes == 0)
		return trfs_fail(p->err, -EBADMSG,
				 "has no \"names\": the names of the classes are wanted");
	if (rc == 0 && p->nr_stated >= 0 && (uint64_t)p->nr_stated != p->y->nr_classes)
		return trfs_fail(p->err, -EBADMSG,
				 "says nc: %lld, but has names of %u classes",
				 (long long)p->nr_stated, p->y->nr_classes);
	return rc;
}

int trfs_yolo_yaml_parse(struct trfs_bytes text, struct trfs_yolo_yaml *y,
			 uint64_t *ret_line, struct trfs_error *err)
{
	struct parsing p = { .y = y, .err = err, .nr_stated = -1 };
	int rc;

	*ret_line = 0;
	y->path = TRFS_YOLO_NONE;
	y->texts = trfs_string_table_new();
	if (!y->texts || !yaml_parser_initialize(&p.parser))
		return trfs_fail_memory(err, "data.yaml");
	yaml_parser_set_input_string(&p.parser, text.data, text.len);
	rc = parse(&p);
	*ret_line = p.line;
	forget_event(&p);
	yaml_parser_delete(&p.parser);
	return rc;
}
