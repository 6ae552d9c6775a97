#ifndef CK_AVX512_FLOATS_H
#define CK_AVX512_FLOATS_H

// Products of the float formats. Lanes go along the rows: a vector has 16 words of a row, where a word is an element of
// 32 bits or a pair of 16 bits each, and each (row, column) of a microtile has a vector of sums. Rows are read as
// they lie in the file, nothing is transposed or unpacked ahead. For the order of sums see panel.h.

#include "avx512.h"

#include "panel.h"

enum {
    CK_FLOAT_ROWS_AVX512 = 4,         // of a microtile
    CK_FLOAT_ROWS_OF_FEW_AVX512 = 8,  // of a microtile of one or two columns
    CK_FLOAT_BLOCK_AVX512 = 32,       // rows that stay in the second-level cache while all columns pass
};

/// The words of a vector, from the element numbered `index`; zeros where `mask` has no bit for an element.
typedef __m512i ck_read_words_avx512(const void *elements, size_t index, __mmask32 mask);
/// Adds the products of words to sums.
typedef __m512 ck_add_words_avx512(__m512 sums, __m512i weights, __m512i column);

/// How a product reads and multiplies, all constants.
typedef struct {
    size_t elements, bytes;  // of a vector of a row
    size_t columns_ahead;    // bytes of the next columns that are asked for with each vector of the rows
    ck_read_words_avx512 *read_weights, *read_column;
    ck_add_words_avx512 *add;
} ck_words_avx512;

CK_TARGET_BEGIN

CK_INLINE __m512i ck_read_floats_avx512(const void *elements, size_t index, __mmask32 mask) {
    return _mm512_castps_si512(_mm512_maskz_loadu_ps((__mmask16)mask, (const float *)elements + index));
}

CK_INLINE __m512 ck_add_floats_avx512(__m512 sums, __m512i weights, __m512i column) {
    return _mm512_fmadd_ps(_mm512_castsi512_ps(weights), _mm512_castsi512_ps(column), sums);
}

/// Sums of the lanes of four vectors.
CK_INLINE __m128 ck_sum_lanes_avx512(const __m512 *vectors) {
    __m512 pair[2];
    for (int i = 0; i < 2; i++) {
        __m512 a = vectors[2 * i], b = vectors[2 * i + 1];
        pair[i] = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    }
    __m512d a = _mm512_castps_pd(pair[0]), b = _mm512_castps_pd(pair[1]);
    __m512 low = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b)), high = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    __m512 four = _mm512_add_ps(low, high);
    __m256 two = _mm256_add_ps(_mm512_castps512_ps256(four), _mm512_extractf32x8_ps(four, 1));
    return _mm_add_ps(_mm256_castps256_ps128(two), _mm256_extractf128_ps(two, 1));
}

/// Asks for some bytes and moves on. Rows are one stretch of memory, while the hardware's own prefetching would follow
/// each of them, and anew in every page.
CK_INLINE void ck_prefetch_avx512(const char **ahead, size_t bytes) {
    for (size_t line = 0; line < bytes; line += 64) _mm_prefetch(*ahead + line, _MM_HINT_T1);
    *ahead += bytes;
}

/// What a microtile asks for: with the first columns, the rows after the next microtile's. Later the rows are in a cache,
/// and the microtiles of a block share the columns of the next block of microtiles.
CK_INLINE const char *ck_ahead_of_microtile_avx512(const ck_product *product, size_t first_row, const size_t rows,
                                                   size_t next_column, bool is_first, ck_words_avx512 words) {
    if (is_first) return ck_row(product, first_row + 2 * rows);
    const size_t microtile = first_row % CK_FLOAT_BLOCK_AVX512 / rows;
    const size_t bytes = product->n / words.elements * words.columns_ahead;
    return (const char *)ck_column(product, next_column) + microtile * bytes;
}

/// `height` rows, a constant, or as many as the task has from the first on, by `count` columns, a constant.
CK_INLINE void ck_float_microtile_avx512(const ck_product *product, size_t first_row, const int height,
                                         size_t first_column, const int count, ck_words_avx512 words) {
    const void *rows[CK_FLOAT_ROWS_OF_FEW_AVX512], *columns[CK_NARROW_COLUMNS_AVX512];
    __m512 sums[CK_NARROW_COLUMNS_AVX512][CK_FLOAT_ROWS_OF_FEW_AVX512];
    for (int r = 0; r < height; r++) {
        rows[r] = ck_row(product, ck_smaller(first_row + (size_t)r, product->rows - 1));
    }
    for (int c = 0; c < count; c++) {
        columns[c] = ck_column(product, first_column + (size_t)c);
        for (int r = 0; r < height; r++) sums[c][r] = _mm512_setzero_ps();
    }
#define ADD(index, mask)                                                                                               \
    {                                                                                                                  \
        __m512i weights[CK_FLOAT_ROWS_OF_FEW_AVX512];                                                                  \
        for (int r = 0; r < height; r++) weights[r] = words.read_weights(rows[r], index, mask);                        \
        for (int c = 0; c < count; c++) {                                                                              \
            __m512i column = words.read_column(columns[c], index, mask);                                               \
            for (int r = 0; r < height; r++) sums[c][r] = words.add(sums[c][r], weights[r], column);                   \
        }                                                                                                              \
    }
    const bool is_first = first_column == 0;
    const char *ahead = ck_ahead_of_microtile_avx512(product, first_row, (size_t)height, first_column + (size_t)count,
                                                     is_first, words);
    size_t i = 0;
    for (; i + words.elements <= product->n; i += words.elements) {
        ck_prefetch_avx512(&ahead, is_first ? (size_t)height * words.bytes : words.columns_ahead);
        ADD(i, ~0u)
    }
    if (i < product->n) ADD(i, (1u << (product->n - i)) - 1)
#undef ADD
    // The lanes of four rows are added up together.
    for (int r = 0; r < height; r += 4) {
        const size_t row = first_row + (size_t)r;
        if (row >= product->rows) break;
        const size_t left = product->rows - row;
        const __mmask8 stored = (__mmask8)(left < 4 ? (1u << left) - 1 : 0xf);
        for (int c = 0; c < count; c++) {
            float *out = product->out + (first_column + (size_t)c) * product->out_stride + row;
            _mm_mask_storeu_ps(out, stored, ck_sum_lanes_avx512(&sums[c][r]));
        }
    }
}

CK_INLINE void ck_multiply_floats_avx512(const ck_product *product, ck_words_avx512 words) {
    for (size_t first = 0; first < product->rows; first += CK_FLOAT_BLOCK_AVX512) {
        const size_t end = ck_smaller(product->rows, first + CK_FLOAT_BLOCK_AVX512);
#define MICROTILES(column, count)                                                                                      \
    {                                                                                                                  \
        const int height = (count) <= 2 ? CK_FLOAT_ROWS_OF_FEW_AVX512 : CK_FLOAT_ROWS_AVX512;                          \
        for (size_t row = first; row < end; row += (size_t)height) {                                                   \
            ck_float_microtile_avx512(product, row, height, column, count, words);                                     \
        }                                                                                                              \
    }
        CK_FOR_NARROW_MICROTILES_AVX512(product, MICROTILES)
#undef MICROTILES
    }
}

CK_TARGET_END

#endif
