// The product of CK_FORMAT, whose blocks are of 32 elements, for the set that a header of dots/ has begun: from the
// format's function `read`. Included once for each set.

CK_TARGET_BEGIN

/// Four rows by `columns` columns, a constant of 4 or less.
CK_INLINE void CK_OF_SET(rows_by_columns)(const ck_product *product, ck_rows rows, size_t first_column,
                                          const int columns) {
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
                dots[r] = CK_OF_SET(ck_dot)(vdupq_n_s32(0), blocks[r].codes[0], vld1q_s8(codes));
                dots[r] = CK_OF_SET(ck_dot)(dots[r], blocks[r].codes[1], vld1q_s8(codes + 16));
            }
            totals[c] = ck_add_block32_neon(totals[c], ck_sum_rows_neon(dots), vld1q_f32(scales), vld1q_f32(minima),
                                            ck_int8_32_scales(column, product->n)[b],
                                            ck_int8_32_sums(column, product->n)[b]);
        }
    }
    for (int c = 0; c < columns; c++) ck_store_rows_neon(product, rows, first_column + (size_t)c, totals[c]);
}

/// Four rows by all columns of the task.
CK_INLINE void CK_OF_SET(rows_by_all)(const ck_product *product, ck_rows rows) {
#define KERNEL(first, count) CK_OF_SET(rows_by_columns)(product, rows, first, count)
    CK_FOR_EACH_COLUMNS(product, KERNEL)
#undef KERNEL
}

static void CK_OF_SET(fill)(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out) {
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
    CK_OF_SET(ck_arrange_codes)(codes[0], 64, part.count / 4, out->codes[0]);
    ck_transpose_words(scales[0], 8, 8, out->scales[0]);
    ck_transpose_words(minima[0], 8, 8, out->minima[0]);
}

/// 16 rows by `columns` columns, a constant.
CK_INLINE void CK_OF_SET(microtile_columns)(const ck_panel *panel, const ck_product *product, size_t first_column,
                                            const int columns, ck_elements part, float *sums) {
    const int8_t *codes[4];
    for (int c = 0; c < columns; c++) {
        codes[c] = ck_int8_32_codes(ck_column(product, first_column + (size_t)c)) + part.first;
    }
    for (size_t b = 0; b < part.count / 32; b++) {
        int32x4_t dots[4][4];
        CK_OF_SET(ck_dot_words)(panel->codes[8 * b], 8, codes, 32 * b, columns, dots);
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

static size_t CK_OF_SET(microtile)(const ck_panel *panel, const ck_product *product, size_t first_column, size_t limit,
                                   ck_elements part, float *sums) {
    switch (limit) {
    case 1: CK_OF_SET(microtile_columns)(panel, product, first_column, 1, part, sums); return 1;
    case 2: CK_OF_SET(microtile_columns)(panel, product, first_column, 2, part, sums); return 2;
    case 3: CK_OF_SET(microtile_columns)(panel, product, first_column, 3, part, sums); return 3;
    default: CK_OF_SET(microtile_columns)(panel, product, first_column, 4, part, sums); return 4;
    }
}

CK_MULTIPLY_FEW_OR_MANY(CK_PRODUCT(CK_FORMAT),
                        CK_FOR_EACH_ROWS(product, CK_ROWS, CK_OF_SET(rows_by_all)(product, rows)),
                        ck_multiply_by_panels(product, CK_INTEGER_ELEMENTS, 1, CK_OF_SET(fill), 1,
                                              CK_OF_SET(microtile)))

CK_TARGET_END
