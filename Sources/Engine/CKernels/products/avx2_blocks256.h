#ifndef CK_AVX2_BLOCKS256_H
#define CK_AVX2_BLOCKS256_H

// Products of the formats with blocks of 256 elements in sub-blocks of 32 or 16, from a function that reads a block.

#if !defined(CK_PRODUCT)
#error "Include the header of dots/ whose integer products are meant before"
#endif

/// value = scale × scales[s] × code - minimum × minima[s].
typedef struct {
    __m256i codes[8];  // 256 bytes
    __m256i scales;    // 16-bit: element i of a lane belongs to that lane of codes[i]
    __m256i minima;    // 16-bit, a sub-block each; for sub-blocks of 32 the low lane, with zeros above
    float scale, minimum;
} ck_block256_avx2;

typedef void ck_read256_avx2(const void *row, size_t block, ck_block256_avx2 *out);

/// What the products need to know of a format.
typedef struct {
    size_t bytes;  // of a block
    int width;     // elements of a sub-block
    ck_codes_avx2 codes;
    bool minima_are_zeros;  // minimum = scale: minima[s] = scales[s] × the code of zero
    int zero;               // that code; 0: taken from the minima
} ck_shape256_avx2;

CK_TARGET_BEGIN

/// The sums of a column's sub-blocks in block `b`, as 16-bit numbers.
CK_INLINE __m256i ck_sums256_avx2(const void *column, size_t n, size_t b, const int width) {
    if (width == 16) return ck_load256(ck_int8_256_sums16(column, n) + 16 * b);
    return _mm256_zextsi128_si256(_mm_loadu_si128((const __m128i *)(ck_int8_256_sums32(column, n) + 8 * b)));
}

/// Element `i` of each lane of 16-bit scales, all over the lane.
CK_INLINE __m256i ck_spread_scale_avx2(__m256i scales, const int i) {
    return _mm256_shuffle_epi8(scales, _mm256_set1_epi16((short)(2 * i + 256 * (2 * i + 1))));
}

/// The arithmetic of a block of 256 (see panel.h) for eight rows. `dots`: sums of scales × products of codes;
/// `offsets`: sums of minima × sums of activation codes.
CK_INLINE __m256 ck_add_block256_avx2(__m256 total, __m256i dots, __m256i offsets, __m256 scale, __m256 minimum,
                                      __m256 column_scale, const ck_shape256_avx2 shape) {
    __m256 value;
    if (shape.minima_are_zeros) {
        value = _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_sub_epi32(dots, offsets)), scale);
    } else {
        value = _mm256_fmsub_ps(_mm256_cvtepi32_ps(dots), scale, _mm256_mul_ps(_mm256_cvtepi32_ps(offsets), minimum));
    }
    return _mm256_fmadd_ps(value, column_scale, total);
}

/// A block of one row by `columns` columns: eight parts of the sums of each, to [column][r].
CK_INLINE void ck_row_block256_avx2(const ck_product *product, const ck_block256_avx2 *block, size_t b,
                                    size_t first_column, const int columns, const ck_shape256_avx2 shape, size_t r,
                                    __m256i (*dots)[CK_ROWS], __m256i (*offsets)[CK_ROWS]) {
    __m256i sums[4];
#pragma unroll
    for (int i = 0; i < 8; i++) {
        __m256i scale = ck_spread_scale_avx2(block->scales, i);
#pragma unroll
        for (int c = 0; c < columns; c++) {
            const int8_t *codes = ck_int8_256_codes(ck_column(product, first_column + (size_t)c)) + 256 * b + 32 * i;
            __m256i products = ck_multiply_codes_avx2(block->codes[i], ck_load256(codes), shape.codes.are_signed);
            __m256i wide = _mm256_madd_epi16(products, scale);
            sums[c] = i == 0 ? wide : _mm256_add_epi32(sums[c], wide);
        }
    }
#pragma unroll
    for (int c = 0; c < columns; c++) {
        const void *column = ck_column(product, first_column + (size_t)c);
        dots[c][r] = sums[c];
        offsets[c][r] = _mm256_madd_epi16(block->minima, ck_sums256_avx2(column, product->n, b, shape.width));
    }
}

/// Eight rows by `columns` columns, a constant of 4 or less.
CK_INLINE void ck_rows256_avx2(const ck_product *product, ck_rows rows, size_t first_column, const int columns,
                               const ck_shape256_avx2 shape, ck_read256_avx2 read) {
    __m256 totals[4];
    for (int c = 0; c < columns; c++) totals[c] = _mm256_setzero_ps();
    for (size_t b = 0; b < product->n / 256; b++) {
        __m256i dots[4][CK_ROWS], offsets[4][CK_ROWS];
        _Alignas(32) float scales[CK_ROWS], minima[CK_ROWS];
        ck_prefetch_rows_avx2(rows, b * shape.bytes, shape.bytes);
        for (size_t r = 0; r < CK_ROWS; r++) {
            ck_block256_avx2 block;
            read(rows.first + r * rows.stride, b, &block);
            scales[r] = block.scale;
            minima[r] = block.minimum;
            ck_row_block256_avx2(product, &block, b, first_column, columns, shape, r, dots, offsets);
        }
        __m256 scale = _mm256_load_ps(scales), minimum = _mm256_load_ps(minima);
        for (int c = 0; c < columns; c++) {
            const float *column_scales = ck_int8_256_scales(ck_column(product, first_column + (size_t)c), product->n);
            totals[c] = ck_add_block256_avx2(totals[c], ck_sum_rows_avx2(dots[c]), ck_sum_rows_avx2(offsets[c]), scale,
                                             minimum, _mm256_broadcast_ss(column_scales + b), shape);
        }
    }
    for (int c = 0; c < columns; c++) ck_store_rows_avx2(product, rows, first_column + (size_t)c, totals[c]);
}

/// Eight rows by all columns of the task.
CK_INLINE void ck_row_columns256_avx2(const ck_product *product, ck_rows rows, const ck_shape256_avx2 shape,
                                      ck_read256_avx2 read) {
#define KERNEL(first, count) ck_rows256_avx2(product, rows, first, count, shape, read)
    CK_FOR_EACH_COLUMNS(product, KERNEL)
#undef KERNEL
}

/// Writes the scales in order, each twice.
CK_INLINE void ck_store_scale_pairs_avx2(__m256i scales, const int width, uint32_t *out) {
    __m128i low = _mm256_castsi256_si128(scales), high = _mm256_extracti128_si256(scales, 1);
    __m128i *words = (__m128i *)out;
    if (width == 32) {
        _mm_store_si128(words, _mm_unpacklo_epi16(low, low));
        _mm_store_si128(words + 1, _mm_unpackhi_epi16(low, low));
        return;
    }
    __m128i first = _mm_unpacklo_epi16(low, high), last = _mm_unpackhi_epi16(low, high);
    _mm_store_si128(words, _mm_unpacklo_epi16(first, first));
    _mm_store_si128(words + 1, _mm_unpackhi_epi16(first, first));
    _mm_store_si128(words + 2, _mm_unpacklo_epi16(last, last));
    _mm_store_si128(words + 3, _mm_unpackhi_epi16(last, last));
}

CK_INLINE void ck_fill_panel256_avx2(const ck_product *product, size_t first_row, size_t rows, ck_elements part,
                                     ck_panel *out, const ck_shape256_avx2 shape, ck_read256_avx2 read) {
    _Alignas(32) uint32_t codes[CK_PANEL_ROWS][64], scales[CK_PANEL_ROWS][16], minima[CK_PANEL_ROWS][8];
    if (rows < CK_PANEL_ROWS) {
        memset(codes, 0, sizeof codes);
        memset(scales, 0, sizeof scales);
        memset(minima, 0, sizeof minima);
        memset(out->scale, 0, sizeof out->scale);
        memset(out->minimum, 0, sizeof out->minimum);
    }
    for (size_t r = 0; r < rows; r++) {
        ck_block256_avx2 block;
        read(ck_row(product, first_row + r), part.first / 256, &block);
        for (int i = 0; i < 8; i++) _mm256_store_si256((__m256i *)&codes[r][8 * i], block.codes[i]);
        ck_store_scale_pairs_avx2(block.scales, shape.width, scales[r]);
        _mm256_store_si256((__m256i *)minima[r], block.minima);
        out->scale[r] = block.scale;
        out->minimum[r] = block.minimum;
    }
    ck_transpose16(codes[0], 64, 64, out->codes[0]);
    ck_transpose16(scales[0], 16, 256 / (size_t)shape.width, out->scales[0]);
    ck_transpose16(minima[0], 8, 8, out->minima[0]);
}

/// 16 rows by `columns` columns, a constant.
CK_INLINE void ck_microtile_columns256_avx2(const ck_panel *panel, const ck_product *product, size_t first_column,
                                            const int columns, const ck_shape256_avx2 shape, ck_elements part,
                                            float *sums) {
    const int8_t *codes[3];
    const int words = shape.width / 4;
    const size_t sub_blocks = 256 / (size_t)shape.width, block = part.first / 256;
    __m256i totals[2][3];
    for (int c = 0; c < columns; c++) {
        codes[c] = ck_int8_256_codes(ck_column(product, first_column + (size_t)c)) + part.first;
        for (int v = 0; v < 2; v++) totals[v][c] = _mm256_setzero_si256();
    }
    for (size_t s = 0; s < sub_blocks; s++) {
        ck_dot_words(&panel->codes[s * (size_t)words], words, codes, s * (size_t)shape.width, columns, shape.codes,
                     panel->scales[s], totals);
    }
    for (int c = 0; c < columns; c++) {
        const void *column = ck_column(product, first_column + (size_t)c);
        const int16_t *column_sums = shape.width == 16 ? ck_int8_256_sums16(column, product->n)
                                                       : ck_int8_256_sums32(column, product->n);
        __m256 column_scale = _mm256_broadcast_ss(ck_int8_256_scales(column, product->n) + block);
        for (int v = 0; v < 2; v++) {
            __m256i offsets = _mm256_setzero_si256();
            for (size_t pair = 0; pair < sub_blocks / 2; pair++) {
                __m256i pair_sums = ck_broadcast32(column_sums + sub_blocks * block + 2 * pair);
                offsets = _mm256_add_epi32(
                    offsets, _mm256_madd_epi16(ck_load256(panel->minima[pair] + 8 * v), pair_sums));
            }
            float *sum = sums + c * CK_SUM_ROWS + 8 * v;
            __m256 total = ck_add_block256_avx2(
                _mm256_load_ps(sum), totals[v][c], offsets, _mm256_load_ps(panel->scale + 8 * v),
                _mm256_load_ps(panel->minimum + 8 * v), column_scale, shape);
            _mm256_store_ps(sum, total);
        }
    }
}

CK_INLINE size_t ck_microtile256_avx2(const ck_panel *panel, const ck_product *product, size_t first_column,
                                      size_t limit, const ck_shape256_avx2 shape, ck_elements part, float *sums) {
    switch (limit) {
    case 1: ck_microtile_columns256_avx2(panel, product, first_column, 1, shape, part, sums); return 1;
    case 2: ck_microtile_columns256_avx2(panel, product, first_column, 2, shape, part, sums); return 2;
    default: ck_microtile_columns256_avx2(panel, product, first_column, 3, shape, part, sums); return 3;
    }
}

/// Scales of sub-blocks of 16, a byte each in order, as ck_block256_avx2 wants them.
CK_INLINE __m256i ck_scales_of_halves_avx2(__m128i bytes) {
    const __m128i even_then_odd = _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    return _mm256_cvtepi8_epi16(_mm_shuffle_epi8(bytes, even_then_odd));
}

/// The eight scales and eight minima of Q4_K and Q5_K, 6 bits each in 12 bytes (see ck_unpack_scales6), as bytes:
/// the scales in the low half, the minima in the high half.
CK_INLINE __m128i ck_scales6_avx2(const uint8_t *bytes) {
    uint32_t scales, minima, rest;
    memcpy(&scales, bytes, 4);
    memcpy(&minima, bytes + 4, 4);
    memcpy(&rest, bytes + 8, 4);
    uint32_t upper_scales = (rest & 0x0f0f0f0f) | (scales >> 2 & 0x30303030);
    uint32_t upper_minima = (rest >> 4 & 0x0f0f0f0f) | (minima >> 2 & 0x30303030);
    return _mm_setr_epi32((int)(scales & 0x3f3f3f3f), (int)upper_scales, (int)(minima & 0x3f3f3f3f), (int)upper_minima);
}

/// Sets the scales and minima of a block from its 12 bytes.
CK_INLINE void ck_read_scales6_avx2(const uint8_t *bytes, ck_block256_avx2 *out) {
    __m256i words = _mm256_cvtepu8_epi16(ck_scales6_avx2(bytes));
    out->scales = _mm256_permute4x64_epi64(words, 0x44);
    out->minima = _mm256_zextsi128_si256(_mm256_extracti128_si256(words, 1));
}

CK_TARGET_END

/// The product of a format with the instruction set of dots/, from its shape, a function that reads blocks, with unsigned
/// codes for AVX-VNNI, and one that makes products with few columns.
#define CK_MULTIPLY256_BY_PANELS(type, shape, read, multiply_few)                                                      \
    CK_MULTIPLY_INTEGERS(CK_PRODUCT(type), multiply_few, ck_fill_panel256_avx2, ck_microtile256_avx2, shape, read)

/// The product of a format that does both with the same instructions.
#define CK_MULTIPLY256_AVX2(type, shape, read)                                                                         \
    static void multiply_few(const ck_product *product) {                                                              \
        CK_FOR_EACH_ROWS(product, CK_ROWS, ck_row_columns256_avx2(product, rows, shape, read))                         \
    }                                                                                                                  \
    CK_MULTIPLY256_BY_PANELS(type, shape, read, multiply_few)

#endif
