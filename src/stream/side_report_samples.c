/* SPDX-License-Identifier: MIT */
/*
 * Sample images: for each of the first classes some examples spread over the catalog,
 * made small in parallel.  How many there are is bounded, and so is the work: pictures
 * beyond a number of pixels in all are told by their names.
 */
#include "stream/side_report.h"

#include "base/error.h"
#include "base/workers.h"
#include "stream/stream.h"

#include <openssl/evp.h>
#include <errno.h>
#include <stdlib.h>

#define SAMPLES_MAX   120u
#define OF_CLASS_MAX  10u
#define SIDE_MAX      96u
#define PIXELS_MAX    (UINT64_C(40) << 20)
#define PIXELS_IN_ALL (UINT64_C(300) << 20)
#define FILE_SIZE_MAX ((size_t)64 << 20)
#define JPEG_SIZE_MAX ((size_t)64 << 10)

/**
 * struct sample - one image
 * @is_small_enough: within the pixels that are looked at in all
 * @jpeg: made; empty where it could not be
 */
struct sample {
	uint64_t example;
	uint64_t class;
	bool is_small_enough;
	struct trfs_buffer jpeg;
};

struct samples {
	const struct trfs_side_request *request;
	struct sample items[SAMPLES_MAX];
	size_t nr;
	struct trfs_image_scratch *scratches; /* one a worker */
};

/* Every so-manieth example of each class, from the first on. */
static void choose(struct samples *s, const uint64_t *of_classes, uint64_t *seen,
		   uint64_t nr_classes, unsigned int of_class)
{
	const struct trfs_catalog *catalog = s->request->view->catalog;

	for (uint64_t i = 0; i < catalog->nr_examples && s->nr < SAMPLES_MAX; i++) {
		size_t nr;
		const uint8_t *labels = trfs_catalog_labels(catalog, i, &nr);
		uint64_t class = nr > 0 ? trfs_catalog_label(labels, 0) : nr_classes;
		uint64_t step;

		if (class >= SAMPLES_MAX / of_class || nr == 0)
			continue;
		step = of_classes[class] / of_class;
		if (seen[class]++ % (step > 0 ? step : 1) != 0 ||
		    seen[class] > (step > 0 ? step : 1) * of_class)
			continue;
		s->items[s->nr++] = (struct sample){ .example = i, .class = class };
	}
}

static int compare_samples(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return (x->example > y->example) - (x->example < y->example);
}

static int choose_samples(struct samples *s, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = s->request->view->catalog;
	uint64_t nr = catalog->class_names.nr, pixels = 0;
	unsigned int of_class =
		nr > 0 && nr < SAMPLES_MAX ? SAMPLES_MAX / (unsigned int)nr : 1;
	uint64_t *of_classes = calloc(2 * (nr + 1), sizeof(*of_classes));

	if (!of_classes)
		return trfs_fail_memory(err, "sample images");
	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		size_t nr_labels;
		const uint8_t *labels = trfs_catalog_labels(catalog, i, &nr_labels);

		if (nr_labels > 0)
			of_classes[trfs_catalog_label(labels, 0)]++;
	}
	choose(s, of_classes, of_classes + nr + 1, nr,
	       of_class < OF_CLASS_MAX ? of_class : OF_CLASS_MAX);
	free(of_classes);
	qsort(s->items, s->nr, sizeof(s->items[0]), compare_samples);
	for (size_t i = 0; i < s->nr; i++) {
		const struct trfs_appearance *a = trfs_catalog_appearance(
			catalog, trfs_catalog_example(catalog, s->items[i].example));
		uint64_t size = (uint64_t)a->height * a->width;

		trfs_buffer_init(&s->items[i].jpeg, JPEG_SIZE_MAX);
		s->items[i].is_small_enough = size > 0 && size <= PIXELS_MAX &&
					      (pixels += size) <= PIXELS_IN_ALL;
	}
	return 0;
}

/* The picture's sides within a square of SIDE_MAX, none of them 0. */
static void fit(struct trfs_recipe *recipe, uint32_t height, uint32_t width)
{
	uint32_t longer = height > width ? height : width;

	recipe->height = (uint32_t)((uint64_t)height * SIDE_MAX / longer);
	recipe->width = (uint32_t)((uint64_t)width * SIDE_MAX / longer);
	if (longer <= SIDE_MAX) {
		recipe->height = height;
		recipe->width = width;
	}
	recipe->height += recipe->height == 0;
	recipe->width += recipe->width == 0;
}

static int read_image(const struct trfs_side_request *request, uint64_t example,
		      struct trfs_buffer *file)
{
	struct trfs_content_ref ref = {
		.example = example, .hole = trfs_content_hole(TRFS_CONTENT_IMAGE, 0)
	};
	struct trfs_error unused;
	uint64_t len;
	uint8_t *to;

	if (trfs_content_length(request->view->catalog, ref, &len) < 0 || len == 0 ||
	    len > FILE_SIZE_MAX)
		return -ENODATA;
	to = trfs_buffer_extend(file, (size_t)len);
	if (!to)
		return -ENOMEM;
	return trfs_content_store_read(trfs_stream_contents(request->stream), ref, 0, to,
				       (size_t)len, &unused);
}

static int make_small(const struct samples *s, struct sample *sample,
		      struct trfs_image_scratch *scratch, struct trfs_error *err)
{
	struct trfs_image_shown shown =
		trfs_image_shown(s->request->view->catalog, sample->example, 0);
	struct trfs_image_info info = { .height = shown.height,
					.width = shown.width,
					.format = shown.format,
					.channels = shown.channels,
					.orientation = 1 };
	struct trfs_recipe recipe = { .always = true,
				      .resize = TRFS_RESIZE_EXACT,
				      .quality = 75,
				      .max_pixels = PIXELS_MAX };
	struct trfs_error unused;
	struct trfs_buffer file;
	int rc;

	if (!sample->is_small_enough || shown.height == 0 || shown.width == 0)
		return 0;
	fit(&recipe, shown.height, shown.width);
	trfs_buffer_init(&file, FILE_SIZE_MAX);
	rc = read_image(s->request, sample->example, &file);
	if (rc == 0)
		rc = trfs_recipe_make(&recipe, NULL, 0, trfs_buffer_bytes(&file), &info,
				      scratch, &sample->jpeg, &unused);
	trfs_buffer_done(&file);
	if (trfs_is_shortage(rc))
		return trfs_fail_errno(err, rc, "making a sample image");
	/* What cannot be read or decoded is told by its name. */
	if (rc < 0)
		trfs_buffer_reset(&sample->jpeg);
	return 0;
}

static int make_some(void *user, unsigned int worker, uint64_t first, uint64_t end,
		     struct trfs_error *err)
{
	struct samples *s = user;
	int rc = 0;

	for (uint64_t i = first; rc == 0 && i < end; i++)
		rc = make_small(s, &s->items[i], &s->scratches[worker], err);
	return rc;
}

static void put_base64(struct trfs_buffer *out, struct trfs_bytes bytes)
{
	uint8_t *to = trfs_buffer_extend(out, (bytes.len + 2) / 3 * 4 + 1);

	if (!to)
		return;
	EVP_EncodeBlock(to, bytes.data, (int)bytes.len);
	/* It wrote a NUL, too. */
	out->len--;
}

/* Enlarged, its pixels are to be seen. */
static bool is_tiny(const struct trfs_catalog *catalog, uint64_t example)
{
	const struct trfs_appearance *a =
		trfs_catalog_appearance(catalog, trfs_catalog_example(catalog, example));

	return a->height <= SIDE_MAX / 2 && a->width <= SIDE_MAX / 2;
}

static void put_sample(struct trfs_buffer *out, const struct trfs_catalog *catalog,
		       const struct sample *sample)
{
	struct trfs_name room;
	struct trfs_bytes name = trfs_catalog_name(catalog, sample->example, &room);

	trfs_buffer_printf(out, "<li title=\"");
	trfs_report_put_text(out, name);
	if (sample->jpeg.len == 0) {
		trfs_buffer_printf(out, "\">");
		trfs_report_put_text(out, name);
	} else {
		trfs_buffer_printf(out, "\"><img%s src=\"data:image/jpeg;base64,",
				   is_tiny(catalog, sample->example) ? " class=t" : "");
		put_base64(out, trfs_buffer_bytes(&sample->jpeg));
		trfs_buffer_printf(out, "\" alt=\"");
		trfs_report_put_text(out, name);
		trfs_buffer_printf(out, "\">");
	}
	trfs_buffer_printf(out, "</li>\n");
}

static void put_all(struct trfs_buffer *out, const struct samples *s)
{
	const struct trfs_catalog *catalog = s->request->view->catalog;

	trfs_buffer_printf(out, "<section aria-labelledby=samples>\n<h2 "
				"id=samples>Samples</h2>\n");
	for (size_t i = 0; i < s->nr; i++) {
		bool is_first = i == 0 || s->items[i].class != s->items[i - 1].class;

		if (is_first) {
			trfs_buffer_printf(out, "%s<h3>", i > 0 ? "</ul>\n" : "");
			trfs_report_put_text(out, trfs_strings_get(&catalog->class_names,
								   s->items[i].class));
			trfs_buffer_printf(out, "</h3>\n<ul class=grid>\n");
		}
		put_sample(out, catalog, &s->items[i]);
	}
	trfs_buffer_printf(out, "%s</section>\n",
			   s->nr > 0 ? "</ul>\n" : "<p>There are no classes.</p>\n");
}

static int make_all(struct samples *s, struct trfs_error *err)
{
	unsigned int nr_threads =
		trfs_workers_nr_threads(s->request->view->options->threads);
	int rc;

	if (!s->request->stream)
		return 0;
	s->scratches = calloc(nr_threads, sizeof(*s->scratches));
	if (!s->scratches)
		return trfs_fail_memory(err, "sample images");
	rc = trfs_workers_run(nr_threads, s->nr, 1, make_some, s, "Making samples", NULL,
			      err);
	for (unsigned int i = 0; i < nr_threads; i++)
		trfs_image_scratch_done(&s->scratches[i]);
	free(s->scratches);
	return rc;
}

int trfs_report_put_samples(struct trfs_buffer *out,
			    const struct trfs_side_request *request,
			    struct trfs_error *err)
{
	struct samples *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return trfs_fail_memory(err, "sample images");
	s->request = request;
	rc = choose_samples(s, err);
	if (rc == 0)
		rc = make_all(s, err);
	if (rc == 0)
		put_all(out, s);
	for (size_t i = 0; i < s->nr; i++)
		trfs_buffer_done(&s->items[i].jpeg);
	free(s);
	return rc;
}
