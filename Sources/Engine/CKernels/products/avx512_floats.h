#ifndef CK_AVX512_FLOATS_H
#define CK_AVX512_FLOATS_H

// Products of the float formats. Lanes go along the rows: a vector has 16 words of one row, where a word is an element in
// 32 bits or a pair of 16-bit ones, and each (row, column) of a register tile a vector of sums. Nothing is transposed,
// and rows are read as they lie in the file. For the order of sums see panel.h.

#include "avx512.h"

#include "panel.h"

enum {
    CK_FLOAT_ROWS_AVX512 = 4,       // of a tile
    CK_FLOAT_COLUMNS_AVX512 = 6,
    CK_FLOAT_BLOCK_AVX512 = 64,     // rows
    CK_FLOAT_SUMS_AVX512 = CK_FLOAT_BLOCK_AVX512 + 4,  // so that columns are not a page apart
    CK_FLOAT_PART_AVX512 = 128,     // vectors of a row: what a tile reads again stays in the second-level cache
    CK_FEW_FLOAT_COLUMNS_AVX512 = 4,  // up to here rows are read whole
};

/// The words of a vector, from the element numbered `index`; zeros where `mask` has no bit for an element.
typedef __m512i ck_read_words_avx512(const void *elements, size_t index, __mmask32 mask);
/// Adds the products of words to sums.
typedef __m512 ck_add_words_avx512(__m512 sums, __m512i weights, __m512i column);

/// How a product reads and multiplies, all constants.
typedef struct {
    size_t elements;  // of a vector
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

/// Sums of the lanes of 16 vectors: lane i is that of vectors[i]. Lanes eight apart are added first, then those four
/// apart, and so on.
CK_INLINE __m512 ck_sum_lanes_avx512(const __m512 *vectors) {
    __m512 eight[8], four[4], two[2];
    for (int i = 0; i < 8; i++) {
        __m512 a = vectors[i], b = vectors[i + 8];
        eight[i] = _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
    }
    for (int i = 0; i < 4; i++) {
        __m512 a = eight[i], b = eight[i + 4];
        four[i] = _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
    }
    for (int i = 0; i < 2; i++) {
        __m512 a = four[i], b = four[i + 2];
        two[i] = _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xee));
    }
    __m512 sums = _mm512_add_ps(_mm512_shuffle_ps(two[0], two[1], 0x88), _mm512_shuffle_ps(two[0], two[1], 0xdd));
    const __m512i order = _mm512_setr_epi32(0, 2, 1, 3, 8, 10, 9, 11, 4, 6, 5, 7, 12, 14, 13, 15);
    return _mm512_permutexvar_ps(order, sums);
}

/// Adds the products of a part of four rows with `count` columns, a constant, to `sums` [column][row]. Rows beyond the
/// task's are its last one.
CK_INLINE void ck_float_tile_avx512(const ck_product *product, size_t first_row, size_t first_column, const int count,
                                    ck_elements part, ck_words_avx512 words, __m512 *sums) {
    const void *rows[CK_FLOAT_ROWS_AVX512], *columns[CK_FLOAT_COLUMNS_AVX512];
    __m512 totals[CK_FLOAT_COLUMNS_AVX512][CK_FLOAT_ROWS_AVX512];
    for (int r = 0; r < CK_FLOAT_ROWS_AVX512; r++) {
        rows[r] = ck_row(product, ck_smaller(first_row + (size_t)r, product->rows - 1));
    }
    for (int c = 0; c < count; c++) {
        columns[c] = ck_column(product, first_column + (size_t)c);
        for (int r = 0; r < CK_FLOAT_ROWS_AVX512; r++) totals[c][r] = sums[c * CK_FLOAT_SUMS_AVX512 + r];
    }
#define ADD(index, mask)                                                                                               \
    {                                                                                                                  \
        __m512i weights[CK_FLOAT_ROWS_AVX512];                                                                         \
        for (int r = 0; r < CK_FLOAT_ROWS_AVX512; r++) weights[r] = words.read_weights(rows[r], index, mask);          \
        for (int c = 0; c < count; c++) {                                                                              \
            __m512i column = words.read_column(columns[c], index, mask);                                               \
            for (int r = 0; r < CK_FLOAT_ROWS_AVX512; r++) totals[c][r] = words.add(totals[c][r], weights[r], column); \
        }                                                                                                              \
    }
    const size_t end = part.first + part.count;
    size_t i = part.first;
    for (; i + words.elements <= end; i += words.elements) ADD(i, ~0u)
    if (i < end) ADD(i, (1u << (end - i)) - 1)
#undef ADD
    for (int c = 0; c < count; c++) {
        for (int r = 0; r < CK_FLOAT_ROWS_AVX512; r++) sums[c * CK_FLOAT_SUMS_AVX512 + r] = totals[c][r];
    }
}

CK_INLINE void ck_float_tile_columns_avx512(const ck_product *product, size_t first_row, size_t first_column,
                                            size_t count, ck_elements part, ck_words_avx512 words, __m512 *sums) {
#define TILE(count) ck_float_tile_avx512(product, first_row, first_column, count, part, words, sums)
    switch (count) {
    case 1: TILE(1); break;
    case 2: TILE(2); break;
    case 3: TILE(3); break;
    case 4: TILE(4); break;
    case 5: TILE(5); break;
    case 6: TILE(6); break;
    }
#undef TILE
}

/// 64 rows or fewer by `columns` columns, six or fewer.
CK_INLINE void ck_multiply_float_block_avx512(const ck_product *product, size_t first_row, size_t first_column,
                                              size_t columns, ck_words_avx512 words) {
    __m512 sums[CK_FLOAT_COLUMNS_AVX512][CK_FLOAT_SUMS_AVX512];
    const size_t rows = ck_smaller(product->rows - first_row, CK_FLOAT_BLOCK_AVX512);
    const bool few = product->columns <= CK_FEW_FLOAT_COLUMNS_AVX512;
    const size_t elements = few ? product->n : CK_FLOAT_PART_AVX512 * words.elements;
    memset(sums, 0, columns * sizeof sums[0]);
    for (size_t first = 0; first < product->n; first += elements) {
        const ck_elements part = {first, ck_smaller(product->n - first, elements)};
        if (first_column == 0 && first + elements < product->n) {
            ck_prefetch_part(product, first_row, rows, first + elements, elements);
        }
        for (size_t r = 0; r < rows; r += CK_FLOAT_ROWS_AVX512) {
            ck_float_tile_columns_avx512(product, first_row + r, first_column, columns, part, words, &sums[0][r]);
        }
    }
    for (size_t c = 0; c < columns; c++) {
        float *out = product->out + (first_column + c) * product->out_stride + first_row;
        for (size_t r = 0; r < rows; r += 16) {
            __mmask16 mask = (__mmask16)(rows - r < 16 ? (1u << (rows - r)) - 1 : 0xffff);
            _mm512_mask_storeu_ps(out + r, mask, ck_sum_lanes_avx512(&sums[c][r]));
        }
    }
}

CK_INLINE void ck_multiply_floats_avx512(const ck_product *product, ck_words_avx512 words) {
    for (size_t row = 0; row < product->rows; row += CK_FLOAT_BLOCK_AVX512) {
        for (size_t column = 0, count; column < product->columns; column += count) {
            const size_t left = product->columns - column;
            const size_t tiles = (left + CK_FLOAT_COLUMNS_AVX512 - 1) / CK_FLOAT_COLUMNS_AVX512;
            count = (left + tiles - 1) / tiles;  // so that all tiles are about as wide
            ck_multiply_float_block_avx512(product, row, column, count, words);
        }
    }
}

CK_TARGET_END

#endif
