/* SPDX-License-Identifier: MIT */
/*
 * Paths of views: components become steps, steps are kept sorted by stage.  What is wrong
 * with a path is never told: there simply is nothing of that name.
 */
#include "dataset/view_kind.h"
#include "dataset/view_kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Steps of kinds that can stand in a path several times.  Those that say nothing new
 * count too, or a path could go on for ever. */
#define REPEATS_MAX 8u

bool trfs_view_parse_number(struct trfs_bytes text, uint64_t max, uint64_t *ret)
{
	uint64_t number = 0;

	if (text.len == 0 || (text.len > 1 && text.data[0] == '0'))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' ||
		    __builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, text.data[i] - '0', &number) ||
		    number > max)
			return false;
	}
	*ret = number;
	return true;
}

static bool is_spelled(uint8_t c, size_t place, bool equals)
{
	return c < 0x20 || c == 0x7f || c == '/' || c == '%' ||
	       (c == '.' && place == 0) || (c == '=' && equals);
}

/* Byte by byte: every class is spelled to find one by its path. */
bool trfs_view_spell(struct trfs_bytes name, bool equals, char *ret, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t used = 0;

	if (name.len == 0)
		return snprintf(ret, size, "%%") < (int)size;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];

		if (size - used < 4)
			return false;
		if (!is_spelled(c, i, equals)) {
			ret[used++] = (char)c;
			continue;
		}
		ret[used++] = '%';
		ret[used++] = digits[c >> 4];
		ret[used++] = digits[c & 15];
	}
	ret[used] = '\0';
	return true;
}

/**
 * struct parsing - of one path
 * @rest: what was not read yet; NULL at the end
 * @nr_repeats: steps so far of kinds that can stand in a path several times
 * @pending: the step whose arguments come next; no kind: a kind's name does
 */
struct parsing {
	const struct trfs_view_context *context;
	struct trfs_view_spec *spec;
	const char *rest;
	unsigned int nr_repeats;
	struct trfs_view_step pending;
};

static struct parsing parsing_of(const struct trfs_view_context *context,
				 const char *path, struct trfs_view_spec *spec)
{
	*spec = (struct trfs_view_spec){ .nr_steps = 0 };
	return (struct parsing){
		.context = context,
		.spec = spec,
		.rest = *path ? path : NULL,
	};
}

/* <0, 0, >0: the order in which steps are applied. */
static int compare_steps(const struct trfs_view_step *a, const struct trfs_view_step *b)
{
	if (a->kind->stage != b->kind->stage)
		return a->kind->stage < b->kind->stage ? -1 : 1;
	for (size_t i = 0; i < TRFS_VIEW_ARGUMENTS_MAX; i++)
		if (a->numbers[i] != b->numbers[i])
			return a->numbers[i] < b->numbers[i] ? -1 : 1;
	return 0;
}

/* Put a complete step in its place; one that stands there already says nothing new. */
static bool add_step(struct trfs_view_spec *spec, const struct trfs_view_step *step)
{
	unsigned int at = spec->nr_steps;

	while (at > 0 && compare_steps(step, &spec->steps[at - 1]) <= 0)
		at--;
	if (at < spec->nr_steps && compare_steps(step, &spec->steps[at]) == 0)
		return true;
	if (spec->nr_steps == TRFS_VIEW_STEPS_MAX)
		return false;
	memmove(&spec->steps[at + 1], &spec->steps[at],
		(spec->nr_steps - at) * sizeof(spec->steps[0]));
	spec->steps[at] = *step;
	spec->nr_steps++;
	return true;
}

static bool is_allowed(const struct trfs_view_spec *spec,
		       const struct trfs_view_kind *kind)
{
	for (unsigned int i = 0; i < spec->nr_steps; i++) {
		const struct trfs_view_kind *there = spec->steps[i].kind;

		if ((there == kind && !kind->repeatable) || there->unless == kind ||
		    there == kind->unless)
			return false;
	}
	return true;
}

/* Whether the step could do without further arguments. */
static bool is_complete(const struct trfs_view_step *step)
{
	return step->kind && step->nr_arguments >= step->kind->min_arguments;
}

static bool end_step(struct parsing *p)
{
	struct trfs_view_step step = p->pending;

	p->pending = (struct trfs_view_step){ .kind = NULL };
	return add_step(p->spec, &step);
}

static bool take_kind(struct parsing *p, struct trfs_bytes text)
{
	const struct trfs_view_kind *kind = trfs_view_kind_find(text);

	if (!kind || !is_allowed(p->spec, kind))
		return false;
	if (kind->repeatable && ++p->nr_repeats > REPEATS_MAX)
		return false;
	p->pending = (struct trfs_view_step){ .kind = kind };
	return true;
}

static bool take_argument(struct parsing *p, struct trfs_bytes text)
{
	struct trfs_view_step *step = &p->pending;

	if (!step->kind->parse(p->context, step->nr_arguments, text, step))
		return false;
	step->nr_arguments++;
	return true;
}

/* An argument where one fits, else the name of the next kind. */
static bool take_component(struct parsing *p, struct trfs_bytes text)
{
	if (p->pending.kind && p->pending.nr_arguments < p->pending.kind->max_arguments) {
		if (take_argument(p, text))
			return true;
		if (!is_complete(&p->pending))
			return false;
	}
	if (p->pending.kind && !end_step(p))
		return false;
	return take_kind(p, text);
}

/* The next component, which is empty behind a slash that ends the path. */
static bool next_component(struct parsing *p, struct trfs_bytes *ret)
{
	size_t len;

	if (!p->rest)
		return false;
	len = strcspn(p->rest, "/");
	*ret = (struct trfs_bytes){ (const uint8_t *)p->rest, len };
	p->rest = p->rest[len] ? p->rest + len + 1 : NULL;
	return true;
}

enum trfs_view_path trfs_view_path_parse(const struct trfs_view_context *context,
					 const char *path, struct trfs_view_spec *ret)
{
	struct parsing p = parsing_of(context, path, ret);
	struct trfs_bytes component;

	while (next_component(&p, &component))
		if (!take_component(&p, component))
			return TRFS_VIEW_NONE;
	if (!p.pending.kind)
		return TRFS_VIEW_WHOLE;
	if (!is_complete(&p.pending))
		return TRFS_VIEW_PARTIAL;
	return end_step(&p) ? TRFS_VIEW_WHOLE : TRFS_VIEW_NONE;
}

size_t trfs_view_path_prefix(const struct trfs_view_context *context, const char *path,
			     struct trfs_view_spec *ret)
{
	struct parsing p = parsing_of(context, path, ret);
	struct trfs_bytes component;
	size_t len = 0;

	while (next_component(&p, &component) && take_component(&p, component)) {
		struct trfs_view_spec so_far = *ret;

		if (!is_complete(&p.pending) || !add_step(&so_far, &p.pending))
			continue;
		len = (size_t)(component.data + component.len - (const uint8_t *)path);
	}
	if (len > 0) {
		/* Once more, up to there: behind it further steps may have begun. */
		char prefix[4096];

		if (len >= sizeof(prefix))
			len = 0;
		memcpy(prefix, path, len);
		prefix[len] = '\0';
		if (trfs_view_path_parse(context, prefix, ret) != TRFS_VIEW_WHOLE)
			len = 0;
	}
	if (len == 0)
		*ret = (struct trfs_view_spec){ .nr_steps = 0 };
	return len;
}

void trfs_view_spec_key(const struct trfs_view_spec *spec, char ret[TRFS_VIEW_KEY_MAX])
{
	size_t used = 0;

	ret[0] = '\0';
	/* At most 16 steps of some 60 bytes each. */
	for (unsigned int i = 0; i < spec->nr_steps && used < TRFS_VIEW_KEY_MAX; i++) {
		const struct trfs_view_step *step = &spec->steps[i];

		used += (size_t)snprintf(ret + used, TRFS_VIEW_KEY_MAX - used,
					 "%u:%" PRIu64 ":%" PRIu64 ";", step->kind->stage,
					 step->numbers[0], step->numbers[1]);
	}
}

static const struct trfs_view_step *find_step(const struct trfs_view_spec *spec,
					      const struct trfs_view_kind *kind)
{
	for (unsigned int i = 0; i < spec->nr_steps; i++)
		if (spec->steps[i].kind == kind)
			return &spec->steps[i];
	return NULL;
}

bool trfs_view_spec_is_record(const struct trfs_view_spec *spec)
{
	return find_step(spec, &trfs_view_by_index);
}

const char *trfs_view_spec_schema(const struct trfs_view_spec *spec)
{
	const struct trfs_view_step *step = find_step(spec, &trfs_view_schemas);

	return step ? trfs_view_schema_name(step->numbers[0]) : NULL;
}
