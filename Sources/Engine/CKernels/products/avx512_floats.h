#ifndef CK_AVX512_FLOATS_H
#define CK_AVX512_FLOATS_H

// Products of the float formats with many columns.

#include "avx512.h"

#include "avx2_floats.h"

CK_TARGET_BEGIN

/// 16 rows by `columns` columns, a constant.
CK_INLINE void ck_float_tile_columns_avx512(const ck_panel *panel, const ck_product *product, size_t first_column,
                                            const int columns, ck_elements part, float *sums) {
    const float *activations[CK_TILE_COLUMNS_AVX512];
    __m512 totals[CK_TILE_COLUMNS_AVX512];
    for (int c = 0; c < columns; c++) {
        activations[c] = (const float *)ck_column(product, first_column + (size_t)c) + part.first;
        totals[c] = _mm512_setzero_ps();
    }
    for (size_t k = 0; k < part.count; k++) {
        __m512 weights = _mm512_load_ps(panel->values[k]);
        for (int c = 0; c < columns; c++) {
            totals[c] = _mm512_fmadd_ps(weights, _mm512_set1_ps(activations[c][k]), totals[c]);
        }
    }
    for (int c = 0; c < columns; c++) {
        float *sum = sums + c * CK_SUM_ROWS;
        _mm512_store_ps(sum, _mm512_add_ps(_mm512_load_ps(sum), totals[c]));
    }
}

CK_INLINE size_t ck_float_tile_avx512(const ck_panel *panel, const ck_product *product, size_t first_column,
                                      size_t limit, ck_elements part, float *sums) {
#define TILE(columns) ck_float_tile_columns_avx512(panel, product, first_column, columns, part, sums)
    CK_SWITCH_COLUMNS_AVX512(limit, TILE)
#undef TILE
}

CK_TARGET_END

/// The product of a format, from its functions `read8` and `read1`.
#define CK_MULTIPLY_FLOATS_AVX512(type)                                                                                \
    static void fill(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out) {      \
        ck_fill_float_panel_avx2(product, first_row, rows, part, out, read8, read1);                                   \
    }                                                                                                                  \
    void ck_##type##_multiply_avx512(const ck_product *product) {                                                      \
        if (product->columns <= CK_FEW_FLOAT_COLUMNS) {                                                                \
            ck_##type##_multiply_avx2(product);                                                                        \
        } else {                                                                                                       \
            ck_multiply_by_panels(product, CK_FLOAT_ELEMENTS, fill, ck_float_tile_avx512);                             \
        }                                                                                                              \
    }

#endif
