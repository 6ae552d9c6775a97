#ifndef CK_AVX2_FLOATS_H
#define CK_AVX2_FLOATS_H

// Products of the float formats, from a function that reads eight elements. For the order of sums see panel.h.

#include "avx2_rows.h"

/// Eight elements of a row, from the one numbered `index`.
typedef __m256 ck_read8_avx2(const void *row, size_t index);
/// The element of a row numbered `index`.
typedef float ck_read1_avx2(const void *row, size_t index);

CK_AVX2_BEGIN

/// Adds the products of eight elements of eight rows with `columns` columns to `sums`.
CK_INLINE void ck_float_rows8_avx2(ck_rows rows, const float *const *column, size_t first, const int columns,
                                   size_t element_bytes, ck_read8_avx2 read8, __m256 *sums) {
    ck_prefetch_rows_avx2(rows, first * element_bytes, 8 * element_bytes);
    __m256 weights[CK_ROWS];
    for (size_t r = 0; r < CK_ROWS; r++) weights[r] = read8(rows.first + r * rows.stride, first);
    ck_transpose8_avx2(weights);
    for (size_t k = 0; k < 8; k++) {
        for (int c = 0; c < columns; c++) {
            sums[c] = _mm256_fmadd_ps(weights[k], _mm256_broadcast_ss(column[c] + first + k), sums[c]);
        }
    }
}

/// Eight rows by `columns` columns, a constant of 4 or less.
CK_INLINE void ck_float_rows_avx2(const ck_product *product, ck_rows rows, size_t first_column, const int columns,
                                  size_t element_bytes, ck_read8_avx2 read8, ck_read1_avx2 read1) {
    const float *column[4];
    __m256 totals[4];
    for (int c = 0; c < columns; c++) {
        column[c] = ck_column(product, first_column + (size_t)c);
        totals[c] = _mm256_setzero_ps();
    }
    // With few columns two parts are summed side by side, so that one sum does not wait for another.
    const size_t together = columns <= 2 ? 2 : 1;
    size_t first = 0;
    for (; first + together * CK_FLOAT_ELEMENTS <= product->n; first += together * CK_FLOAT_ELEMENTS) {
        __m256 sums[2][4];
        for (size_t p = 0; p < together; p++) {
            for (int c = 0; c < columns; c++) sums[p][c] = _mm256_setzero_ps();
        }
        for (size_t i = first; i < first + CK_FLOAT_ELEMENTS; i += 8) {
            for (size_t p = 0; p < together; p++) {
                size_t index = i + p * CK_FLOAT_ELEMENTS;
                ck_float_rows8_avx2(rows, column, index, columns, element_bytes, read8, sums[p]);
            }
        }
        for (size_t p = 0; p < together; p++) {
            for (int c = 0; c < columns; c++) totals[c] = _mm256_add_ps(totals[c], sums[p][c]);
        }
    }
    for (; first < product->n; first += CK_FLOAT_ELEMENTS) {
        size_t end = ck_smaller(product->n, first + CK_FLOAT_ELEMENTS), i = first;
        __m256 sums[4];
        for (int c = 0; c < columns; c++) sums[c] = _mm256_setzero_ps();
        for (; i + 8 <= end; i += 8) ck_float_rows8_avx2(rows, column, i, columns, element_bytes, read8, sums);
        for (; i < end; i++) {
            float weights[CK_ROWS];
            for (size_t r = 0; r < CK_ROWS; r++) weights[r] = read1(rows.first + r * rows.stride, i);
            for (int c = 0; c < columns; c++) {
                sums[c] = _mm256_fmadd_ps(_mm256_loadu_ps(weights), _mm256_broadcast_ss(column[c] + i), sums[c]);
            }
        }
        for (int c = 0; c < columns; c++) totals[c] = _mm256_add_ps(totals[c], sums[c]);
    }
    for (int c = 0; c < columns; c++) ck_store_rows_avx2(product, rows, first_column + (size_t)c, totals[c]);
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
CK_INLINE void ck_float_microtile_columns_avx2(const ck_panel *panel, const ck_product *product, size_t first_column,
                                               const int columns, ck_elements part, float *sums) {
    const float *activations[6];
    __m256 low[6], high[6];
    for (int c = 0; c < columns; c++) {
        activations[c] = (const float *)ck_column(product, first_column + (size_t)c) + part.first;
        low[c] = high[c] = _mm256_setzero_ps();
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
        float *sum = sums + c * CK_SUM_ROWS;
        _mm256_store_ps(sum, _mm256_add_ps(_mm256_load_ps(sum), low[c]));
        _mm256_store_ps(sum + 8, _mm256_add_ps(_mm256_load_ps(sum + 8), high[c]));
    }
}

CK_INLINE size_t ck_float_microtile_avx2(const ck_panel *panel, const ck_product *product, size_t first_column,
                                         size_t limit, ck_elements part, float *sums) {
    switch (limit) {
    case 1: ck_float_microtile_columns_avx2(panel, product, first_column, 1, part, sums); return 1;
    case 2: ck_float_microtile_columns_avx2(panel, product, first_column, 2, part, sums); return 2;
    case 3: ck_float_microtile_columns_avx2(panel, product, first_column, 3, part, sums); return 3;
    case 4: ck_float_microtile_columns_avx2(panel, product, first_column, 4, part, sums); return 4;
    case 5: ck_float_microtile_columns_avx2(panel, product, first_column, 5, part, sums); return 5;
    default: ck_float_microtile_columns_avx2(panel, product, first_column, 6, part, sums); return 6;
    }
}

/// Eight rows by all columns of the task.
CK_INLINE void ck_float_columns_avx2(const ck_product *product, ck_rows rows, size_t element_bytes,
                                     ck_read8_avx2 read8, ck_read1_avx2 read1) {
#define KERNEL(first, count) ck_float_rows_avx2(product, rows, first, count, element_bytes, read8, read1)
    CK_FOR_EACH_COLUMNS(product, KERNEL)
#undef KERNEL
}

CK_TARGET_END

/// The product of a format, from its functions `read8` and `read1` and its constant `element_bytes`.
#define CK_MULTIPLY_FLOATS_AVX2(type)                                                                                  \
    static void fill(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out) {      \
        ck_fill_float_panel_avx2(product, first_row, rows, part, out, read8, read1);                                   \
    }                                                                                                                  \
    void ck_##type##_multiply_avx2(const ck_product *product) {                                                        \
        if (product->columns <= CK_FEW_FLOAT_COLUMNS) {                                                                \
            CK_FOR_EACH_ROWS(product, CK_ROWS, ck_float_columns_avx2(product, rows, element_bytes, read8, read1))      \
        } else {                                                                                                       \
            ck_multiply_by_panels(product, CK_FLOAT_ELEMENTS, 1, fill, 1, ck_float_microtile_avx2);                    \
        }                                                                                                              \
    }

#endif
