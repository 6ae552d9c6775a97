// The product of CK_FORMAT, whose blocks are of 256 elements, for the set that a header of dots/ has begun: from the
// format's function `read` and its constant `shape`. Included once for each set.

CK_TARGET_BEGIN

/// Block `b` of one row by a column: four parts of the sum of scales × products of codes.
CK_INLINE int32x4_t CK_OF_SET(row_dots)(const ck_block256_neon *block, const int8_t *codes, const int width) {
    const int parts = width / 16;
    int32x4_t total = vdupq_n_s32(0);
    for (int s = 0; s < 16 / parts; s++) {
        int32x4_t dots = vdupq_n_s32(0);
        for (int i = s * parts; i < (s + 1) * parts; i++) {
            dots = CK_OF_SET(ck_dot)(dots, block->codes[i], vld1q_s8(codes + 16 * i));
        }
        total = vmlaq_n_s32(total, dots, block->scales[s]);
    }
    return total;
}

/// Four rows by `columns` columns, a constant of 4 or less.
CK_INLINE void CK_OF_SET(rows_by_columns)(const ck_product *product, ck_rows rows, size_t first_column,
                                          const int columns) {
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
                dots[c][r] = CK_OF_SET(row_dots)(&block, ck_int8_256_codes(column) + 256 * b, shape.width);
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
CK_INLINE void CK_OF_SET(rows_by_all)(const ck_product *product, ck_rows rows) {
#define KERNEL(first, count) CK_OF_SET(rows_by_columns)(product, rows, first, count)
    CK_FOR_EACH_COLUMNS(product, KERNEL)
#undef KERNEL
}

static void CK_OF_SET(fill)(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out) {
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
    CK_OF_SET(ck_arrange_codes)(codes[0], 64, 64, out->codes[0]);
    ck_transpose_words(scales[0], 16, (size_t)sub_blocks, out->scales[0]);
    if (shape.has_minima) ck_transpose_words(minima[0], 16, (size_t)sub_blocks, out->minima[0]);
}

/// 16 rows by `columns` columns, a constant.
CK_INLINE void CK_OF_SET(microtile_columns)(const ck_panel *panel, const ck_product *product, size_t first_column,
                                            const int columns,  ck_elements part, float *sums) {
    const int width = shape.width;
    const int8_t *codes[4];
    int32x4_t totals[4][4];
    for (int c = 0; c < columns; c++) {
        codes[c] = ck_int8_256_codes(ck_column(product, first_column + (size_t)c)) + part.first;
        for (int v = 0; v < 4; v++) totals[c][v] = vdupq_n_s32(0);
    }
    for (size_t s = 0; s < 256 / (size_t)width; s++) {
        int32x4_t dots[4][4];
        const size_t first = s * (size_t)width;
        CK_OF_SET(ck_dot_words)(panel->codes[first / 4], width / 4, codes, first, columns, dots);
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
