#ifndef CK_NEON_FLOATS_H
#define CK_NEON_FLOATS_H

// Products of the float formats, from functions that read four elements or one. Four columns share a pass over a row.

#include "neon.h"

#include "panel.h"

typedef float32x4_t ck_read4_neon(const void *row, size_t index);
typedef float ck_read1_neon(const void *row, size_t index);

CK_TARGET_BEGIN

/// One row by `columns` columns, a constant of 4 or less.
CK_INLINE void ck_float_dots_neon(const ck_product *product, size_t row_index, size_t first_column, const int columns,
                                  ck_read4_neon read4, ck_read1_neon read1) {
    const void *row = ck_row(product, row_index);
    float32x4_t sums[4][4];
    for (int c = 0; c < columns; c++) {
        for (int v = 0; v < 4; v++) sums[c][v] = vdupq_n_f32(0);
    }
    size_t i = 0;
    for (; i + 16 <= product->n; i += 16) {
        for (int v = 0; v < 4; v++) {
            float32x4_t weights = read4(row, i + 4 * (size_t)v);
            for (int c = 0; c < columns; c++) {
                const float *column = ck_column(product, first_column + (size_t)c);
                sums[c][v] = vfmaq_f32(sums[c][v], weights, vld1q_f32(column + i + 4 * v));
            }
        }
    }
    for (int c = 0; c < columns; c++) {
        const float *column = ck_column(product, first_column + (size_t)c);
        float rest = 0;
        for (size_t k = i; k < product->n; k++) rest += read1(row, k) * column[k];
        float32x4_t sum = vaddq_f32(vaddq_f32(sums[c][0], sums[c][1]), vaddq_f32(sums[c][2], sums[c][3]));
        product->out[(first_column + (size_t)c) * product->out_stride + row_index] = vaddvq_f32(sum) + rest;
    }
}

/// One row by all columns of the task.
CK_INLINE void ck_float_row_neon(const ck_product *product, size_t row, ck_read4_neon read4, ck_read1_neon read1) {
    size_t c = 0;
    for (; c + 4 <= product->columns; c += 4) ck_float_dots_neon(product, row, c, 4, read4, read1);
    for (; c < product->columns; c++) ck_float_dots_neon(product, row, c, 1, read4, read1);
}

CK_TARGET_END

/// The product of a format, from its functions `read4` and `read1`.
#define CK_MULTIPLY_FLOATS_NEON(type)                                                                                  \
    void ck_##type##_multiply_neon(const ck_product *product) {                                                        \
        for (size_t row = 0; row < product->rows; row++) ck_float_row_neon(product, row, read4, read1);                \
    }

#endif
