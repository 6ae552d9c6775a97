#ifndef CK_NEON_BLOCKS32_H
#define CK_NEON_BLOCKS32_H

// Products of the formats with blocks of 32 elements, from a function that reads a block. Included after a header of
// dots/, whose integer products it uses.

#include "neon_rows.h"

/// value = scale × code + minimum; the codes are signed bytes.
typedef struct {
    int8x16_t codes[2];
    float scale, minimum;
} ck_block32_neon;

typedef ck_block32_neon ck_read32_neon(const void *row, size_t block);

CK_TARGET_BEGIN

/// A block of codes with an offset.
CK_INLINE ck_block32_neon ck_block32_of(uint8x16x2_t codes, int8_t zero, float scale, float minimum) {
    const int8x16_t zeros = vdupq_n_s8(zero);
    return (ck_block32_neon){{vsubq_s8(vreinterpretq_s8_u8(codes.val[0]), zeros),
                              vsubq_s8(vreinterpretq_s8_u8(codes.val[1]), zeros)},
                             scale,
                             minimum};
}

/// Low halves of 16 bytes, then their high halves, each with its fifth bit from the 32 of `high`.
CK_INLINE uint8x16x2_t ck_five_bits_neon(const uint8_t *low, const uint8_t *high) {
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16x2_t codes = ck_nibbles_neon(low);
    for (int i = 0; i < 2; i++) {
        uint8x16_t bytes = vcombine_u8(vdup_n_u8(high[2 * i]), vdup_n_u8(high[2 * i + 1]));
        uint8x16_t is_set = vtstq_u8(bytes, vld1q_u8(places));
        codes.val[i] = vorrq_u8(codes.val[i], vandq_u8(is_set, vdupq_n_u8(16)));
    }
    return codes;
}

/// The arithmetic of a block of 32 (see panel.h) for four rows.
CK_INLINE float32x4_t ck_add_block32_neon(float32x4_t total, int32x4_t dots, float32x4_t scale, float32x4_t minimum,
                                          float column_scale, float column_sum) {
    total = vfmaq_f32(total, vcvtq_f32_s32(dots), vmulq_n_f32(scale, column_scale));
    return vfmaq_n_f32(total, minimum, column_sum);
}

/// Four rows by `columns` columns, a constant of 4 or less.
CK_INLINE void ck_rows32_neon(const ck_product *product, ck_rows rows, size_t first_column, const int columns,
                              ck_read32_neon read) {
    float32x4_t totals[4];
    for (int c = 0; c < columns; c++) totals[c] = vdupq_n_f32(0);
    for (size_t b = 0; b < product->n / 32; b++) {
        ck_block32_neon blocks[CK_ROWS];
        float scales[CK_ROWS], minima[CK_ROWS];
        for (size_t r = 0; r < CK_ROWS; r++) {
            blocks[r] = read(rows.first + r * rows.stride, b);
            scales[r] = blocks[r].scale;
            minima[r] = blocks[r].minimum;
        }
        for (int c = 0; c < columns; c++) {
            const void *column = ck_column(product, first_column + (size_t)c);
            const int8_t *codes = ck_int8_32_codes(column) + 32 * b;
            int32x4_t dots[CK_ROWS];
            for (int r = 0; r < CK_ROWS; r++) {
                dots[r] = ck_dot(vdupq_n_s32(0), blocks[r].codes[0], vld1q_s8(codes));
                dots[r] = ck_dot(dots[r], blocks[r].codes[1], vld1q_s8(codes + 16));
            }
            totals[c] = ck_add_block32_neon(totals[c], ck_sum_rows_neon(dots), vld1q_f32(scales), vld1q_f32(minima),
                                            ck_int8_32_scales(column, product->n)[b],
                                            ck_int8_32_sums(column, product->n)[b]);
        }
    }
    for (int c = 0; c < columns; c++) ck_store_rows_neon(product, rows, first_column + (size_t)c, totals[c]);
}

/// Four rows by all columns of the task.
CK_INLINE void ck_row_columns32_neon(const ck_product *product, ck_rows rows, ck_read32_neon read) {
#define KERNEL(first, count) ck_rows32_neon(product, rows, first, count, read)
    CK_FOR_EACH_COLUMNS(product, KERNEL)
#undef KERNEL
}

CK_INLINE void ck_fill_panel32_neon(const ck_product *product, size_t first_row, size_t rows, ck_elements part,
                                    ck_panel *out, ck_read32_neon read) {
    _Alignas(16) uint32_t codes[CK_PANEL_ROWS][64], scales[CK_PANEL_ROWS][8], minima[CK_PANEL_ROWS][8];
    memset(codes, 0, sizeof codes);
    memset(scales, 0, sizeof scales);
    memset(minima, 0, sizeof minima);
    for (size_t r = 0; r < rows; r++) {
        for (size_t b = 0; b < part.count / 32; b++) {
            ck_block32_neon block = read(ck_row(product, first_row + r), part.first / 32 + b);
            for (size_t i = 0; i < 2; i++) vst1q_u32(&codes[r][8 * b + 4 * i], vreinterpretq_u32_s8(block.codes[i]));
            memcpy(&scales[r][b], &block.scale, sizeof block.scale);
            memcpy(&minima[r][b], &block.minimum, sizeof block.minimum);
        }
    }
    ck_arrange_codes(codes[0], 64, part.count / 4, out->codes[0]);
    ck_transpose_words(scales[0], 8, 8, out->scales[0]);
    ck_transpose_words(minima[0], 8, 8, out->minima[0]);
}

/// 16 rows by `columns` columns, a constant.
CK_INLINE void ck_tile_columns32_neon(const ck_panel *panel, const ck_product *product, size_t first_column,
                                      const int columns, ck_elements part, float *sums) {
    const int8_t *codes[4];
    for (int c = 0; c < columns; c++) {
        codes[c] = ck_int8_32_codes(ck_column(product, first_column + (size_t)c)) + part.first;
    }
    for (size_t b = 0; b < part.count / 32; b++) {
        int32x4_t dots[4][4];
        ck_dot_words(panel->codes[8 * b], 8, codes, 32 * b, columns, dots);
        for (int c = 0; c < columns; c++) {
            const void *column = ck_column(product, first_column + (size_t)c);
            float column_scale = ck_int8_32_scales(column, product->n)[part.first / 32 + b];
            float column_sum = ck_int8_32_sums(column, product->n)[part.first / 32 + b];
            for (int v = 0; v < 4; v++) {
                float *sum = sums + c * CK_SUM_ROWS + 4 * v;
                float32x4_t scale = vld1q_f32((const float *)panel->scales[b] + 4 * v);
                float32x4_t minimum = vld1q_f32((const float *)panel->minima[b] + 4 * v);
                vst1q_f32(sum, ck_add_block32_neon(vld1q_f32(sum), dots[c][v], scale, minimum, column_scale,
                                                   column_sum));
            }
        }
    }
}

static size_t ck_tile32_neon(const ck_panel *panel, const ck_product *product, size_t first_column, size_t limit,
                             ck_elements part, float *sums) {
    switch (limit) {
    case 1: ck_tile_columns32_neon(panel, product, first_column, 1, part, sums); return 1;
    case 2: ck_tile_columns32_neon(panel, product, first_column, 2, part, sums); return 2;
    case 3: ck_tile_columns32_neon(panel, product, first_column, 3, part, sums); return 3;
    default: ck_tile_columns32_neon(panel, product, first_column, 4, part, sums); return 4;
    }
}

CK_TARGET_END

/// The product of a format with the instruction set of dots/, from its function `read`.
#define CK_MULTIPLY32_NEON(type)                                                                                       \
    static void fill(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out) {      \
        ck_fill_panel32_neon(product, first_row, rows, part, out, read);                                               \
    }                                                                                                                  \
    CK_MULTIPLY_FEW_OR_MANY(                                                                                           \
        CK_PRODUCT(type), CK_FOR_EACH_ROWS(product, CK_ROWS, ck_row_columns32_neon(product, rows, read)),              \
        ck_multiply_by_panels(product, CK_INTEGER_ELEMENTS, 1, fill, 1, ck_tile32_neon))

#endif
