#ifndef CK_AVX2_BLOCKS32_H
#define CK_AVX2_BLOCKS32_H

// Products of the formats with blocks of 32 elements, from a function that reads a block.

#if !defined(CK_PRODUCT)
#error "Include the header of dots/ whose integer products are meant before"
#endif

/// The 32 codes of a block, a byte each.
typedef __m256i ck_codes32_avx2(const void *row, size_t block);

/// How wide codes are.
typedef enum {
    CK_UNSIGNED_4_BITS,  // up to 15: eight products of pairs fit in 16 bits
    CK_UNSIGNED_5_BITS,  // up to 31: four do
    CK_SIGNED_8_BITS,    // one does
} ck_code_kind;

/// What the products need to know of a format: value = scale × (code - zero) + minimum.
typedef struct {
    size_t bytes;            // of a block, which begins with its scale
    ck_code_kind kind;
    bool scale_is_exponent;  // a byte e that means 2^(e - 128), not an f16
    bool has_minimum;        // an f16 after the scale
    int zero;
} ck_shape32_avx2;

CK_TARGET_BEGIN

CK_INLINE ck_codes_avx2 ck_codes_of_kind(const ck_code_kind kind) {
    return (ck_codes_avx2){.run = kind == CK_UNSIGNED_4_BITS ? 8 : kind == CK_UNSIGNED_5_BITS ? 4 : 1,
                           .are_signed = kind == CK_SIGNED_8_BITS};
}

/// 16 in each byte whose bit in a word of 32 is set.
CK_INLINE __m256i ck_fifth_bits_avx2(const void *word) {
    const __m256i byte_of_bit = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit_in_byte = _mm256_set1_epi64x((long long)0x8040201008040201);
    __m256i bits = _mm256_and_si256(_mm256_shuffle_epi8(ck_broadcast32(word), byte_of_bit), bit_in_byte);
    return _mm256_and_si256(_mm256_cmpeq_epi8(bits, bit_in_byte), _mm256_set1_epi8(16));
}

/// 2^(e - 128) for eight bytes e, each with an unrelated byte above it.
CK_INLINE __m256 ck_powers_of_two_avx2(__m128i bytes) {
    __m256i exponents = _mm256_and_si256(_mm256_cvtepu16_epi32(bytes), _mm256_set1_epi32(255));
    __m256i normal = _mm256_slli_epi32(_mm256_sub_epi32(exponents, _mm256_set1_epi32(1)), 23);
    __m256i subnormal = _mm256_sllv_epi32(_mm256_set1_epi32(0x00200000), exponents);  // 0 and 1
    __m256i is_normal = _mm256_cmpgt_epi32(exponents, _mm256_set1_epi32(1));
    return _mm256_castsi256_ps(_mm256_blendv_epi8(subnormal, normal, is_normal));
}

/// The scales and minima of eight blocks or fewer, `stride` bytes apart; zeros for the rest.
CK_INLINE void ck_scales32_avx2(const char *blocks, size_t stride, size_t count, const ck_shape32_avx2 shape,
                                __m256 *scales, __m256 *minima) {
    __m128i raw = ck_gather_halves_avx2(blocks, stride, count);
    *scales = shape.scale_is_exponent ? ck_powers_of_two_avx2(raw) : _mm256_cvtph_ps(raw);
    *minima = shape.has_minimum ? _mm256_cvtph_ps(ck_gather_halves_avx2(blocks + 2, stride, count))
                                : _mm256_setzero_ps();
}

/// A column of activations from one of its blocks on.
typedef struct {
    const int8_t *codes;
    const float *scales, *sums;
    const int32_t *code_sums;
} ck_column32;

CK_INLINE ck_column32 ck_column32_from(const ck_product *product, size_t index, size_t block) {
    const void *column = ck_column(product, index);
    return (ck_column32){ck_int8_32_codes(column) + 32 * block, ck_int8_32_scales(column, product->n) + block,
                         ck_int8_32_sums(column, product->n) + block,
                         ck_int8_32_code_sums(column, product->n) + block};
}

/// The arithmetic of a block of 32 (see panel.h) for eight rows. `dots`: sums of code × activation code.
CK_INLINE __m256 ck_add_block32_avx2(__m256 total, __m256i dots, __m256 scale, __m256 minimum,
                                     const ck_column32 *column, size_t block, const ck_shape32_avx2 shape) {
    if (shape.zero != 0) {
        __m256i code_sum = ck_broadcast32(column->code_sums + block);
        dots = _mm256_sub_epi32(dots, _mm256_mullo_epi32(code_sum, _mm256_set1_epi32(shape.zero)));
    }
    __m256 scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(dots), _mm256_broadcast_ss(column->scales + block));
    total = _mm256_fmadd_ps(scaled, scale, total);
    if (shape.has_minimum) total = _mm256_fmadd_ps(minimum, _mm256_broadcast_ss(column->sums + block), total);
    return total;
}

/// Eight rows by `columns` columns, a constant of 4 or less.
CK_INLINE void ck_rows32_avx2(const ck_product *product, ck_rows rows, size_t first_column, const int columns,
                              const ck_shape32_avx2 shape, ck_codes32_avx2 read) {
    ck_column32 column[4];
    __m256 totals[4];
    for (int c = 0; c < columns; c++) {
        column[c] = ck_column32_from(product, first_column + (size_t)c, 0);
        totals[c] = _mm256_setzero_ps();
    }
    for (size_t b = 0; b < product->n / 32; b++) {
        ck_prefetch_rows_avx2(rows, b * shape.bytes, shape.bytes);
        __m256i weights[CK_ROWS];
        for (size_t r = 0; r < CK_ROWS; r++) weights[r] = read(rows.first + r * rows.stride, b);
        __m256 scale, minimum;
        ck_scales32_avx2(rows.first + b * shape.bytes, rows.stride, CK_ROWS, shape, &scale, &minimum);
        for (int c = 0; c < columns; c++) {
            __m256i activations = ck_load256(column[c].codes + 32 * b);
            __m256i dots = ck_dots_of_rows(weights, activations, ck_codes_of_kind(shape.kind));
            totals[c] = ck_add_block32_avx2(totals[c], dots, scale, minimum, &column[c], b, shape);
        }
    }
    for (int c = 0; c < columns; c++) ck_store_rows_avx2(product, rows, first_column + (size_t)c, totals[c]);
}

/// Eight rows by all columns of the task.
CK_INLINE void ck_row_columns32_avx2(const ck_product *product, ck_rows rows, const ck_shape32_avx2 shape,
                                     ck_codes32_avx2 read) {
#define KERNEL(first, count) ck_rows32_avx2(product, rows, first, count, shape, read)
    CK_FOR_EACH_COLUMNS(product, KERNEL)
#undef KERNEL
}

CK_INLINE void ck_fill_panel32_avx2(const ck_product *product, size_t first_row, size_t rows, ck_elements part,
                                    ck_panel *out, const ck_shape32_avx2 shape, ck_codes32_avx2 read) {
    _Alignas(32) uint32_t codes[CK_PANEL_ROWS][64];
    _Alignas(32) float scales[CK_PANEL_ROWS][CK_ROWS], minima[CK_PANEL_ROWS][CK_ROWS];
    if (rows < CK_PANEL_ROWS) {
        memset(codes, 0, sizeof codes);
        memset(scales, 0, sizeof scales);
        memset(minima, 0, sizeof minima);
    }
    const size_t first = part.first / 32, count = part.count / 32;
    for (size_t r = 0; r < rows; r++) {
        const char *row = ck_row(product, first_row + r);
        for (size_t b = 0; b < count; b++) _mm256_store_si256((__m256i *)&codes[r][8 * b], read(row, first + b));
        __m256 row_scales, row_minima;
        ck_scales32_avx2(row + first * shape.bytes, shape.bytes, count, shape, &row_scales, &row_minima);
        _mm256_store_ps(scales[r], row_scales);
        _mm256_store_ps(minima[r], row_minima);
    }
    ck_transpose16(codes[0], 64, part.count / 4, out->codes[0]);
    ck_transpose16((const uint32_t *)scales, CK_ROWS, CK_ROWS, out->scales[0]);
    if (shape.has_minimum) ck_transpose16((const uint32_t *)minima, CK_ROWS, CK_ROWS, out->minima[0]);
}

/// 16 rows by `columns` columns, a constant.
CK_INLINE void ck_microtile_columns32_avx2(const ck_panel *panel, const ck_product *product, size_t first_column,
                                           const int columns, const ck_shape32_avx2 shape, ck_elements part,
                                           float *sums) {
    ck_column32 column[3];
    const int8_t *codes[3];
    __m256 totals[2][3];
    for (int c = 0; c < columns; c++) {
        column[c] = ck_column32_from(product, first_column + (size_t)c, part.first / 32);
        codes[c] = column[c].codes;
        for (int v = 0; v < 2; v++) totals[v][c] = _mm256_load_ps(sums + c * CK_SUM_ROWS + 8 * v);
    }
    for (size_t b = 0; b < part.count / 32; b++) {
        __m256i dots[2][3];
        for (int c = 0; c < columns; c++) dots[0][c] = dots[1][c] = _mm256_setzero_si256();
        ck_dot_words(&panel->codes[8 * b], 8, codes, 32 * b, columns, ck_codes_of_kind(shape.kind), NULL, dots);
        for (int v = 0; v < 2; v++) {
            __m256 scale = _mm256_load_ps((const float *)panel->scales[b] + 8 * v);
            __m256 minimum = _mm256_load_ps((const float *)panel->minima[b] + 8 * v);
            for (int c = 0; c < columns; c++) {
                totals[v][c] = ck_add_block32_avx2(totals[v][c], dots[v][c], scale, minimum, &column[c], b, shape);
            }
        }
    }
    for (int c = 0; c < columns; c++) {
        for (int v = 0; v < 2; v++) _mm256_store_ps(sums + c * CK_SUM_ROWS + 8 * v, totals[v][c]);
    }
}

CK_INLINE size_t ck_microtile32_avx2(const ck_panel *panel, const ck_product *product, size_t first_column,
                                     size_t limit, const ck_shape32_avx2 shape, ck_elements part, float *sums) {
    switch (limit) {
    case 1: ck_microtile_columns32_avx2(panel, product, first_column, 1, shape, part, sums); return 1;
    case 2: ck_microtile_columns32_avx2(panel, product, first_column, 2, shape, part, sums); return 2;
    default: ck_microtile_columns32_avx2(panel, product, first_column, 3, shape, part, sums); return 3;
    }
}

CK_TARGET_END

/// The product of a format with the instruction set of dots/, from its shape and a function that reads codes, unsigned
/// ones for AVX-VNNI.
#define CK_MULTIPLY32_AVX2(type, shape, read)                                                                          \
    static void multiply_few(const ck_product *product) {                                                              \
        CK_FOR_EACH_ROWS(product, CK_ROWS, ck_row_columns32_avx2(product, rows, shape, read))                          \
    }                                                                                                                  \
    CK_MULTIPLY_INTEGERS(CK_PRODUCT(type), multiply_few, ck_fill_panel32_avx2, ck_microtile32_avx2, shape, read)

#endif
