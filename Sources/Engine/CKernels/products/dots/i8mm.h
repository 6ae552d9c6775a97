#ifndef CK_DOTS_I8MM_H
#define CK_DOTS_I8MM_H

// Begins the set "i8mm": integer products with the matrix instructions of Armv8.6: eight codes of two rows by eight of
// two columns, twice the products of a dot product instruction. With few columns those are as fast, for rows would have
// to be paired first.

#include "../neon.h"

#undef CK_OF_SET
#undef CK_TARGET_BEGIN
#undef CK_TARGET_END
#define CK_OF_SET(name) name##_i8mm
#define CK_TARGET_BEGIN CK_EXTENSIONS_BEGIN("arch=armv8.2-a+dotprod+i8mm")
#define CK_TARGET_END CK_EXTENSIONS_END

#include "sdot.h"

CK_TARGET_BEGIN

CK_INLINE int8x16_t ck_first_halves(int8x16_t a, int8x16_t b) {
    return vreinterpretq_s8_s64(vzip1q_s64(vreinterpretq_s64_s8(a), vreinterpretq_s64_s8(b)));
}

CK_INLINE int8x16_t ck_second_halves(int8x16_t a, int8x16_t b) {
    return vreinterpretq_s8_s64(vzip2q_s64(vreinterpretq_s64_s8(a), vreinterpretq_s64_s8(b)));
}

/// The codes of a panel, `words` of each row, in the order that ck_dot_words takes: eight codes of a row after eight of
/// the row before.
CK_INLINE void CK_OF_SET(ck_arrange_codes)(const uint32_t *rows, size_t stride, size_t words, uint32_t *panel) {
    for (size_t r = 0; r < 16; r += 2) {
        for (size_t k = 0; k < words; k += 4) {
            int8x16_t even = vreinterpretq_s8_u32(vld1q_u32(rows + r * stride + k));
            int8x16_t odd = vreinterpretq_s8_u32(vld1q_u32(rows + (r + 1) * stride + k));
            vst1q_u32(panel + 16 * k + 2 * r, vreinterpretq_u32_s8(ck_first_halves(even, odd)));
            vst1q_u32(panel + 16 * k + 32 + 2 * r, vreinterpretq_u32_s8(ck_second_halves(even, odd)));
        }
    }
}

/// Sums of the products of `words` words of 16 rows, a multiple of four, with `columns` columns of activations:
/// four rows a vector. Both counts are constants.
CK_INLINE void CK_OF_SET(ck_dot_words)(const uint32_t *panel, const int words, const int8_t *const *activations,
                                       size_t offset, const int columns, int32x4_t (*dots)[4]) {
    const int pairs = (columns + 1) / 2;
    int32x4_t sums[2][8];  // of two rows and two columns: row by row
    for (int pair = 0; pair < pairs; pair++) {
        for (int p = 0; p < 8; p++) sums[pair][p] = vdupq_n_s32(0);
    }
    for (int k = 0; k < words; k += 4) {
        int8x16_t columns_of[2][2];
        for (int pair = 0; pair < pairs; pair++) {
            int last = 2 * pair + 1 < columns ? 2 * pair + 1 : 2 * pair;
            int8x16_t even = vld1q_s8(activations[2 * pair] + offset + 4 * k);
            int8x16_t odd = vld1q_s8(activations[last] + offset + 4 * k);
            columns_of[pair][0] = ck_first_halves(even, odd);
            columns_of[pair][1] = ck_second_halves(even, odd);
        }
        for (int half = 0; half < 2; half++) {
            for (int p = 0; p < 8; p++) {
                int8x16_t rows = vreinterpretq_s8_u32(vld1q_u32(panel + 16 * k + 32 * half + 4 * p));
                for (int pair = 0; pair < pairs; pair++) {
                    sums[pair][p] = vmmlaq_s32(sums[pair][p], rows, columns_of[pair][half]);
                }
            }
        }
    }
    for (int c = 0; c < columns; c++) {
        for (int v = 0; v < 4; v++) {
            int32x4_t first = sums[c / 2][2 * v], second = sums[c / 2][2 * v + 1];
            dots[c][v] = c % 2 == 0 ? vuzp1q_s32(first, second) : vuzp2q_s32(first, second);
        }
    }
}

CK_TARGET_END

#endif
