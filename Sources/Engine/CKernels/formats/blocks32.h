#ifndef CK_BLOCKS32_H
#define CK_BLOCKS32_H

// What the formats with blocks of 32 elements share: value = scale × code + minimum.

#include "../activations/activations.h"
#include "../half.h"
#include "formats.h"

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF  // dequantized values are the same bits on every machine
#endif

typedef struct {
    float scale, minimum;
    int codes[32];
} ck_block32;

/// The minimum of formats without one: adding it changes no value, not even the sign of a zero.
static const float ck_no_minimum = -0.0f;

/// Reads block number `index` of `blocks`.
typedef void ck_unpack32(const void *blocks, size_t index, ck_block32 *out);

static inline void ck_dequantize32(size_t n, const void *blocks, ck_unpack32 unpack, float *out) {
    for (size_t b = 0; b < n / 32; b++) {
        ck_block32 block;
        unpack(blocks, b, &block);
        for (size_t i = 0; i < 32; i++) out[32 * b + i] = block.scale * (float)block.codes[i] + block.minimum;
    }
}

static inline float ck_dot32(size_t n, const void *row, const void *column, ck_unpack32 unpack) {
    const int8_t *codes = ck_int8_32_codes(column);
    const float *scales = ck_int8_32_scales(column, n);
    const float *sums = ck_int8_32_sums(column, n);
    float sum = 0;
    for (size_t b = 0; b < n / 32; b++) {
        ck_block32 block;
        unpack(row, b, &block);
        int dot = 0;
        for (size_t i = 0; i < 32; i++) dot += block.codes[i] * codes[32 * b + i];
        sum += block.scale * scales[b] * (float)dot + block.minimum * sums[b];
    }
    return sum;
}

/// Low and high halves of 16 bytes: elements 0-15 and 16-31.
static inline void ck_unpack_nibbles32(const uint8_t bytes[16], int codes[32]) {
    for (size_t i = 0; i < 16; i++) {
        codes[i] = bytes[i] & 15;
        codes[i + 16] = bytes[i] >> 4;
    }
}

/// Adds the fifth bits of 32 elements.
static inline void ck_add_fifth_bits32(const uint8_t high[4], int codes[32]) {
    uint32_t bits = ck_load_u32(high);
    for (size_t i = 0; i < 32; i++) codes[i] |= (int)(bits >> i & 1) << 4;
}

/// The generic functions of a format, from its unpack function.
#define CK_GENERIC32(type)                                                                                             \
    void ck_##type##_dequantize(size_t n, const void *blocks, float *out) { ck_dequantize32(n, blocks, unpack, out); } \
    static float dot(size_t n, const void *row, const void *column) { return ck_dot32(n, row, column, unpack); }       \
    void ck_##type##_multiply_generic(const ck_product *product) { ck_multiply_by_dots(product, dot); }

#endif
