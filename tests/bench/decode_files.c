/* SPDX-License-Identifier: MIT */
/*
 * The floor of whatever decodes images: read every file, decode it with libjpeg or libpng
 * and, for a recoding, encode it again, on as many threads as there are processors, into
 * memory that each thread uses again, and nothing else.  All with the settings of the
 * profiles (image/recipe.h); any fault ends the program.
 *
 *	decode_files pixels|jpeg FILE...     prints: seconds files
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>

#define THREADS_MAX 64

/* Memory that grows. */
struct memory {
	uint8_t *data;
	size_t capacity;
};

struct picture {
	struct memory pixels;
	unsigned int height, width, channels;
};

static char **paths;
static size_t nr_paths;
static atomic_size_t next_path;
static bool encodes;

static void die(const char *what)
{
	fprintf(stderr, "decode_files: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint8_t *room(struct memory *m, size_t size)
{
	if (size > m->capacity) {
		free(m->data);
		m->data = malloc(size);
		m->capacity = size;
		if (!m->data)
			die("memory");
	}
	return m->data;
}

static size_t read_file(const char *path, struct memory *file)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	if (read(fd, room(file, (size_t)st.st_size), (size_t)st.st_size) != st.st_size)
		die(path);
	close(fd);
	return (size_t)st.st_size;
}

static uint8_t *shape(struct picture *p, unsigned int height, unsigned int width,
		      unsigned int channels)
{
	p->height = height;
	p->width = width;
	p->channels = channels;
	return room(&p->pixels, (size_t)height * width * channels);
}

static void decode_jpeg(const struct memory *file, size_t size, struct picture *p)
{
	struct jpeg_decompress_struct d;
	struct jpeg_error_mgr errors;
	uint8_t *row;

	d.err = jpeg_std_error(&errors);
	jpeg_create_decompress(&d);
	jpeg_mem_src(&d, file->data, size);
	(void)jpeg_read_header(&d, TRUE);
	d.out_color_space = JCS_RGB;
	d.dct_method = JDCT_IFAST;
	(void)jpeg_start_decompress(&d);
	row = shape(p, d.output_height, d.output_width, 3);
	for (; d.output_scanline < d.output_height; row += (size_t)p->width * 3)
		(void)jpeg_read_scanlines(&d, &row, 1);
	(void)jpeg_finish_decompress(&d);
	jpeg_destroy_decompress(&d);
}

struct source {
	const uint8_t *data;
	size_t left;
};

static void take(png_structp png, png_bytep to, size_t len)
{
	struct source *source = png_get_io_ptr(png);

	if (len > source->left)
		die("a PNG is cut");
	memcpy(to, source->data, len);
	source->data += len;
	source->left -= len;
}

/* libpng's default handlers end in abort(), which is loud enough. */
static void decode_png(const struct memory *file, size_t size, struct picture *p)
{
	struct source source = { file->data, size };
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	uint8_t *row;

	if (!info)
		die("memory");
	png_set_read_fn(png, &source, take);
	png_read_info(png, info);
	row = shape(p, png_get_image_height(png, info), png_get_image_width(png, info),
		    png_get_channels(png, info));
	for (unsigned int y = 0; y < p->height; y++)
		png_read_row(png, row + (size_t)y * p->width * p->channels, NULL);
	png_read_end(png, info);
	png_destroy_read_struct(&png, &info, NULL);
}

static void encode_jpeg(const struct picture *p, struct memory *out)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	uint8_t *row = p->pixels.data;
	/* libjpeg takes the room it is given, and other memory where that is too small.
	 */
	unsigned long size = (unsigned long)p->height * p->width * 3 + 65536;
	unsigned char *data = room(out, size);

	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &data, &size);
	c.image_width = p->width;
	c.image_height = p->height;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, 100, TRUE);
	jpeg_start_compress(&c, TRUE);
	for (; c.next_scanline < c.image_height; row += (size_t)p->width * 3)
		(void)jpeg_write_scanlines(&c, &row, 1);
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	if (data != out->data)
		free(data);
}

static void *run(void *unused)
{
	struct memory file = { NULL, 0 }, out = { NULL, 0 };
	struct picture p = { { NULL, 0 }, 0, 0, 0 };
	size_t i;

	(void)unused;
	while ((i = atomic_fetch_add(&next_path, 1)) < nr_paths) {
		size_t size = read_file(paths[i], &file);

		if (size > 2 && file.data[0] == 0xff)
			decode_jpeg(&file, size, &p);
		else
			decode_png(&file, size, &p);
		if (encodes)
			encode_jpeg(&p, &out);
	}
	free(file.data);
	free(out.data);
	free(p.pixels.data);
	return NULL;
}

int main(int argc, char **argv)
{
	long nr_threads = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[THREADS_MAX];
	struct timespec start, end;

	if (argc < 3 || (strcmp(argv[1], "pixels") != 0 && strcmp(argv[1], "jpeg") != 0))
		die("usage: decode_files pixels|jpeg FILE...");
	encodes = strcmp(argv[1], "jpeg") == 0;
	paths = argv + 2;
	nr_paths = (size_t)argc - 2;
	if (nr_threads > THREADS_MAX)
		nr_threads = THREADS_MAX;
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (long i = 0; i < nr_threads; i++)
		if (pthread_create(&threads[i], NULL, run, NULL) != 0)
			die("thread");
	for (long i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.6f %zu\n",
	       (double)(end.tv_sec - start.tv_sec) +
		       (double)(end.tv_nsec - start.tv_nsec) / 1e9,
	       nr_paths);
	return 0;
}
