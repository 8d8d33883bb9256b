/* SPDX-License-Identifier: MIT */
/*
 * CRC-32C: ISA-L for what is long, the processor's own instruction for what is short
 * (ISA-L takes 15 ns to get going), a table where there is no such instruction.
 *
 * A CRC is a polynomial over GF(2) modulo POLYNOMIAL, in reflected order: bit 31 is x^0.
 * Appending n bytes multiplies by x^(8n), so two CRCs combine without their data.
 */
#include "base/crc32c.h"
#include "base/bytes.h"

#include <isa-l/crc.h>

#if defined(__x86_64__) && !defined(TRFS_CRC32C_PORTABLE)
#include <immintrin.h>
#define HAVE_INSTRUCTIONS 1
#else
#define HAVE_INSTRUCTIONS 0
#endif

#define POLYNOMIAL   0x82f63b78u
#define ONE	     0x80000000u /* x^0 */
#define SHORT_LEN    256
#define TINY_LEN     16
#define ISAL_LEN_MAX ((size_t)1 << 30) /* it takes an int */

/* The CRC of byte i: linear, so that of each bit suffices. */
#define BIT(i, bit, crc) (((i) & (bit)) ? (crc) : 0u)
#define ENTRY(i)                                                                         \
	(BIT(i, 0x01, 0xf26b8303u) ^ BIT(i, 0x02, 0xe13b70f7u) ^                         \
	 BIT(i, 0x04, 0xc79a971fu) ^ BIT(i, 0x08, 0x8ad958cfu) ^                         \
	 BIT(i, 0x10, 0x105ec76fu) ^ BIT(i, 0x20, 0x20bd8edeu) ^                         \
	 BIT(i, 0x40, 0x417b1dbcu) ^ BIT(i, 0x80, POLYNOMIAL))
#define ENTRIES_4(i) ENTRY(i), ENTRY((i) + 1), ENTRY((i) + 2), ENTRY((i) + 3)
#define ENTRIES_16(i)                                                                    \
	ENTRIES_4(i), ENTRIES_4((i) + 4), ENTRIES_4((i) + 8), ENTRIES_4((i) + 12)
#define ENTRIES_64(i)                                                                    \
	ENTRIES_16(i), ENTRIES_16((i) + 16), ENTRIES_16((i) + 32), ENTRIES_16((i) + 48)

static const uint32_t table[256] = {
	ENTRIES_64(0),
	ENTRIES_64(64),
	ENTRIES_64(128),
	ENTRIES_64(192),
};

/* x^(2^k).  The order of x is 2^31 - 1, so that k and k + 31 are the same. */
#define NR_POWERS 31
static const uint32_t powers[NR_POWERS] = {
	0x40000000, 0x20000000, 0x08000000, 0x00800000, 0x00008000, 0x82f63b78,
	0x6ea2d55c, 0x18b8ea18, 0x510ac59a, 0xb82be955, 0xb8fdb1e7, 0x88e56f72,
	0x74c360a4, 0xe4172b16, 0x0d65762a, 0x35d73a62, 0x28461564, 0xbf455269,
	0xe2ea32dc, 0xfe7740e6, 0xf946610b, 0x3c204f8f, 0x538586e3, 0x59726915,
	0x734d5309, 0xbc1ac763, 0x7d0722cc, 0xd289cabe, 0xe94ca9bc, 0x05b74f3f,
	0xa51e1f42,
};

#if HAVE_INSTRUCTIONS
static int has_instructions(void)
{
	return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}

__attribute__((target("sse4.2"))) static uint32_t update_by_instruction(uint32_t state,
									const uint8_t *p,
									size_t len)
{
	for (; len >= 8; p += 8, len -= 8) {
		uint64_t word;

		memcpy(&word, p, sizeof(word));
		state = (uint32_t)_mm_crc32_u64(state, word);
	}
	for (; len > 0; p++, len--)
		state = _mm_crc32_u8(state, *p);
	return state;
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t multiply_by_instruction(
	uint32_t a, uint32_t b)
{
	__m128i both = _mm_clmulepi64_si128(_mm_cvtsi32_si128((int)a),
					    _mm_cvtsi32_si128((int)b), 0);
	/* One bit left: the product of two 32-bit polynomials has 63 bits. */
	uint64_t product = (uint64_t)_mm_cvtsi128_si64(both) << 1;

	/* The low half has the powers from x^32 on; the instruction multiplies by x^32.
	 */
	return _mm_crc32_u32(0, (uint32_t)product) ^ (uint32_t)(product >> 32);
}
#else
static int has_instructions(void)
{
	return 0;
}

static uint32_t update_by_instruction(uint32_t state, const uint8_t *p, size_t len)
{
	(void)p;
	(void)len;
	return state;
}

static uint32_t multiply_by_instruction(uint32_t a, uint32_t b)
{
	(void)b;
	return a;
}
#endif

static uint32_t update_by_table(uint32_t state, const uint8_t *p, size_t len)
{
	for (; len > 0; p++, len--)
		state = state >> 8 ^ table[(state ^ *p) & 0xff];
	return state;
}

static uint32_t update_by_isal(uint32_t state, const uint8_t *p, size_t len)
{
	while (len > 0) {
		size_t part = len < ISAL_LEN_MAX ? len : ISAL_LEN_MAX;

		/* The pointer is not const in ISA-L's header; it only reads. */
		state = crc32_iscsi((unsigned char *)(uintptr_t)p, (int)part, state);
		p += part;
		len -= part;
	}
	return state;
}

uint32_t trfs_crc32c(uint32_t crc, const void *data, size_t len)
{
	if (len < SHORT_LEN && has_instructions())
		return ~update_by_instruction(~crc, data, len);
	if (len <= TINY_LEN)
		return ~update_by_table(~crc, data, len);
	return ~update_by_isal(~crc, data, len);
}

static uint32_t multiply_by_shifts(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (uint32_t power = ONE; power; power >>= 1) {
		product ^= a & power ? b : 0;
		b = b >> 1 ^ (b & 1 ? POLYNOMIAL : 0);
	}
	return product;
}

static uint32_t multiply(uint32_t a, uint32_t b)
{
	return has_instructions() ? multiply_by_instruction(a, b)
				  : multiply_by_shifts(a, b);
}

uint32_t trfs_crc32c_combine(uint32_t crc_a, uint32_t crc_b, uint64_t len_b)
{
	unsigned int k = 3; /* x^(2^3) is one byte */

	for (; len_b; len_b >>= 1) {
		if (len_b & 1)
			crc_a = multiply(crc_a, powers[k]);
		k = k + 1 < NR_POWERS ? k + 1 : 0;
	}
	return crc_a ^ crc_b;
}
