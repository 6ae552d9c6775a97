#ifndef CK_AVX512_PACKED256_H
#define CK_AVX512_PACKED256_H

// Products of packed formats with blocks of 256 elements.

#include "avx512_packed.h"

#include "avx512_blocks256.h"

/// What a format tells of a block of 16 rows, but for its codes.
typedef struct {
    __m512i scales[16];  // 32-bit, a sub-block each
    __m512i minima[8];   // 16-bit, two sub-blocks each; none where the shape has a zero
    __m512 scale, minimum;
} ck_packed_head256_avx512;

typedef void ck_read_packed_head256_avx512(ck_packed_block block, ck_packed_head256_avx512 *out);

CK_TARGET_BEGIN

/// Adds the products of a part of the runs of a group of a band's block with `columns` columns, scaled, to `sums`.
CK_INLINE void ck_add_runs256_avx512(const ck_packed_block *halves, const ck_packed_head256_avx512 *heads,
                                     const int group, const int part, const int8_t *const *codes,
                                     const int32_t (*starts)[16], const int columns, const ck_shape256_avx2 shape,
                                     const int runs_a_group, ck_read_word_avx512 read_word, __m512i (*sums)[2]) {
#pragma unroll
    for (int run = 0; run < runs_a_group; run++) {
        const int sub_block = 32 / shape.width * (group * runs_a_group + run) + part;
        __m512i dots[CK_NARROW_COLUMNS_AVX512][2];
        for (int c = 0; c < columns; c++) {
            dots[c][0] = shape.zero != 0 ? _mm512_set1_epi32(starts[c][sub_block]) : _mm512_setzero_si512();
            dots[c][1] = dots[c][0];
        }
        ck_dot_packed_avx512(halves, (ck_place){group, part, run}, shape.width / 4, codes, 32 * (size_t)run, columns,
                             read_word, dots);
        for (int c = 0; c < columns; c++) {
            for (int v = 0; v < 2; v++) {
                __m512i scaled = _mm512_mullo_epi32(dots[c][v], heads[v].scales[sub_block]);
                sums[c][v] = _mm512_add_epi32(sums[c][v], scaled);
            }
        }
    }
}

/// A band by `columns` columns, a constant.
CK_INLINE void ck_packed256_avx512(const ck_product *product, ck_band band, size_t first_column, const int columns,
                                   const ck_shape256_avx2 shape, ck_read_packed_head256_avx512 read_head,
                                   const int runs_a_group, ck_read_word_avx512 read_word) {
    const int parts = 32 / shape.width;
    __m512 totals[CK_NARROW_COLUMNS_AVX512][2];
    for (int c = 0; c < columns; c++) totals[c][0] = totals[c][1] = _mm512_setzero_ps();
    for (size_t b = 0; b < product->n / 256; b++) {
        const ck_packed_block halves[2] = {ck_packed_block_of(band.first, 0, b, shape.bytes),
                                           ck_packed_block_of(band.first, 16, b, shape.bytes)};
        ck_packed_head256_avx512 heads[2];
        for (int v = 0; v < 2; v++) read_head(halves[v], &heads[v]);
        const int8_t *codes[CK_NARROW_COLUMNS_AVX512];
        __m512i sums[CK_NARROW_COLUMNS_AVX512][2];
        _Alignas(64) int32_t starts[CK_NARROW_COLUMNS_AVX512][16];
        for (int c = 0; c < columns; c++) {
            const void *column = ck_column(product, first_column + (size_t)c);
            codes[c] = ck_int8_256_codes(column) + 256 * b;
            if (shape.zero != 0) ck_starts256_avx512(column, product->n, b, shape, starts[c]);
            sums[c][0] = sums[c][1] = _mm512_setzero_si512();
        }
        const int steps = parts * 8 / runs_a_group;
        const size_t share = shape.bytes / 4 * sizeof(ck_band_word) / (size_t)steps;
#pragma clang loop unroll(disable)
        for (int i = 0; i < steps; i++) {
            const int group = i / parts, part = i % parts;
            ck_touch_avx512((const char *)halves[0].words + share * (size_t)i + product->tuning.stream_ahead, share);
            ck_add_runs256_avx512(halves, heads, group, part, codes, starts, columns, shape, runs_a_group, read_word,
                                  sums);
            const int next = part + 1 < parts ? shape.width : 32 * runs_a_group - (parts - 1) * shape.width;
            for (int c = 0; c < columns; c++) codes[c] += next;
        }
        for (int c = 0; c < columns; c++) {
            const void *column = ck_column(product, first_column + (size_t)c);
            __m512 column_scale = _mm512_set1_ps(ck_int8_256_scales(column, product->n)[b]);
            for (int v = 0; v < 2; v++) {
                __m512i offsets = ck_offsets256_avx512(heads[v].minima, column, product->n, b, shape);
                totals[c][v] = ck_add_block256_avx512(totals[c][v], sums[c][v], offsets, heads[v].scale,
                                                      heads[v].minimum, column_scale, shape);
            }
        }
    }
    for (int c = 0; c < columns; c++) ck_store_band_avx512(product, band, first_column + (size_t)c, totals[c]);
}

CK_INLINE void ck_fill_packed256_avx512(const ck_product *product, size_t row, ck_elements part,
                                        const ck_shape256_avx2 shape, ck_read_packed_head256_avx512 read_head,
                                        const int runs_a_group, ck_read_word_avx512 read_word, ck_panel *out) {
    ck_packed_block block = ck_packed_block_of_row(product, row, part.first / 256, shape.bytes);
    ck_packed_head256_avx512 head;
    read_head(block, &head);
    for (int s = 0; s < 256 / shape.width; s++) {
        _mm512_store_si512(out->scales[s], _mm512_slli_epi32(head.scales[s], 16));
    }
    for (int p = 0; shape.zero == 0 && p < 128 / shape.width; p++) _mm512_store_si512(out->minima[p], head.minima[p]);
    _mm512_store_ps(out->scale, head.scale);
    _mm512_store_ps(out->minimum, head.minimum);
    const int parts = 32 / shape.width, words = shape.width / 4;
    for (int i = 0; i < parts * 8 / runs_a_group; i++) {
        const int group = i / parts, part = i % parts;
#pragma unroll
        for (int run = 0; run < runs_a_group; run++) {
            uint32_t(*codes)[CK_PANEL_ROWS] = out->codes + 8 * (group * runs_a_group + run) + words * part;
            ck_store_words_avx512(block, (ck_place){group, part, run}, words, read_word, codes);
        }
    }
}

/// The heads of formats whose blocks begin with an f16 scale, an f16 minimum and 12 bytes as in ck_unpack_scales6.
CK_INLINE void ck_read_packed_head6_avx512(ck_packed_block block, ck_packed_head256_avx512 *out) {
    const __m512i six = _mm512_set1_epi8(63), low = _mm512_set1_epi8(15), upper = _mm512_set1_epi8(48);
    __m512i w[3];
    for (int i = 0; i < 3; i++) w[i] = ck_load_word_avx512(&block.words[1 + i]);
    __m512i scales[2] = {_mm512_and_si512(w[0], six),
                         _mm512_or_si512(_mm512_and_si512(w[2], low),
                                         _mm512_and_si512(_mm512_srli_epi16(w[0], 2), upper))};
    __m512i minima[2] = {_mm512_and_si512(w[1], six),
                         _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi16(w[2], 4), low),
                                         _mm512_and_si512(_mm512_srli_epi16(w[1], 2), upper))};
    for (int s = 0; s < 8; s++) out->scales[s] = ck_byte_of_words_avx512(scales[s / 4], s % 4);
    for (int p = 0; p < 4; p++) out->minima[p] = ck_two_bytes_of_words_avx512(minima[p / 2], 2 * (p % 2));
    ck_read_halves_avx512(&block.words[0], &out->scale, &out->minimum);
}

CK_TARGET_END

/// The packed product of a format, from its shape and the functions that read the heads and the codes of its blocks.
#define CK_MULTIPLY_PACKED256_AVX512(type, shape, read_head, runs_a_group, read_word)                                  \
    static void fill_packed(const ck_product *product, size_t first_row, size_t rows, ck_elements part,                \
                            ck_panel *out) {                                                                           \
        (void)rows; /* those that a band lacks are zero already */                                                     \
        ck_fill_packed256_avx512(product, first_row, part, shape, read_head, runs_a_group, read_word, out);            \
    }                                                                                                                  \
    CK_INLINE void packed_kernel(const ck_product *product, ck_band band, size_t first_column, const int columns) {    \
        ck_packed256_avx512(product, band, first_column, columns, shape, read_head, runs_a_group, read_word);          \
    }                                                                                                                  \
    CK_MULTIPLY_PACKED_AVX512(type)

#endif
