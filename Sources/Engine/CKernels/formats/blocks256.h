#ifndef CK_BLOCKS256_H
#define CK_BLOCKS256_H

// What the formats with blocks of 256 elements share: sub-blocks with small integer scales and minima,
// value = scale × scales[s] × code - minimum × minima[s].

#include "../activations/activations.h"
#include "../half.h"
#include "formats.h"

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF  // dequantized values are the same bits on every machine
#endif

typedef struct {
    float scale, minimum;
    int scales[16], minima[16];  // one a sub-block
    int codes[256];
} ck_block256;

/// Reads block number `index` of `blocks`.
typedef void ck_unpack256(const void *blocks, size_t index, ck_block256 *out);

/// `width`: elements of a sub-block, 16 or 32.
static inline void ck_dequantize256(size_t n, const void *blocks, size_t width, ck_unpack256 unpack, float *out) {
    for (size_t b = 0; b < n / 256; b++) {
        ck_block256 block;
        unpack(blocks, b, &block);
        for (size_t i = 0; i < 256; i++) {
            float scale = block.scale * (float)block.scales[i / width];
            float minimum = block.minimum * (float)block.minima[i / width];
            out[256 * b + i] = scale * (float)block.codes[i] - minimum;
        }
    }
}

static inline float ck_dot256(size_t n, const void *row, const void *column, size_t width, ck_unpack256 unpack) {
    const int8_t *codes = ck_int8_256_codes(column);
    const int16_t *sums = width == 16 ? ck_int8_256_sums16(column, n) : ck_int8_256_sums32(column, n);
    const float *scales = ck_int8_256_scales(column, n);
    float sum = 0;
    for (size_t b = 0; b < n / 256; b++) {
        ck_block256 block;
        unpack(row, b, &block);
        int scaled = 0, offset = 0;
        for (size_t s = 0; s < 256 / width; s++) {
            int dot = 0;
            for (size_t i = s * width; i < (s + 1) * width; i++) dot += block.codes[i] * codes[256 * b + i];
            scaled += block.scales[s] * dot;
            offset += block.minima[s] * sums[b * (256 / width) + s];
        }
        sum += scales[b] * (block.scale * (float)scaled - block.minimum * (float)offset);
    }
    return sum;
}

/// Q4_K and Q5_K pack eight 6-bit scales and eight 6-bit minima in 12 bytes:
/// bytes 0-3 scales 0-3, bytes 4-7 minima 0-3 (low 6 bits of each); bytes 8-11 the low halves of scales 4-7 (low)
/// and minima 4-7 (high), whose upper 2 bits are the upper 2 bits of bytes 0-3 and 4-7.
static inline void ck_unpack_scales6(const uint8_t bytes[12], int scales[8], int minima[8]) {
    for (size_t s = 0; s < 4; s++) {
        scales[s] = bytes[s] & 63;
        minima[s] = bytes[s + 4] & 63;
        scales[s + 4] = (bytes[s + 8] & 15) | (bytes[s] >> 6) << 4;
        minima[s + 4] = bytes[s + 8] >> 4 | (bytes[s + 4] >> 6) << 4;
    }
}

/// The generic functions of a format, from its unpack function.
#define CK_GENERIC256(type, width)                                                                                     \
    void ck_##type##_dequantize(size_t n, const void *blocks, float *out) {                                            \
        ck_dequantize256(n, blocks, width, unpack, out);                                                               \
    }                                                                                                                  \
    static float dot(size_t n, const void *row, const void *column) {                                                  \
        return ck_dot256(n, row, column, width, unpack);                                                               \
    }                                                                                                                  \
    void ck_##type##_multiply_generic(const ck_product *product) { ck_multiply_by_dots(product, dot); }

#endif
