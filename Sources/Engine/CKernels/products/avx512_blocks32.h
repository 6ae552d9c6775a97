#ifndef CK_AVX512_BLOCKS32_H
#define CK_AVX512_BLOCKS32_H

// Products of the formats with blocks of 32 elements with many columns.

#include "avx512.h"

#include "dots/avx2.h"

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

/// `panel_count` panels, one or two, by `columns` columns; both counts are constants.
CK_INLINE void ck_microtile32_avx512(const ck_panel *panels, const int panel_count, const ck_product *product,
                                     size_t first_column, const int columns, const ck_shape32_avx2 shape,
                                     ck_elements part, float *sums) {
    ck_column32 column[CK_MICROTILE_COLUMNS_AVX512];
    const int8_t *codes[CK_MICROTILE_COLUMNS_AVX512];
    __m512 totals[CK_MICROTILE_COLUMNS_AVX512][2];
    for (int c = 0; c < columns; c++) {
        column[c] = ck_column32_from(product, first_column + (size_t)c, part.first / 32);
        codes[c] = column[c].codes;
        for (int v = 0; v < panel_count; v++) totals[c][v] = _mm512_load_ps(sums + c * CK_SUM_ROWS + v * CK_PANEL_ROWS);
    }
    for (size_t b = 0; b < part.count / 32; b++) {
        __m512i dots[CK_MICROTILE_COLUMNS_AVX512][2];
        for (int c = 0; c < columns; c++) dots[c][0] = dots[c][1] = _mm512_setzero_si512();
        ck_dot_words_avx512(panels, panel_count, 8 * b, 8, codes, columns, dots);
        for (int v = 0; v < panel_count; v++) {
            __m512 scale = _mm512_load_ps(panels[v].scales[b]), minimum = _mm512_load_ps(panels[v].minima[b]);
            for (int c = 0; c < columns; c++) {
                totals[c][v] = ck_add_block32_avx512(totals[c][v], dots[c][v], scale, minimum, &column[c], b, shape);
            }
        }
    }
    for (int c = 0; c < columns; c++) {
        for (int v = 0; v < panel_count; v++) _mm512_store_ps(sums + c * CK_SUM_ROWS + v * CK_PANEL_ROWS, totals[c][v]);
    }
}

CK_TARGET_END

/// The product of a format, from a shape, a function that reads unsigned codes, and the product with few columns.
#define CK_MULTIPLY32_AVX512(type, shape, read, multiply_few)                                                          \
    CK_MULTIPLY_INTEGERS_AVX512(type, multiply_few, ck_fill_panel32_avx2, ck_microtile32_avx512, shape, read)

#endif
