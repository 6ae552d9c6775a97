#ifndef CK_AVX2_BLOCKS32_H
#define CK_AVX2_BLOCKS32_H

// Products of the formats with blocks of 32 elements, from a function that reads a block.

#include "avx2.h"

#include "panel.h"

/// value = scale × code + minimum.
typedef struct {
    __m256i codes;  // 32 bytes
    float scale, minimum;
} ck_block32_avx2;

typedef ck_block32_avx2 ck_read32_avx2(const void *row, size_t block);

/// How codes are multiplied.
typedef enum {
    CK_UNSIGNED_4_BITS,  // up to 15: eight products of pairs fit in 16 bits
    CK_UNSIGNED_5_BITS,  // up to 31: four do
    CK_SIGNED_8_BITS,    // one does
} ck_code_kind;

CK_TARGET_BEGIN

/// Sums of products of adjacent codes, as 16-bit numbers.
CK_INLINE __m256i ck_multiply_codes_avx2(__m256i weights, __m256i activations, const ck_code_kind kind) {
    if (kind != CK_SIGNED_8_BITS) return _mm256_maddubs_epi16(weights, activations);
    return _mm256_maddubs_epi16(_mm256_abs_epi8(weights), _mm256_sign_epi8(activations, weights));
}

/// 16 in each byte whose bit in a word of 32 is set.
CK_INLINE __m256i ck_fifth_bits_avx2(const void *word) {
    const __m256i byte_of_bit = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit_in_byte = _mm256_set1_epi64x((long long)0x8040201008040201);
    __m256i bits = _mm256_and_si256(_mm256_shuffle_epi8(ck_broadcast32(word), byte_of_bit), bit_in_byte);
    return _mm256_and_si256(_mm256_cmpeq_epi8(bits, bit_in_byte), _mm256_set1_epi8(16));
}

/// `rows` rows by `columns` columns, both constants: one pass over the weights.
CK_INLINE void ck_dots32_avx2(const ck_product *product, size_t first_row, const int rows, const int columns,
                              const ck_code_kind kind, ck_read32_avx2 read) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256 sums[4][4];
    float minima[4][4] = {{0}};
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) sums[r][c] = _mm256_setzero_ps();
    }
    for (size_t b = 0; b < product->n / 32; b++) {
        for (int r = 0; r < rows; r++) {
            ck_block32_avx2 block = read(ck_row(product, first_row + (size_t)r), b);
            for (int c = 0; c < columns; c++) {
                const void *column = ck_column(product, (size_t)c);
                __m256i products = ck_multiply_codes_avx2(block.codes, ck_load256(ck_int8_32_codes(column) + 32 * b), kind);
                __m256 dots = _mm256_cvtepi32_ps(_mm256_madd_epi16(products, ones));
                __m256 scale = _mm256_set1_ps(block.scale * ck_int8_32_scales(column, product->n)[b]);
                sums[r][c] = _mm256_fmadd_ps(dots, scale, sums[r][c]);
                minima[r][c] += block.minimum * ck_int8_32_sums(column, product->n)[b];
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
            product->out[(size_t)c * product->out_stride + first_row + (size_t)r] = ck_sum8(sums[r][c]) + minima[r][c];
        }
    }
}

CK_INLINE void ck_fill_panel32_avx2(const ck_product *product, size_t first_row, size_t rows, ck_elements part,
                                    ck_panel *out, ck_read32_avx2 read) {
    _Alignas(32) uint32_t codes[CK_PANEL_ROWS][64];
    _Alignas(32) float scales[CK_PANEL_ROWS][8], minima[CK_PANEL_ROWS][8];
    if (rows < CK_PANEL_ROWS) memset(codes, 0, sizeof codes);
    memset(scales, 0, sizeof scales);
    memset(minima, 0, sizeof minima);
    for (size_t r = 0; r < rows; r++) {
        for (size_t b = 0; b < part.count / 32; b++) {
            ck_block32_avx2 block = read(ck_row(product, first_row + r), part.first / 32 + b);
            _mm256_store_si256((__m256i *)&codes[r][8 * b], block.codes);
            scales[r][b] = block.scale;
            minima[r][b] = block.minimum;
        }
    }
    ck_transpose16(codes[0], 64, part.count / 4, out->codes[0]);
    ck_transpose16((const uint32_t *)scales, 8, 8, out->scales[0]);
    ck_transpose16((const uint32_t *)minima, 8, 8, out->minima[0]);
}

/// Products of 32 elements of eight rows with `columns` columns, as 32-bit sums a row.
CK_INLINE void ck_tile_block32_avx2(const ck_panel *panel, size_t block, const int8_t *const *codes, const int columns,
                                    const ck_code_kind kind, __m256i (*dots)[3]) {
    const __m256i ones = _mm256_set1_epi16(1);
    const int run = kind == CK_UNSIGNED_4_BITS ? 8 : kind == CK_UNSIGNED_5_BITS ? 4 : 1;
#pragma unroll
    for (int k = 0; k < 8; k += run) {
        __m256i sums[2][3];
#pragma unroll
        for (int i = 0; i < run; i++) {
            const uint32_t *words = panel->codes[8 * block + (size_t)(k + i)];
            __m256i weights[2] = {ck_load256(words), ck_load256(words + 8)};
#pragma unroll
            for (int c = 0; c < columns; c++) {
                __m256i activation = ck_broadcast32(codes[c] + 32 * block + 4 * (k + i));
#pragma unroll
                for (int v = 0; v < 2; v++) {
                    __m256i products = ck_multiply_codes_avx2(weights[v], activation, kind);
                    sums[v][c] = i == 0 ? products : _mm256_add_epi16(sums[v][c], products);
                }
            }
        }
#pragma unroll
        for (int c = 0; c < columns; c++) {
#pragma unroll
            for (int v = 0; v < 2; v++) {
                __m256i wide = _mm256_madd_epi16(sums[v][c], ones);
                dots[v][c] = k == 0 ? wide : _mm256_add_epi32(dots[v][c], wide);
            }
        }
    }
}

/// 16 rows by `columns` columns, a constant.
CK_INLINE void ck_tile_columns32_avx2(const ck_panel *panel, const ck_product *product, size_t first_column,
                                      const int columns, const ck_code_kind kind, ck_elements part, float *sums) {
    const int8_t *codes[3];
    const float *scales[3], *column_sums[3];
    __m256 totals[2][3];
    for (int c = 0; c < columns; c++) {
        const void *column = ck_column(product, first_column + (size_t)c);
        codes[c] = ck_int8_32_codes(column) + part.first;
        scales[c] = ck_int8_32_scales(column, product->n) + part.first / 32;
        column_sums[c] = ck_int8_32_sums(column, product->n) + part.first / 32;
        for (int v = 0; v < 2; v++) totals[v][c] = _mm256_load_ps(sums + c * CK_SUM_ROWS + 8 * v);
    }
    for (size_t b = 0; b < part.count / 32; b++) {
        __m256i dots[2][3];
        ck_tile_block32_avx2(panel, b, codes, columns, kind, dots);
        for (int v = 0; v < 2; v++) {
            __m256 scale = _mm256_load_ps((const float *)panel->scales[b] + 8 * v);
            __m256 minimum = _mm256_load_ps((const float *)panel->minima[b] + 8 * v);
            for (int c = 0; c < columns; c++) {
                __m256 scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(dots[v][c]), _mm256_broadcast_ss(scales[c] + b));
                totals[v][c] = _mm256_fmadd_ps(scaled, scale, totals[v][c]);
                totals[v][c] = _mm256_fmadd_ps(minimum, _mm256_broadcast_ss(column_sums[c] + b), totals[v][c]);
            }
        }
    }
    for (int c = 0; c < columns; c++) {
        for (int v = 0; v < 2; v++) _mm256_store_ps(sums + c * CK_SUM_ROWS + 8 * v, totals[v][c]);
    }
}

CK_INLINE size_t ck_tile32_avx2(const ck_panel *panel, const ck_product *product, size_t first_column, size_t limit,
                                const ck_code_kind kind, ck_elements part, float *sums) {
    switch (limit) {
    case 1: ck_tile_columns32_avx2(panel, product, first_column, 1, kind, part, sums); return 1;
    case 2: ck_tile_columns32_avx2(panel, product, first_column, 2, kind, part, sums); return 2;
    default: ck_tile_columns32_avx2(panel, product, first_column, 3, kind, part, sums); return 3;
    }
}

/// All columns, a constant of 4 or less, by dot products.
CK_INLINE void ck_multiply32_by_dots_avx2(const ck_product *product, const int columns, const ck_code_kind kind,
                                          ck_read32_avx2 read) {
    size_t row = 0;
    for (; row + 2 <= product->rows; row += 2) ck_dots32_avx2(product, row, 2, columns, kind, read);
    for (; row < product->rows; row++) ck_dots32_avx2(product, row, 1, columns, kind, read);
}

CK_TARGET_END

/// The product of a format, from its function `read`.
#define CK_MULTIPLY32_AVX2(type, kind)                                                                                 \
    static void fill(const ck_product *product, size_t first_row, size_t rows, ck_elements part, ck_panel *out) {      \
        ck_fill_panel32_avx2(product, first_row, rows, part, out, read);                                               \
    }                                                                                                                  \
    static size_t tile(const ck_panel *panel, const ck_product *product, size_t first_column, size_t limit,            \
                       ck_elements part, float *sums) {                                                                \
        return ck_tile32_avx2(panel, product, first_column, limit, kind, part, sums);                                  \
    }                                                                                                                  \
    void ck_##type##_multiply_avx2(const ck_product *product) {                                                        \
        switch (product->columns) {                                                                                    \
        case 0: break;                                                                                                 \
        case 1: ck_multiply32_by_dots_avx2(product, 1, kind, read); break;                                             \
        case 2: ck_multiply32_by_dots_avx2(product, 2, kind, read); break;                                             \
        case 3: ck_multiply32_by_dots_avx2(product, 3, kind, read); break;                                             \
        case 4: ck_multiply32_by_dots_avx2(product, 4, kind, read); break;                                             \
        default: ck_multiply_by_panels(product, CK_INTEGER_ELEMENTS, fill, tile);                                      \
        }                                                                                                              \
    }

#endif
