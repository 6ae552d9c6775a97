#ifndef CK_AVX512_BLOCKS32_H
#define CK_AVX512_BLOCKS32_H

// Products of the formats with blocks of 32 elements with many columns.

#include "avx512.h"

#include "avx2_blocks32.h"

CK_TARGET_BEGIN

/// 16 rows by `columns` columns, a constant.
CK_INLINE void ck_tile_columns32_avx512(const ck_panel *panel, const ck_product *product, size_t first_column,
                                        const int columns, ck_elements part, float *sums) {
    const int8_t *codes[CK_TILE_COLUMNS_AVX512];
    const float *scales[CK_TILE_COLUMNS_AVX512], *column_sums[CK_TILE_COLUMNS_AVX512];
    __m512 totals[CK_TILE_COLUMNS_AVX512];
    for (int c = 0; c < columns; c++) {
        const void *column = ck_column(product, first_column + (size_t)c);
        codes[c] = ck_int8_32_codes(column) + part.first;
        scales[c] = ck_int8_32_scales(column, product->n) + part.first / 32;
        column_sums[c] = ck_int8_32_sums(column, product->n) + part.first / 32;
        totals[c] = _mm512_load_ps(sums + c * CK_SUM_ROWS);
    }
    for (size_t b = 0; b < part.count / 32; b++) {
        __m512i dots[CK_TILE_COLUMNS_AVX512];
        for (int c = 0; c < columns; c++) dots[c] = _mm512_setzero_si512();
        ck_dot_words_avx512(&panel->codes[8 * b], 8, codes, 32 * b, columns, dots);
        __m512 scale = _mm512_load_ps(panel->scales[b]), minimum = _mm512_load_ps(panel->minima[b]);
        for (int c = 0; c < columns; c++) {
            __m512 scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(dots[c]), _mm512_set1_ps(scales[c][b]));
            totals[c] = _mm512_fmadd_ps(scaled, scale, totals[c]);
            totals[c] = _mm512_fmadd_ps(minimum, _mm512_set1_ps(column_sums[c][b]), totals[c]);
        }
    }
    for (int c = 0; c < columns; c++) _mm512_store_ps(sums + c * CK_SUM_ROWS, totals[c]);
}

CK_INLINE size_t ck_tile32_avx512(const ck_panel *panel, const ck_product *product, size_t first_column, size_t limit,
                               ck_elements part, float *sums) {
#define TILE(columns) ck_tile_columns32_avx512(panel, product, first_column, columns, part, sums)
    CK_SWITCH_COLUMNS_AVX512(limit, TILE)
#undef TILE
}

CK_TARGET_END

/// The product of a format, from a shape and a function that reads unsigned codes.
#define CK_MULTIPLY32_AVX512(type, shape, read)                                                                        \
    static void fill(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out) {      \
        ck_fill_panel32_avx2(product, first_row, rows, part, out, shape, read);                                        \
    }                                                                                                                  \
    void ck_##type##_multiply_avx512(const ck_product *product) {                                                      \
        if (product->columns <= 4) {                                                                                   \
            ck_##type##_multiply_avx2(product);                                                                        \
        } else {                                                                                                       \
            ck_multiply_by_panels(product, CK_INTEGER_ELEMENTS, fill, ck_tile32_avx512);                               \
        }                                                                                                              \
    }

#endif
