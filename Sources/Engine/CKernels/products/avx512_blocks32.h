#ifndef CK_AVX512_BLOCKS32_H
#define CK_AVX512_BLOCKS32_H

// Products of the formats with blocks of 32 elements with many columns.

#include "avx512.h"

#include "avx2_blocks32.h"

CK_TARGET_BEGIN

/// The arithmetic of a block of 32 for 16 rows: that of ck_add_block32_avx2.
CK_INLINE __m512 ck_add_block32_avx512(__m512 total, __m512i dots, __m512 scale, __m512 minimum,
                                       const ck_column32 *column, size_t block, const ck_shape32_avx2 shape) {
    if (shape.zero != 0) dots = _mm512_sub_epi32(dots, _mm512_set1_epi32(shape.zero * column->code_sums[block]));
    __m512 scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(dots), _mm512_set1_ps(column->scales[block]));
    total = _mm512_fmadd_ps(scaled, scale, total);
    if (shape.has_minimum) total = _mm512_fmadd_ps(minimum, _mm512_set1_ps(column->sums[block]), total);
    return total;
}

/// 16 rows by `columns` columns, a constant.
CK_INLINE void ck_tile_columns32_avx512(const ck_panel *panel, const ck_product *product, size_t first_column,
                                        const int columns, const ck_shape32_avx2 shape, ck_elements part, float *sums) {
    ck_column32 column[CK_TILE_COLUMNS_AVX512];
    const int8_t *codes[CK_TILE_COLUMNS_AVX512];
    __m512 totals[CK_TILE_COLUMNS_AVX512];
    for (int c = 0; c < columns; c++) {
        column[c] = ck_column32_from(product, first_column + (size_t)c, part.first / 32);
        codes[c] = column[c].codes;
        totals[c] = _mm512_load_ps(sums + c * CK_SUM_ROWS);
    }
    for (size_t b = 0; b < part.count / 32; b++) {
        __m512i dots[CK_TILE_COLUMNS_AVX512];
        for (int c = 0; c < columns; c++) dots[c] = _mm512_setzero_si512();
        ck_dot_words_avx512(&panel->codes[8 * b], 8, codes, 32 * b, columns, dots);
        __m512 scale = _mm512_load_ps(panel->scales[b]), minimum = _mm512_load_ps(panel->minima[b]);
        for (int c = 0; c < columns; c++) {
            totals[c] = ck_add_block32_avx512(totals[c], dots[c], scale, minimum, &column[c], b, shape);
        }
    }
    for (int c = 0; c < columns; c++) _mm512_store_ps(sums + c * CK_SUM_ROWS, totals[c]);
}

CK_INLINE size_t ck_tile32_avx512(const ck_panel *panel, const ck_product *product, size_t first_column, size_t limit,
                                  const ck_shape32_avx2 shape, ck_elements part, float *sums) {
#define TILE(columns) ck_tile_columns32_avx512(panel, product, first_column, columns, shape, part, sums)
    CK_SWITCH_COLUMNS_AVX512(limit, TILE)
#undef TILE
}

CK_TARGET_END

/// The product of a format, from a shape, a function that reads unsigned codes, and the product with few columns.
#define CK_MULTIPLY32_AVX512(type, shape, read, multiply_few)                                                          \
    CK_MULTIPLY_INTEGERS(ck_##type##_multiply_avx512, multiply_few, ck_fill_panel32_avx2, ck_tile32_avx512, shape, read)

#endif
