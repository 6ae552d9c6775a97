#ifndef CK_AVX2_FLOATS_H
#define CK_AVX2_FLOATS_H

// Products of the float formats, from a function that reads eight elements.

#include "avx2.h"

#include "panel.h"

/// Eight elements of a row, from the one numbered `index`.
typedef __m256 ck_read8_avx2(const void *row, size_t index);
/// The element of a row numbered `index`.
typedef float ck_read1_avx2(const void *row, size_t index);

CK_AVX2_BEGIN

/// One row by `columns` columns, a constant of 4 or less.
CK_INLINE void ck_float_dots_avx2(const ck_product *product, size_t row_index, size_t first_column, const int columns,
                                  size_t element_bytes, ck_read8_avx2 read8, ck_read1_avx2 read1) {
    const char *row = ck_row(product, row_index);
    __m256 sums[4][4];
    for (int c = 0; c < columns; c++) {
        for (int v = 0; v < 4; v++) sums[c][v] = _mm256_setzero_ps();
    }
    size_t i = 0;
    for (; i + 32 <= product->n; i += 32) {
        ck_prefetch_weights(row + i * element_bytes, 32 * element_bytes);
        for (int v = 0; v < 4; v++) {
            __m256 weights = read8(row, i + 8 * (size_t)v);
            for (int c = 0; c < columns; c++) {
                const float *column = (const float *)ck_column(product, first_column + (size_t)c) + i + 8 * v;
                sums[c][v] = _mm256_fmadd_ps(weights, _mm256_loadu_ps(column), sums[c][v]);
            }
        }
    }
    for (int c = 0; c < columns; c++) {
        const float *column = ck_column(product, first_column + (size_t)c);
        float rest = 0;
        for (size_t k = i; k < product->n; k++) rest += read1(row, k) * column[k];
        __m256 sum = _mm256_add_ps(_mm256_add_ps(sums[c][0], sums[c][1]), _mm256_add_ps(sums[c][2], sums[c][3]));
        product->out[(first_column + (size_t)c) * product->out_stride + row_index] = ck_sum8(sum) + rest;
    }
}

CK_INLINE void ck_fill_float_panel_avx2(const ck_product *product, size_t first_row, size_t rows, ck_elements part,
                                        ck_panel *out, ck_read8_avx2 read8, ck_read1_avx2 read1) {
    _Alignas(32) float values[CK_PANEL_ROWS][CK_FLOAT_ELEMENTS];
    memset(values, 0, sizeof values);
    for (size_t r = 0; r < rows; r++) {
        const void *row = ck_row(product, first_row + r);
        size_t i = 0;
        for (; i + 8 <= part.count; i += 8) _mm256_store_ps(&values[r][i], read8(row, part.first + i));
        for (; i < part.count; i++) values[r][i] = read1(row, part.first + i);
    }
    ck_transpose16((const uint32_t *)values, CK_FLOAT_ELEMENTS, CK_FLOAT_ELEMENTS, (uint32_t *)out->values);
}

/// 16 rows by `columns` columns, a constant.
CK_INLINE void ck_float_tile_columns_avx2(const ck_panel *panel, const ck_product *product, size_t first_column,
                                          const int columns, ck_elements part, float *sums) {
    const float *activations[6];
    __m256 low[6], high[6];
    for (int c = 0; c < columns; c++) {
        activations[c] = (const float *)ck_column(product, first_column + (size_t)c) + part.first;
        low[c] = _mm256_load_ps(sums + c * CK_SUM_ROWS);
        high[c] = _mm256_load_ps(sums + c * CK_SUM_ROWS + 8);
    }
    for (size_t k = 0; k < part.count; k++) {
        __m256 weights_low = _mm256_load_ps(panel->values[k]), weights_high = _mm256_load_ps(panel->values[k] + 8);
        for (int c = 0; c < columns; c++) {
            __m256 activation = _mm256_broadcast_ss(activations[c] + k);
            low[c] = _mm256_fmadd_ps(weights_low, activation, low[c]);
            high[c] = _mm256_fmadd_ps(weights_high, activation, high[c]);
        }
    }
    for (int c = 0; c < columns; c++) {
        _mm256_store_ps(sums + c * CK_SUM_ROWS, low[c]);
        _mm256_store_ps(sums + c * CK_SUM_ROWS + 8, high[c]);
    }
}

CK_INLINE size_t ck_float_tile_avx2(const ck_panel *panel, const ck_product *product, size_t first_column, size_t limit,
                                 ck_elements part, float *sums) {
    switch (limit) {
    case 1: ck_float_tile_columns_avx2(panel, product, first_column, 1, part, sums); return 1;
    case 2: ck_float_tile_columns_avx2(panel, product, first_column, 2, part, sums); return 2;
    case 3: ck_float_tile_columns_avx2(panel, product, first_column, 3, part, sums); return 3;
    case 4: ck_float_tile_columns_avx2(panel, product, first_column, 4, part, sums); return 4;
    case 5: ck_float_tile_columns_avx2(panel, product, first_column, 5, part, sums); return 5;
    default: ck_float_tile_columns_avx2(panel, product, first_column, 6, part, sums); return 6;
    }
}

/// One row by all columns of the task.
CK_INLINE void ck_float_row_avx2(const ck_product *product, size_t row, size_t element_bytes, ck_read8_avx2 read8,
                                 ck_read1_avx2 read1) {
    size_t c = 0;
    for (; c + 4 <= product->columns; c += 4) ck_float_dots_avx2(product, row, c, 4, element_bytes, read8, read1);
    switch (product->columns - c) {
    case 1: ck_float_dots_avx2(product, row, c, 1, element_bytes, read8, read1); break;
    case 2: ck_float_dots_avx2(product, row, c, 2, element_bytes, read8, read1); break;
    case 3: ck_float_dots_avx2(product, row, c, 3, element_bytes, read8, read1); break;
    }
}

CK_TARGET_END

/// The product of a format, from its functions `read8` and `read1` and its constant `element_bytes`.
#define CK_MULTIPLY_FLOATS_AVX2(type)                                                                                  \
    static void fill(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out) {      \
        ck_fill_float_panel_avx2(product, first_row, rows, part, out, read8, read1);                                   \
    }                                                                                                                  \
    void ck_##type##_multiply_avx2(const ck_product *product) {                                                        \
        if (product->columns <= 12) {                                                                                  \
            CK_FOR_EACH_ROW(product, ck_float_row_avx2(product, row, element_bytes, read8, read1))                     \
        } else {                                                                                                       \
            ck_multiply_by_panels(product, CK_FLOAT_ELEMENTS, fill, ck_float_tile_avx2);                               \
        }                                                                                                              \
    }

#endif
