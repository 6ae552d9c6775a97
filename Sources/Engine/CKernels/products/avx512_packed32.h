#ifndef CK_AVX512_PACKED32_H
#define CK_AVX512_PACKED32_H

// Products of packed formats with blocks of 32 elements.

#include "avx512_packed.h"

#include "avx512_blocks32.h"

CK_TARGET_BEGIN

/// 2^(e - 128) for 16 bytes e.
CK_INLINE __m512 ck_powers_of_two_avx512(__m128i bytes) {
    __m512i exponents = _mm512_cvtepu8_epi32(bytes);
    __m512i normal = _mm512_slli_epi32(_mm512_sub_epi32(exponents, _mm512_set1_epi32(1)), 23);
    __m512i subnormal = _mm512_sllv_epi32(_mm512_set1_epi32(0x00200000), exponents);  // 0 and 1
    __mmask16 is_normal = _mm512_cmpgt_epi32_mask(exponents, _mm512_set1_epi32(1));
    return _mm512_castsi512_ps(_mm512_mask_blend_epi32(is_normal, subnormal, normal));
}

/// Scales and minima of a block of 16 rows. They are the first word, or what is left beside words.
CK_INLINE void ck_read_packed_scales32_avx512(ck_packed_block block, const ck_shape32_avx2 shape, __m512 *scale,
                                              __m512 *minimum) {
    *minimum = _mm512_setzero_ps();
    if (shape.has_minimum) {
        ck_read_halves_avx512(&block.words[0], scale, minimum);
    } else if (shape.scale_is_exponent) {
        *scale = ck_powers_of_two_avx512(_mm_loadu_si128((const __m128i *)(const void *)block.rest));
    } else {
        *scale = _mm512_cvtph_ps(ck_load256(block.rest));
    }
}

/// A band by `columns` columns, a constant.
CK_INLINE void ck_packed32_avx512(const ck_product *product, ck_band band, size_t first_column, const int columns,
                                  const ck_shape32_avx2 shape, ck_read_word_avx512 read_word) {
    ck_column32 column[CK_NARROW_COLUMNS_AVX512];
    const int8_t *codes[CK_NARROW_COLUMNS_AVX512];
    __m512 totals[CK_NARROW_COLUMNS_AVX512][2];
    for (int c = 0; c < columns; c++) {
        column[c] = ck_column32_from(product, first_column + (size_t)c, 0);
        totals[c][0] = totals[c][1] = _mm512_setzero_ps();
    }
    for (size_t b = 0; b < product->n / 32; b++) {
        const ck_packed_block halves[2] = {ck_packed_block_of(band.first, 0, b, shape.bytes),
                                           ck_packed_block_of(band.first, 16, b, shape.bytes)};
        if (product->tuning.stream_ahead != 0) {
            ck_touch_avx512((const char *)halves[0].words + product->tuning.stream_ahead, CK_BAND_ROWS * shape.bytes);
        }
        __m512i dots[CK_NARROW_COLUMNS_AVX512][2];
        for (int c = 0; c < columns; c++) {
            codes[c] = column[c].codes + 32 * b;
            dots[c][0] = dots[c][1] = _mm512_setzero_si512();
        }
        __m512 scales[2], minima[2];
        for (int v = 0; v < 2; v++) ck_read_packed_scales32_avx512(halves[v], shape, &scales[v], &minima[v]);
        ck_dot_packed_avx512(halves, (ck_place){0, 0, 0}, 8, codes, 0, columns, read_word, dots);
        for (int c = 0; c < columns; c++) {
            for (int v = 0; v < 2; v++) {
                totals[c][v] = ck_add_block32_avx512(totals[c][v], dots[c][v], scales[v], minima[v], &column[c], b,
                                                     shape);
            }
        }
    }
    for (int c = 0; c < columns; c++) ck_store_band_avx512(product, band, first_column + (size_t)c, totals[c]);
}

CK_INLINE void ck_fill_packed32_avx512(const ck_product *product, size_t row, ck_elements part,
                                       const ck_shape32_avx2 shape, ck_read_word_avx512 read_word, ck_panel *out) {
    for (size_t b = 0; b < part.count / 32; b++) {
        ck_packed_block block = ck_packed_block_of_row(product, row, part.first / 32 + b, shape.bytes);
        __m512 scale, minimum;
        ck_read_packed_scales32_avx512(block, shape, &scale, &minimum);
        _mm512_store_ps(out->scales[b], scale);
        _mm512_store_ps(out->minima[b], minimum);
        ck_store_words_avx512(block, (ck_place){0, 0, 0}, 8, read_word, out->codes + 8 * b);
    }
}

CK_TARGET_END

/// The packed product of a format, from its shape and the function that reads the codes of its blocks.
#define CK_MULTIPLY_PACKED32_AVX512(type, shape, read_word)                                                            \
    static void fill_packed(const ck_product *product, size_t first_row, size_t rows, ck_elements part,                \
                            ck_panel *out) {                                                                           \
        (void)rows; /* those that a band lacks are zero already */                                                     \
        ck_fill_packed32_avx512(product, first_row, part, shape, read_word, out);                                      \
    }                                                                                                                  \
    CK_INLINE void packed_kernel(const ck_product *product, ck_band band, size_t first_column, const int columns) {    \
        ck_packed32_avx512(product, band, first_column, columns, shape, read_word);                                    \
    }                                                                                                                  \
    CK_MULTIPLY_PACKED_AVX512(type)

#endif
