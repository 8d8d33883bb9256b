/* SPDX-License-Identifier: MIT */
/*
 * What can be refused.  malloc() and its like are defined here, so that all libraries
 * call these, and hand on to those of the C library, or of the sanitizer; whatever else
 * is wrapped (ld's --wrap) is so where our own code calls it.
 */
#include "sites.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef TRFS_SANITIZED
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t nr, size_t size);
void *REAL(realloc)(void *place, size_t size);
void *REAL(memalign)(size_t alignment, size_t size);

static bool is_refused(enum resource resource, int number)
{
	if (!site_is_refused(resource))
		return false;
	errno = number;
	return true;
}

void *malloc(size_t size)
{
	return is_refused(RESOURCE_MEMORY, ENOMEM) ? NULL : REAL(malloc)(size);
}

void *calloc(size_t nr, size_t size)
{
	return is_refused(RESOURCE_MEMORY, ENOMEM) ? NULL : REAL(calloc)(nr, size);
}

void *realloc(void *place, size_t size)
{
	return is_refused(RESOURCE_MEMORY, ENOMEM) ? NULL : REAL(realloc)(place, size);
}

void *reallocarray(void *place, size_t nr, size_t size)
{
	size_t len;

	if (__builtin_mul_overflow(nr, size, &len)) {
		errno = ENOMEM;
		return NULL;
	}
	return is_refused(RESOURCE_MEMORY, ENOMEM) ? NULL : REAL(realloc)(place, len);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return is_refused(RESOURCE_MEMORY, ENOMEM) ? NULL
						   : REAL(memalign)(alignment, size);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	if (site_is_refused(RESOURCE_MEMORY))
		return ENOMEM;
	*ret = REAL(memalign)(alignment, size);
	return *ret ? 0 : ENOMEM;
}

/* A sanitizer's would not ask us. */
char *strndup(const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	char *copy = is_refused(RESOURCE_MEMORY, ENOMEM) ? NULL : REAL(malloc)(len + 1);

	if (copy) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}

char *strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = is_refused(RESOURCE_MEMORY, ENOMEM) ? NULL : REAL(malloc)(size);

	return copy ? memcpy(copy, text, size) : NULL;
}

void *__real_mmap(void *place, size_t len, int protection, int flags, int fd, off_t at);
void *__wrap_mmap(void *place, size_t len, int protection, int flags, int fd, off_t at);

void *__wrap_mmap(void *place, size_t len, int protection, int flags, int fd, off_t at)
{
	return is_refused(RESOURCE_MAPPING, ENOMEM)
		       ? MAP_FAILED
		       : __real_mmap(place, len, protection, flags, fd, at);
}

int __real_pthread_create(pthread_t *ret, const pthread_attr_t *attributes,
			  void *(*function)(void *), void *user);
int __wrap_pthread_create(pthread_t *ret, const pthread_attr_t *attributes,
			  void *(*function)(void *), void *user);

int __wrap_pthread_create(pthread_t *ret, const pthread_attr_t *attributes,
			  void *(*function)(void *), void *user)
{
	return site_is_refused(RESOURCE_THREAD)
		       ? EAGAIN
		       : __real_pthread_create(ret, attributes, function, user);
}

EVP_MD_CTX *__real_EVP_MD_CTX_new(void);
EVP_MD_CTX *__wrap_EVP_MD_CTX_new(void);

EVP_MD_CTX *__wrap_EVP_MD_CTX_new(void)
{
	return site_is_refused(RESOURCE_MEMORY) ? NULL : __real_EVP_MD_CTX_new();
}

int __real_EVP_DigestInit_ex(EVP_MD_CTX *context, const EVP_MD *type, ENGINE *engine);
int __wrap_EVP_DigestInit_ex(EVP_MD_CTX *context, const EVP_MD *type, ENGINE *engine);

int __wrap_EVP_DigestInit_ex(EVP_MD_CTX *context, const EVP_MD *type, ENGINE *engine)
{
	return site_is_refused(RESOURCE_MEMORY)
		       ? 0
		       : __real_EVP_DigestInit_ex(context, type, engine);
}

int __real_EVP_Digest(const void *data, size_t len, unsigned char *ret,
		      unsigned int *ret_len, const EVP_MD *type, ENGINE *engine);
int __wrap_EVP_Digest(const void *data, size_t len, unsigned char *ret,
		      unsigned int *ret_len, const EVP_MD *type, ENGINE *engine);

int __wrap_EVP_Digest(const void *data, size_t len, unsigned char *ret,
		      unsigned int *ret_len, const EVP_MD *type, ENGINE *engine)
{
	return site_is_refused(RESOURCE_MEMORY)
		       ? 0
		       : __real_EVP_Digest(data, len, ret, ret_len, type, engine);
}
