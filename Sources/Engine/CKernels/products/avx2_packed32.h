#ifndef CK_AVX2_PACKED32_H
#define CK_AVX2_PACKED32_H

// Products of packed formats with blocks of 32 elements.

#include "dots/avx2.h"

#include "avx2_blocks32.h"
#include "avx2_packed.h"

CK_AVX2_BEGIN

/// Scales and minima of a block of eight rows. They are the first word, or what is left beside words.
CK_INLINE void ck_read_packed_scales32_avx2(ck_packed_block block, const ck_shape32_avx2 shape, __m256 *scale,
                                            __m256 *minimum) {
    *minimum = _mm256_setzero_ps();
    if (shape.has_minimum) {
        ck_read_halves_avx2(&block.words[0], scale, minimum);
    } else if (shape.scale_is_exponent) {
        *scale = ck_powers_of_two_avx2(_mm_cvtepu8_epi16(_mm_loadl_epi64((const __m128i *)(const void *)block.rest)));
    } else {
        *scale = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)block.rest));
    }
}

/// Adds block `b` of `quarters` quarters of a band, from `first` on, by `columns` columns to `totals`.
CK_INLINE void ck_add_packed32_avx2(ck_band band, const int first, const int quarters, size_t b,
                                    const ck_column32 *column, const int columns, const ck_shape32_avx2 shape,
                                    ck_read_word_avx2 read_word, __m256 (*totals)[CK_PACKED_COLUMNS_AVX2]) {
    const ck_codes_avx2 kind = ck_codes_of_kind(shape.kind);
    ck_packed_block blocks[CK_QUARTERS];
    const int8_t *codes[CK_PACKED_COLUMNS_AVX2];
    __m256i dots[CK_QUARTERS][CK_PACKED_COLUMNS_AVX2];
    for (int c = 0; c < columns; c++) codes[c] = column[c].codes + 32 * b;
    for (int q = 0; q < quarters; q++) {
        blocks[q] = ck_packed_block_of(band.first, CK_QUARTER_ROWS * (size_t)(first + q), b, shape.bytes);
    }
#pragma unroll
    for (int word = 0; word < 8; word += kind.run) {
        __m256i products[CK_QUARTERS][CK_PACKED_COLUMNS_AVX2];
        ck_dot_packed_avx2(blocks, quarters, (ck_place){0, 0, 0}, word, kind.run, codes, 0, columns, kind.are_signed,
                           read_word, products);
#pragma unroll
        for (int q = 0; q < quarters; q++) {
#pragma unroll
            for (int c = 0; c < columns; c++) {
                __m256i wide = _mm256_madd_epi16(products[q][c], _mm256_set1_epi16(1));
                dots[q][c] = word == 0 ? wide : _mm256_add_epi32(dots[q][c], wide);
            }
        }
    }
    for (int q = 0; q < quarters; q++) {
        __m256 scale, minimum;
        ck_read_packed_scales32_avx2(blocks[q], shape, &scale, &minimum);
        for (int c = 0; c < columns; c++) {
            totals[q][c] = ck_add_block32_avx2(totals[q][c], dots[q][c], scale, minimum, &column[c], b, shape);
        }
    }
}

/// A band by `columns` columns, `quarters` quarters at a time; both counts are constants.
CK_INLINE void ck_packed32_avx2(const ck_product *product, ck_band band, size_t first_column, const int columns,
                                const int quarters, const ck_shape32_avx2 shape, ck_read_word_avx2 read_word) {
    ck_column32 column[CK_PACKED_COLUMNS_AVX2];
    __m256 totals[CK_QUARTERS][CK_PACKED_COLUMNS_AVX2];
    for (int c = 0; c < columns; c++) {
        column[c] = ck_column32_from(product, first_column + (size_t)c, 0);
        for (int q = 0; q < CK_QUARTERS; q++) totals[q][c] = _mm256_setzero_ps();
    }
    for (size_t b = 0; b < product->n / 32; b++) {
        const size_t bytes = CK_BAND_ROWS * shape.bytes;
        ck_prefetch_packed_avx2(band.first + bytes * b, bytes, 0, 1);
#pragma unroll
        for (int first = 0; first < CK_QUARTERS; first += quarters) {
            ck_add_packed32_avx2(band, first, quarters, b, column, columns, shape, read_word, &totals[first]);
        }
    }
    for (int q = 0; q < CK_QUARTERS; q++) {
        for (int c = 0; c < columns; c++) {
            ck_store_quarter_avx2(product, band, q, first_column + (size_t)c, totals[q][c]);
        }
    }
}

CK_INLINE void ck_fill_packed32_avx2(const ck_product *product, size_t first_row, ck_elements part,
                                     const ck_shape32_avx2 shape, ck_read_word_avx2 read_word, ck_panel *out) {
    for (size_t b = 0; b < part.count / 32; b++) {
        for (size_t row = 0; row < CK_PANEL_ROWS; row += CK_QUARTER_ROWS) {
            ck_packed_block block = ck_packed_block_of_row(product, first_row + row, part.first / 32 + b, shape.bytes);
            __m256 scale, minimum;
            ck_read_packed_scales32_avx2(block, shape, &scale, &minimum);
            _mm256_storeu_ps((float *)&out->scales[b][row], scale);
            _mm256_storeu_ps((float *)&out->minima[b][row], minimum);
            ck_store_words_avx2(block, (ck_place){0, 0, 0}, 8, read_word, row, out->codes + 8 * b);
        }
    }
}

CK_TARGET_END

/// The packed product of a format, from its shape and the function that reads the codes of its blocks.
#define CK_MULTIPLY_PACKED32_AVX2(type, shape, read_word)                                                              \
    static void fill_packed(const ck_product *product, size_t first_row, size_t rows, ck_elements part,                \
                            ck_panel *out) {                                                                           \
        (void)rows; /* those that a band lacks are zero already */                                                     \
        ck_fill_packed32_avx2(product, first_row, part, shape, read_word, out);                                        \
    }                                                                                                                  \
    CK_INLINE void packed_kernel(const ck_product *product, ck_band band, size_t first_column, const int columns,      \
                                 const int quarters) {                                                                 \
        ck_packed32_avx2(product, band, first_column, columns, quarters, shape, read_word);                            \
    }                                                                                                                  \
    CK_MULTIPLY_PACKED_AVX2(type)

#endif
