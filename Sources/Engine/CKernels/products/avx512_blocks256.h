#ifndef CK_AVX512_BLOCKS256_H
#define CK_AVX512_BLOCKS256_H

// Products of the formats with blocks of 256 elements with many columns.

#include "avx512.h"

#include "dots/avx2.h"

#include "avx2_blocks256.h"

CK_TARGET_BEGIN

/// The arithmetic of a block of 256 for 16 rows: that of ck_add_block256_avx2. `dots` begin with ck_starts256_avx512, or
/// with zeros, and then there are `offsets`.
CK_INLINE __m512 ck_add_block256_avx512(__m512 total, __m512i dots, __m512i offsets, __m512 scale, __m512 minimum,
                                        __m512 column_scale, const ck_shape256_avx2 shape) {
    __m512 value;
    if (shape.zero != 0) {
        value = _mm512_mul_ps(_mm512_cvtepi32_ps(dots), scale);
    } else {
        __m512 offset = _mm512_mul_ps(_mm512_cvtepi32_ps(offsets), minimum);
        value = _mm512_fmsub_ps(_mm512_cvtepi32_ps(dots), scale, offset);
    }
    return _mm512_fmadd_ps(value, column_scale, total);
}

/// What the sums of products of the sub-blocks of block `block` begin with: -zero × the sum of the activations, so that
/// codes need not be made signed and minima are not needed. One a sub-block.
CK_INLINE void ck_starts256_avx512(const void *column, size_t n, size_t block, const ck_shape256_avx2 shape,
                                   int32_t out[16]) {
    __m512i sums = _mm512_cvtepi16_epi32(ck_sums256_avx2(column, n, block, shape.width));
    _mm512_store_si512(out, _mm512_mullo_epi32(sums, _mm512_set1_epi32(-shape.zero)));
}

/// Sums of minima × sums of activations of 16 rows with a column in block `block`; zeros where the shape has none.
/// `minima`: 16-bit, two sub-blocks each.
CK_INLINE __m512i ck_offsets256_avx512(const __m512i *minima, const void *column, size_t n, size_t block,
                                       const ck_shape256_avx2 shape) {
    const size_t sub_blocks = 256 / (size_t)shape.width;
    const int16_t *sums = shape.width == 16 ? ck_int8_256_sums16(column, n) : ck_int8_256_sums32(column, n);
    __m512i offsets = _mm512_setzero_si512();
    for (size_t pair = 0; shape.zero == 0 && pair < sub_blocks / 2; pair++) {
        int two;
        memcpy(&two, sums + sub_blocks * block + 2 * pair, sizeof two);
        offsets = _mm512_dpwssd_epi32(offsets, minima[pair], _mm512_set1_epi32(two));
    }
    return offsets;
}

/// `panel_count` panels, one or two, by `columns` columns; both counts are constants.
CK_INLINE void ck_microtile256_avx512(const ck_panel *panels, const int panel_count, const ck_product *product,
                                      size_t first_column, const int columns, const ck_shape256_avx2 shape,
                                      ck_elements part, float *sums) {
    const int8_t *codes[CK_MICROTILE_COLUMNS_AVX512];
    const size_t words = (size_t)shape.width / 4, sub_blocks = 64 / words, block = part.first / 256;
    __m512i totals[CK_MICROTILE_COLUMNS_AVX512][2];
    _Alignas(64) int32_t starts[CK_MICROTILE_COLUMNS_AVX512][16];
    for (int c = 0; c < columns; c++) {
        const void *column = ck_column(product, first_column + (size_t)c);
        codes[c] = ck_int8_256_codes(column) + part.first;
        if (shape.zero != 0) ck_starts256_avx512(column, product->n, block, shape, starts[c]);
        totals[c][0] = totals[c][1] = _mm512_setzero_si512();
    }
    for (size_t s = 0; s < sub_blocks; s++) {
        __m512i dots[CK_MICROTILE_COLUMNS_AVX512][2];
        for (int c = 0; c < columns; c++) {
            dots[c][0] = shape.zero != 0 ? _mm512_set1_epi32(starts[c][s]) : _mm512_setzero_si512();
            dots[c][1] = dots[c][0];
        }
        ck_dot_words_avx512(panels, panel_count, words * s, (int)words, codes, columns, dots);
        for (int v = 0; v < panel_count; v++) {
            __m512i scales = _mm512_srai_epi32(_mm512_load_si512(panels[v].scales[s]), 16);  // each is there twice
            for (int c = 0; c < columns; c++) {
                totals[c][v] = _mm512_add_epi32(totals[c][v], _mm512_mullo_epi32(dots[c][v], scales));
            }
        }
    }
    for (int c = 0; c < columns; c++) {
        const void *column = ck_column(product, first_column + (size_t)c);
        __m512 column_scale = _mm512_set1_ps(ck_int8_256_scales(column, product->n)[block]);
        for (int v = 0; v < panel_count; v++) {
            const __m512i *minima = (const __m512i *)panels[v].minima;
            __m512i offsets = ck_offsets256_avx512(minima, column, product->n, block, shape);
            float *sum = sums + c * CK_SUM_ROWS + v * CK_PANEL_ROWS;
            __m512 total = ck_add_block256_avx512(_mm512_load_ps(sum), totals[c][v], offsets,
                                                  _mm512_load_ps(panels[v].scale), _mm512_load_ps(panels[v].minimum),
                                                  column_scale, shape);
            _mm512_store_ps(sum, total);
        }
    }
}

CK_TARGET_END

/// The product of a format, from a shape, a function that reads unsigned codes, and the product with few columns.
#define CK_MULTIPLY256_AVX512(type, shape, read, multiply_few)                                                         \
    CK_MULTIPLY_INTEGERS_AVX512(type, multiply_few, ck_fill_panel256_avx2, ck_microtile256_avx512, shape, read)

#endif
