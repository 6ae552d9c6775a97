#ifndef CK_NEON_BLOCKS256_H
#define CK_NEON_BLOCKS256_H

// Products of the formats with blocks of 256 elements in sub-blocks of 32 or 16, from a function that reads a
// block. Included after a header of dots/, whose integer products it uses.

#include "neon_rows.h"

#include "../formats/blocks256.h"

/// value = scale × scales[s] × code - minimum × minima[s]. The codes are signed bytes.
typedef struct {
    int8x16_t codes[16];
    int32_t scales[16];
    int16_t minima[16];  // and `minimum`: not set in formats without them
    float scale, minimum;
} ck_block256_neon;

/// What the products need to know of a format.
typedef struct {
    int width;  // elements of a sub-block, 16 or 32
    bool has_minima;
} ck_shape256_neon;

typedef void ck_read256_neon(const void *row, size_t block, ck_block256_neon *out);

CK_TARGET_BEGIN

/// The sums of a column's sub-blocks in block `b`.
CK_INLINE const int16_t *ck_sums256_neon(const void *column, size_t n, size_t b, const int width) {
    return width == 16 ? ck_int8_256_sums16(column, n) + 16 * b : ck_int8_256_sums32(column, n) + 8 * b;
}

/// The sum of minima × sums of activations in block `b`.
CK_INLINE int32_t ck_offset256_neon(const ck_block256_neon *block, const void *column, size_t n, size_t b,
                                    const ck_shape256_neon shape) {
    if (!shape.has_minima) return 0;
    const int16_t *column_sums = ck_sums256_neon(column, n, b, shape.width);
    int32x4_t products = vdupq_n_s32(0);
    for (int s = 0; s < 256 / shape.width; s += 8) {
        int16x8_t sums = vld1q_s16(column_sums + s), minima = vld1q_s16(block->minima + s);
        products = vmlal_s16(products, vget_low_s16(minima), vget_low_s16(sums));
        products = vmlal_high_s16(products, minima, sums);
    }
    return vaddvq_s32(products);
}

/// Sets the 16 scales of a block from bytes.
CK_INLINE void ck_widen_scales_neon(int8x16_t bytes, ck_block256_neon *out) {
    int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_high_s8(bytes);
    vst1q_s32(out->scales, vmovl_s16(vget_low_s16(low)));
    vst1q_s32(out->scales + 4, vmovl_high_s16(low));
    vst1q_s32(out->scales + 8, vmovl_s16(vget_low_s16(high)));
    vst1q_s32(out->scales + 12, vmovl_high_s16(high));
}

/// Sets the scales and minima of a block of Q4_K or Q5_K from its 12 bytes.
CK_INLINE void ck_read_scales6_neon(const uint8_t *bytes, ck_block256_neon *out) {
    int scales[8], minima[8];
    ck_unpack_scales6(bytes, scales, minima);
    for (int s = 0; s < 8; s++) {
        out->scales[s] = scales[s];
        out->minima[s] = (int16_t)minima[s];
    }
}

/// The arithmetic of a block of 256 (see panel.h) for four rows.
CK_INLINE float32x4_t ck_add_block256_neon(float32x4_t total, int32x4_t dots, int32x4_t offsets, float32x4_t scale,
                                           float32x4_t minimum, float column_scale, const ck_shape256_neon shape) {
    float32x4_t value = vmulq_f32(vcvtq_f32_s32(dots), scale);
    if (shape.has_minima) value = vfmsq_f32(value, vcvtq_f32_s32(offsets), minimum);
    return vfmaq_n_f32(total, value, column_scale);
}

/// Block `b` of one row by a column: four parts of the sum of scales × products of codes.
CK_INLINE int32x4_t ck_row_dots256_neon(const ck_block256_neon *block, const int8_t *codes, const int width) {
    const int parts = width / 16;
    int32x4_t total = vdupq_n_s32(0);
    for (int s = 0; s < 16 / parts; s++) {
        int32x4_t dots = vdupq_n_s32(0);
        for (int i = s * parts; i < (s + 1) * parts; i++) {
            dots = ck_dot(dots, block->codes[i], vld1q_s8(codes + 16 * i));
        }
        total = vmlaq_n_s32(total, dots, block->scales[s]);
    }
    return total;
}

/// Four rows by `columns` columns, a constant of 4 or less.
CK_INLINE void ck_rows256_neon(const ck_product *product, ck_rows rows, size_t first_column, const int columns,
                               const ck_shape256_neon shape, ck_read256_neon read) {
    float32x4_t totals[4];
    for (int c = 0; c < columns; c++) totals[c] = vdupq_n_f32(0);
    for (size_t b = 0; b < product->n / 256; b++) {
        int32x4_t dots[4][CK_ROWS];
        int32_t offsets[4][CK_ROWS];
        float scales[CK_ROWS], minima[CK_ROWS];
        for (size_t r = 0; r < CK_ROWS; r++) {
            ck_block256_neon block;
            read(rows.first + r * rows.stride, b, &block);
            scales[r] = block.scale;
            minima[r] = shape.has_minima ? block.minimum : 0;
            for (int c = 0; c < columns; c++) {
                const void *column = ck_column(product, first_column + (size_t)c);
                dots[c][r] = ck_row_dots256_neon(&block, ck_int8_256_codes(column) + 256 * b, shape.width);
                offsets[c][r] = ck_offset256_neon(&block, column, product->n, b, shape);
            }
        }
        for (int c = 0; c < columns; c++) {
            float column_scale = ck_int8_256_scales(ck_column(product, first_column + (size_t)c), product->n)[b];
            totals[c] = ck_add_block256_neon(totals[c], ck_sum_rows_neon(dots[c]), vld1q_s32(offsets[c]),
                                             vld1q_f32(scales), vld1q_f32(minima), column_scale, shape);
        }
    }
    for (int c = 0; c < columns; c++) ck_store_rows_neon(product, rows, first_column + (size_t)c, totals[c]);
}

/// Four rows by all columns of the task.
CK_INLINE void ck_row_columns256_neon(const ck_product *product, ck_rows rows, const ck_shape256_neon shape,
                                      ck_read256_neon read) {
#define KERNEL(first, count) ck_rows256_neon(product, rows, first, count, shape, read)
    CK_FOR_EACH_COLUMNS(product, KERNEL)
#undef KERNEL
}

CK_INLINE void ck_fill_panel256_neon(const ck_product *product, size_t first_row, size_t rows, ck_elements part,
                                     ck_panel *out, const ck_shape256_neon shape, ck_read256_neon read) {
    const int sub_blocks = 256 / shape.width;
    _Alignas(16) uint32_t codes[CK_PANEL_ROWS][64], scales[CK_PANEL_ROWS][16], minima[CK_PANEL_ROWS][16];
    memset(codes, 0, sizeof codes);
    memset(scales, 0, sizeof scales);
    memset(minima, 0, sizeof minima);
    memset(out->scale, 0, sizeof out->scale);
    memset(out->minimum, 0, sizeof out->minimum);
    for (size_t r = 0; r < rows; r++) {
        ck_block256_neon block;
        read(ck_row(product, first_row + r), part.first / 256, &block);
        for (size_t i = 0; i < 16; i++) vst1q_u32(&codes[r][4 * i], vreinterpretq_u32_s8(block.codes[i]));
        for (int s = 0; s < sub_blocks; s++) scales[r][s] = (uint32_t)block.scales[s];
        out->scale[r] = block.scale;
        if (!shape.has_minima) continue;
        for (int s = 0; s < sub_blocks; s++) minima[r][s] = (uint32_t)block.minima[s];
        out->minimum[r] = block.minimum;
    }
    ck_arrange_codes(codes[0], 64, 64, out->codes[0]);
    ck_transpose_words(scales[0], 16, (size_t)sub_blocks, out->scales[0]);
    if (shape.has_minima) ck_transpose_words(minima[0], 16, (size_t)sub_blocks, out->minima[0]);
}

CK_INLINE int32x4_t ck_load_words(const uint32_t *words) { return vreinterpretq_s32_u32(vld1q_u32(words)); }

/// 16 rows by `columns` columns, a constant.
CK_INLINE void ck_tile_columns256_neon(const ck_panel *panel, const ck_product *product, size_t first_column,
                                       const int columns, const ck_shape256_neon shape, ck_elements part,
                                       float *sums) {
    const int width = shape.width;
    const int8_t *codes[4];
    int32x4_t totals[4][4];
    for (int c = 0; c < columns; c++) {
        codes[c] = ck_int8_256_codes(ck_column(product, first_column + (size_t)c)) + part.first;
        for (int v = 0; v < 4; v++) totals[c][v] = vdupq_n_s32(0);
    }
    for (size_t s = 0; s < 256 / (size_t)width; s++) {
        int32x4_t dots[4][4];
        ck_dot_words(panel->codes[s * (size_t)width / 4], width / 4, codes, s * (size_t)width, columns, dots);
        for (int v = 0; v < 4; v++) {
            int32x4_t scales = ck_load_words(panel->scales[s] + 4 * v);
            for (int c = 0; c < columns; c++) totals[c][v] = vmlaq_s32(totals[c][v], dots[c][v], scales);
        }
    }
    for (int c = 0; c < columns; c++) {
        const void *column = ck_column(product, first_column + (size_t)c);
        const int16_t *column_sums = ck_sums256_neon(column, product->n, part.first / 256, width);
        float column_scale = ck_int8_256_scales(column, product->n)[part.first / 256];
        for (int v = 0; v < 4; v++) {
            int32x4_t offsets = vdupq_n_s32(0);
            for (int s = 0; shape.has_minima && s < 256 / width; s++) {
                offsets = vmlaq_n_s32(offsets, ck_load_words(panel->minima[s] + 4 * v), column_sums[s]);
            }
            float *sum = sums + c * CK_SUM_ROWS + 4 * v;
            float32x4_t scale = vld1q_f32(panel->scale + 4 * v), minimum = vld1q_f32(panel->minimum + 4 * v);
            vst1q_f32(sum, ck_add_block256_neon(vld1q_f32(sum), totals[c][v], offsets, scale, minimum, column_scale,
                                                shape));
        }
    }
}

CK_INLINE size_t ck_tile256_neon(const ck_panel *panel, const ck_product *product, size_t first_column, size_t limit,
                                 const ck_shape256_neon shape, ck_elements part, float *sums) {
    switch (limit) {
    case 1: ck_tile_columns256_neon(panel, product, first_column, 1, shape, part, sums); return 1;
    case 2: ck_tile_columns256_neon(panel, product, first_column, 2, shape, part, sums); return 2;
    case 3: ck_tile_columns256_neon(panel, product, first_column, 3, shape, part, sums); return 3;
    default: ck_tile_columns256_neon(panel, product, first_column, 4, shape, part, sums); return 4;
    }
}

CK_TARGET_END

/// The product of a format with the instruction set of dots/, from its function `read` and its constant `shape`.
#define CK_MULTIPLY256_NEON(type)                                                                                      \
    static void multiply_few(const ck_product *product) {                                                              \
        CK_FOR_EACH_ROWS(product, CK_ROWS, ck_row_columns256_neon(product, rows, shape, read))                         \
    }                                                                                                                  \
    CK_MULTIPLY_INTEGERS(CK_PRODUCT(type), multiply_few, ck_fill_panel256_neon, ck_tile256_neon, shape, read)

#endif
