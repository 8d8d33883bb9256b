/* SPDX-License-Identifier: MIT */
/*
 * Pascal VOC's XML with expat: elements are known by where they stand, since the parts of
 * an object have names and boxes of their own.  Only leaves that mean something are kept,
 * so memory depends on the objects and not on what else is in the file.
 */
#include "manifest/voc_xml.h"

#include "base/error.h"
#include "base/number.h"
#include <errno.h>
#include <expat.h>
#include <math.h>
#include <stdlib.h>

enum {
	DEPTH_MAX = 64,
	TEXT_MAX = 64 << 10,
};

enum element {
	ELEMENT_TOP,
	ELEMENT_OTHER,
	ELEMENT_ANNOTATION,
	ELEMENT_SIZE,
	ELEMENT_OBJECT,
	ELEMENT_BOX,
	/* Leaves, whose text is kept. */
	ELEMENT_FOLDER,
	ELEMENT_FILENAME,
	ELEMENT_WIDTH,
	ELEMENT_HEIGHT,
	ELEMENT_NAME,
	ELEMENT_POSE,
	ELEMENT_TRUNCATED,
	ELEMENT_DIFFICULT,
	ELEMENT_XMIN,
	ELEMENT_YMIN,
	ELEMENT_XMAX,
	ELEMENT_YMAX,
};

static const struct {
	enum element parent;
	enum element element;
	const char *name;
} elements[] = {
	{ ELEMENT_TOP, ELEMENT_ANNOTATION, "annotation" },
	{ ELEMENT_ANNOTATION, ELEMENT_FOLDER, "folder" },
	{ ELEMENT_ANNOTATION, ELEMENT_FILENAME, "filename" },
	{ ELEMENT_ANNOTATION, ELEMENT_SIZE, "size" },
	{ ELEMENT_SIZE, ELEMENT_WIDTH, "width" },
	{ ELEMENT_SIZE, ELEMENT_HEIGHT, "height" },
	{ ELEMENT_ANNOTATION, ELEMENT_OBJECT, "object" },
	{ ELEMENT_OBJECT, ELEMENT_NAME, "name" },
	{ ELEMENT_OBJECT, ELEMENT_POSE, "pose" },
	{ ELEMENT_OBJECT, ELEMENT_TRUNCATED, "truncated" },
	{ ELEMENT_OBJECT, ELEMENT_DIFFICULT, "difficult" },
	{ ELEMENT_OBJECT, ELEMENT_BOX, "bndbox" },
	{ ELEMENT_BOX, ELEMENT_XMIN, "xmin" },
	{ ELEMENT_BOX, ELEMENT_YMIN, "ymin" },
	{ ELEMENT_BOX, ELEMENT_XMAX, "xmax" },
	{ ELEMENT_BOX, ELEMENT_YMAX, "ymax" },
};

/**
 * struct parsing - one file on its way
 * @stack: the elements we are in, @depth of them behind ELEMENT_TOP
 * @text: of the leaf we are in
 * @failed: a handler's own error, as opposed to one of expat's; 0: none
 * @line: of that error
 */
struct parsing {
	XML_Parser parser;
	struct trfs_voc_annotation *a;
	enum element stack[DEPTH_MAX + 1];
	unsigned int depth;
	struct trfs_buffer text;
	int failed;
	uint64_t line;
	struct trfs_error *err;
};

void trfs_voc_annotation_init(struct trfs_voc_annotation *a)
{
	*a = (struct trfs_voc_annotation){ .nr_objects = 0 };
	trfs_buffer_init(&a->texts, 2 * TRFS_VOC_FILE_MAX);
}

void trfs_voc_annotation_done(struct trfs_voc_annotation *a)
{
	trfs_buffer_done(&a->texts);
	free(a->objects);
	*a = (struct trfs_voc_annotation){ .nr_objects = 0 };
}

static struct trfs_voc_object *last_object(struct parsing *p)
{
	return &p->a->objects[p->a->nr_objects - 1];
}

/* Stop with what trfs_fail() returned. */
static void stop(struct parsing *p, int failed, uint64_t line)
{
	p->failed = failed;
	p->line = line;
	XML_StopParser(p->parser, XML_FALSE);
}

static uint64_t line_of(const struct parsing *p)
{
/* expat 2.9 replaces the other, whose numbers have the width of a long. */
#if XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= 9)
	return XML_GetCurrentLineNumber64(p->parser);
#else
	return (uint64_t)XML_GetCurrentLineNumber(p->parser);
#endif
}

static int begin_object(struct parsing *p)
{
	struct trfs_voc_annotation *a = p->a;
	size_t capacity = a->capacity ? a->capacity * 2 : 16;
	struct trfs_voc_object *objects;

	if (a->nr_objects == TRFS_VOC_OBJECTS_MAX)
		return trfs_fail(p->err, -EBADMSG, "has more than %d objects",
				 TRFS_VOC_OBJECTS_MAX);
	if (a->nr_objects == a->capacity) {
		objects = reallocarray(a->objects, capacity, sizeof(*objects));
		if (!objects)
			return trfs_fail_memory(p->err, "an annotation");
		a->objects = objects;
		a->capacity = capacity;
	}
	a->objects[a->nr_objects++] = (struct trfs_voc_object){ .line = line_of(p) };
	return 0;
}

static enum element find_element(enum element parent, const char *name)
{
	for (size_t i = 0; i < TRFS_COUNT(elements); i++)
		if (elements[i].parent == parent && strcmp(elements[i].name, name) == 0)
			return elements[i].element;
	return ELEMENT_OTHER;
}

static void XMLCALL on_start(void *user, const XML_Char *name,
			     const XML_Char **attributes)
{
	struct parsing *p = user;
	enum element element;

	(void)attributes;
	if (p->failed < 0) /* expat may finish what it is at */
		return;
	if (p->depth == DEPTH_MAX) {
		stop(p,
		     trfs_fail(p->err, -EBADMSG, "is nested deeper than %d elements",
			       DEPTH_MAX),
		     line_of(p));
		return;
	}
	element = find_element(p->stack[p->depth], name);
	if (p->depth == 0 && element != ELEMENT_ANNOTATION) {
		stop(p,
		     trfs_fail(p->err, -EBADMSG,
			       "is no annotation of Pascal VOC: <annotation> was "
			       "expected"),
		     line_of(p));
		return;
	}
	p->stack[++p->depth] = element;
	trfs_buffer_reset(&p->text);
	if (element == ELEMENT_SIZE)
		p->a->size_line = line_of(p);
	if (element == ELEMENT_OBJECT) {
		int rc = begin_object(p);

		if (rc < 0)
			stop(p, rc, line_of(p));
	}
}

static void XMLCALL on_text(void *user, const XML_Char *text, int len)
{
	struct parsing *p = user;

	if (p->failed < 0 || p->stack[p->depth] < ELEMENT_FOLDER || len < 0)
		return;
	trfs_buffer_put(&p->text, text, (size_t)len);
	if (p->text.lacks_memory)
		stop(p, trfs_fail_memory(p->err, "an annotation"), line_of(p));
	else if (p->text.failed)
		stop(p,
		     trfs_fail(p->err, -EBADMSG, "has a text of over %d KiB",
			       TEXT_MAX >> 10),
		     line_of(p));
}

static int fail_number(struct parsing *p, const char *what, const char *kind)
{
	char shown[64];

	return trfs_fail(p->err, -EBADMSG, "<%s> is \"%s\", which is no %s", what,
			 trfs_text_printable(trfs_bytes_trim(trfs_buffer_bytes(&p->text)),
					     shown, sizeof(shown)),
			 kind);
}

static int keep_real(struct parsing *p, const char *what, double *ret, unsigned int has)
{
	if (!trfs_number_parse(trfs_bytes_trim(trfs_buffer_bytes(&p->text)), ret))
		return fail_number(p, what, "number");
	last_object(p)->has |= has;
	return 0;
}

static int keep_integer(struct parsing *p, const char *what, int64_t *ret)
{
	struct trfs_bytes text = trfs_bytes_trim(trfs_buffer_bytes(&p->text));
	double real;

	if (trfs_text_integer(text, ret))
		return 0;
	/* Some tools write sizes as "500.0". */
	if (!trfs_number_parse(text, &real) || fabs(real) > 1e9 || trunc(real) != real)
		return fail_number(p, what, "integer");
	*ret = (int64_t)real;
	return 0;
}

static int keep_text(struct parsing *p, struct trfs_bytes text, struct trfs_voc_text *ret)
{
	*ret = (struct trfs_voc_text){ p->a->texts.len, text.len };
	trfs_buffer_put(&p->a->texts, text.data, text.len);
	return p->a->texts.failed ? trfs_fail_memory(p->err, "an annotation") : 0;
}

static int keep_name(struct parsing *p, struct trfs_voc_text *ret)
{
	return keep_text(p, trfs_bytes_trim(trfs_buffer_bytes(&p->text)), ret);
}

static int keep_leaf(struct parsing *p, enum element element)
{
	switch (element) {
	case ELEMENT_FOLDER:
		return keep_name(p, &p->a->folder);
	case ELEMENT_FILENAME:
		return keep_name(p, &p->a->filename);
	case ELEMENT_WIDTH:
		return keep_integer(p, "width", &p->a->width);
	case ELEMENT_HEIGHT:
		return keep_integer(p, "height", &p->a->height);
	case ELEMENT_NAME:
		return keep_name(p, &last_object(p)->name);
	case ELEMENT_POSE:
		return keep_text(p, trfs_buffer_bytes(&p->text), &last_object(p)->pose);
	case ELEMENT_TRUNCATED:
		return keep_integer(p, "truncated", &last_object(p)->truncated);
	case ELEMENT_DIFFICULT:
		return keep_integer(p, "difficult", &last_object(p)->difficult);
	case ELEMENT_XMIN:
		return keep_real(p, "xmin", &last_object(p)->xmin, TRFS_VOC_XMIN);
	case ELEMENT_YMIN:
		return keep_real(p, "ymin", &last_object(p)->ymin, TRFS_VOC_YMIN);
	case ELEMENT_XMAX:
		return keep_real(p, "xmax", &last_object(p)->xmax, TRFS_VOC_XMAX);
	case ELEMENT_YMAX:
		return keep_real(p, "ymax", &last_object(p)->ymax, TRFS_VOC_YMAX);
	default:
		return 0;
	}
}

static int end_object(struct parsing *p)
{
	struct trfs_voc_object *object = last_object(p);

	if (object->name.len == 0)
		return trfs_fail(p->err, -EBADMSG, "the object has no <name>");
	if (object->has != TRFS_VOC_BOX)
		return trfs_fail(p->err, -EBADMSG,
				 "the object has no whole <bndbox>: xmin, ymin, xmax and "
				 "ymax were expected");
	if (object->pose.len == 0)
		return keep_text(p, trfs_bytes_of("Unspecified"), &object->pose);
	return 0;
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
	struct parsing *p = user;
	uint64_t line = line_of(p);
	enum element element;
	int rc = 0;

	(void)name;
	if (p->failed < 0)
		return;
	element = p->stack[p->depth--];
	if (element == ELEMENT_OBJECT) {
		line = last_object(p)->line;
		rc = end_object(p);
	} else {
		rc = keep_leaf(p, element);
	}
	if (rc < 0)
		stop(p, rc, line);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system,
			       const XML_Char *public, int has_subset)
{
	struct parsing *p = user;

	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	stop(p,
	     trfs_fail(p->err, -EBADMSG,
		       "has a document type declaration, which annotations do not need: "
		       "remove it"),
	     line_of(p));
}

static int parse(struct parsing *p, struct trfs_bytes xml)
{
	enum XML_Status status;

	XML_SetUserData(p->parser, p);
	XML_SetElementHandler(p->parser, on_start, on_end);
	XML_SetCharacterDataHandler(p->parser, on_text);
	XML_SetStartDoctypeDeclHandler(p->parser, on_doctype);
	status = XML_Parse(p->parser, (const char *)xml.data, (int)xml.len, XML_TRUE);
	if (p->failed < 0)
		return p->failed;
	if (status == XML_STATUS_OK)
		return 0;
	p->line = line_of(p);
	if (XML_GetErrorCode(p->parser) == XML_ERROR_NO_MEMORY)
		return trfs_fail_memory(p->err, "an annotation");
	return trfs_fail(p->err, -EBADMSG, "is not well-formed XML: %s",
			 XML_ErrorString(XML_GetErrorCode(p->parser)));
}

int trfs_voc_parse(struct trfs_bytes xml, struct trfs_voc_annotation *a,
		   uint64_t *ret_line, struct trfs_error *err)
{
	struct parsing p = { .a = a, .err = err };
	int rc;

	*ret_line = 0;
	trfs_buffer_reset(&a->texts);
	a->folder = a->filename = (struct trfs_voc_text){ 0 };
	a->width = a->height = 0;
	a->size_line = 0;
	a->nr_objects = 0;
	if (xml.len > TRFS_VOC_FILE_MAX)
		return trfs_fail(err, -EBADMSG,
				 "is over %d MiB long; that cannot be an annotation",
				 TRFS_VOC_FILE_MAX >> 20);
	if (xml.len == 0)
		return trfs_fail(err, -EBADMSG, "is empty");
	p.parser = XML_ParserCreate(NULL);
	if (!p.parser)
		return trfs_fail_memory(err, "an annotation");
	trfs_buffer_init(&p.text, TEXT_MAX);
	rc = parse(&p, xml);
	*ret_line = p.line;
	trfs_buffer_done(&p.text);
	XML_ParserFree(p.parser);
	return rc;
}
