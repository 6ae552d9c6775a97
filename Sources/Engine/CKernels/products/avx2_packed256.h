#ifndef CK_AVX2_PACKED256_H
#define CK_AVX2_PACKED256_H

// Products of packed formats with blocks of 256 elements.

#include "dots/avx2.h"

#include "avx2_blocks256.h"
#include "avx2_packed.h"

/// What a format tells of a block of eight rows, but for its codes.
typedef struct {
    __m256i scales[16];  // a sub-block each, as 16-bit numbers, twice
    __m256i minima[8];   // 16-bit, two sub-blocks each; none where the shape has a zero, or codes are signed
    __m256 scale, minimum;
} ck_packed_head256_avx2;

typedef void ck_read_packed_head256_avx2(ck_packed_block block, ck_packed_head256_avx2 *out);

CK_AVX2_BEGIN

CK_INLINE bool ck_has_offsets256_avx2(const ck_shape256_avx2 shape) {
    return shape.zero != 0 || !shape.minima_are_zeros;
}

/// Reads the head of a block; where codes have a zero, minima are scales × zero.
CK_INLINE void ck_read_whole_head256_avx2(ck_packed_block block, const ck_shape256_avx2 shape,
                                          ck_read_packed_head256_avx2 read_head, ck_packed_head256_avx2 *out) {
    read_head(block, out);
    if (shape.zero == 0) return;
    for (int pair = 0; pair < 128 / shape.width; pair++) {
        __m256i scales = _mm256_blend_epi16(out->scales[2 * pair], out->scales[2 * pair + 1], 0xaa);
        out->minima[pair] = _mm256_mullo_epi16(scales, _mm256_set1_epi16((short)shape.zero));
    }
}

/// Sums of minima × sums of activations of eight rows with a column in block `block`.
CK_INLINE __m256i ck_offsets256_avx2(const __m256i *minima, const void *column, size_t n, size_t block,
                                     const ck_shape256_avx2 shape) {
    const size_t sub_blocks = 256 / (size_t)shape.width;
    const int16_t *sums = shape.width == 16 ? ck_int8_256_sums16(column, n) : ck_int8_256_sums32(column, n);
    __m256i offsets = _mm256_setzero_si256();
    if (!ck_has_offsets256_avx2(shape)) return offsets;
#pragma unroll
    for (size_t pair = 0; pair < sub_blocks / 2; pair++) {
        __m256i two = ck_broadcast32(sums + sub_blocks * block + 2 * pair);
        offsets = _mm256_add_epi32(offsets, _mm256_madd_epi16(minima[pair], two));
    }
    return offsets;
}

/// Adds the products of a part of the runs of a group of a block with `columns` columns, scaled, to `sums`.
CK_INLINE void ck_add_runs256_avx2(const ck_packed_block *blocks, const ck_packed_head256_avx2 *heads,
                                   const int quarters, const int group, const int part, const int8_t *const *codes,
                                   const int columns, const ck_shape256_avx2 shape, const int runs_a_group,
                                   ck_read_word_avx2 read_word, __m256i (*sums)[CK_PACKED_COLUMNS_AVX2]) {
#pragma unroll
    for (int run = 0; run < runs_a_group; run++) {
        const int sub_block = 32 / shape.width * (group * runs_a_group + run) + part;
#pragma unroll
        for (int word = 0; word < shape.width / 4; word += shape.codes.run) {
            __m256i dots[CK_QUARTERS][CK_PACKED_COLUMNS_AVX2];
            ck_dot_packed_avx2(blocks, quarters, (ck_place){group, part, run}, word, shape.codes.run, codes,
                               32 * (size_t)run, columns, shape.codes.are_signed, read_word, dots);
#pragma unroll
            for (int q = 0; q < quarters; q++) {
#pragma unroll
                for (int c = 0; c < columns; c++) {
                    __m256i scaled = _mm256_madd_epi16(dots[q][c], heads[q].scales[sub_block]);
                    sums[q][c] = _mm256_add_epi32(sums[q][c], scaled);
                }
            }
        }
    }
}

/// Adds block `b` of `quarters` quarters of a band, from `first` on, by `columns` columns to `totals`.
CK_INLINE void ck_add_packed256_avx2(const ck_product *product, ck_band band, const int first, const int quarters,
                                     size_t b, size_t first_column, const int columns, const ck_shape256_avx2 shape,
                                     ck_read_packed_head256_avx2 read_head, const int runs_a_group,
                                     ck_read_word_avx2 read_word, __m256 (*totals)[CK_PACKED_COLUMNS_AVX2]) {
    const int parts = 32 / shape.width, steps = parts * 8 / runs_a_group;
    const size_t bytes = CK_BAND_ROWS * shape.bytes;
    ck_packed_block blocks[CK_QUARTERS];
    ck_packed_head256_avx2 heads[CK_QUARTERS];
    __m256i sums[CK_QUARTERS][CK_PACKED_COLUMNS_AVX2];
    const int8_t *codes[CK_PACKED_COLUMNS_AVX2];
    for (int q = 0; q < quarters; q++) {
        blocks[q] = ck_packed_block_of(band.first, CK_QUARTER_ROWS * (size_t)(first + q), b, shape.bytes);
        ck_read_whole_head256_avx2(blocks[q], shape, read_head, &heads[q]);
        for (int c = 0; c < columns; c++) sums[q][c] = _mm256_setzero_si256();
    }
    for (int c = 0; c < columns; c++) {
        codes[c] = ck_int8_256_codes(ck_column(product, first_column + (size_t)c)) + 256 * b;
    }
#pragma clang loop unroll(disable)
    for (int i = 0; i < steps; i++) {
        const int group = i / parts, part = i % parts;
        ck_prefetch_packed_avx2(band.first + bytes * b, bytes, steps * first / quarters + i,
                                steps * CK_QUARTERS / quarters);
        ck_add_runs256_avx2(blocks, heads, quarters, group, part, codes, columns, shape, runs_a_group, read_word, sums);
        const int next = part + 1 < parts ? shape.width : 32 * runs_a_group - (parts - 1) * shape.width;
        for (int c = 0; c < columns; c++) codes[c] += next;
    }
    for (int c = 0; c < columns; c++) {
        const void *column = ck_column(product, first_column + (size_t)c);
        __m256 column_scale = _mm256_broadcast_ss(ck_int8_256_scales(column, product->n) + b);
        for (int q = 0; q < quarters; q++) {
            __m256i offsets = ck_offsets256_avx2(heads[q].minima, column, product->n, b, shape);
            totals[q][c] = ck_add_block256_avx2(totals[q][c], sums[q][c], offsets, heads[q].scale, heads[q].minimum,
                                                column_scale, shape);
        }
    }
}

/// A band by `columns` columns, `quarters` quarters at a time; both counts are constants.
CK_INLINE void ck_packed256_avx2(const ck_product *product, ck_band band, size_t first_column, const int columns,
                                 const int quarters, const ck_shape256_avx2 shape,
                                 ck_read_packed_head256_avx2 read_head, const int runs_a_group,
                                 ck_read_word_avx2 read_word) {
    __m256 totals[CK_QUARTERS][CK_PACKED_COLUMNS_AVX2];
    for (int q = 0; q < CK_QUARTERS; q++) {
        for (int c = 0; c < columns; c++) totals[q][c] = _mm256_setzero_ps();
    }
    for (size_t b = 0; b < product->n / 256; b++) {
#pragma clang loop unroll(disable)
        for (int first = 0; first < CK_QUARTERS; first += quarters) {
            ck_add_packed256_avx2(product, band, first, quarters, b, first_column, columns, shape, read_head,
                                  runs_a_group, read_word, &totals[first]);
        }
    }
    for (int q = 0; q < CK_QUARTERS; q++) {
        for (int c = 0; c < columns; c++) {
            ck_store_quarter_avx2(product, band, q, first_column + (size_t)c, totals[q][c]);
        }
    }
}

CK_INLINE void ck_fill_packed256_avx2(const ck_product *product, size_t first_row, ck_elements part,
                                      const ck_shape256_avx2 shape, ck_read_packed_head256_avx2 read_head,
                                      const int runs_a_group, ck_read_word_avx2 read_word, ck_panel *out) {
    for (size_t row = 0; row < CK_PANEL_ROWS; row += CK_QUARTER_ROWS) {
        ck_packed_block block = ck_packed_block_of_row(product, first_row + row, part.first / 256, shape.bytes);
        ck_packed_head256_avx2 head;
        ck_read_whole_head256_avx2(block, shape, read_head, &head);
        for (int s = 0; s < 256 / shape.width; s++) {
            _mm256_storeu_si256((__m256i *)(void *)&out->scales[s][row], head.scales[s]);
        }
        for (int p = 0; p < 128 / shape.width; p++) {
            __m256i minima = ck_has_offsets256_avx2(shape) ? head.minima[p] : _mm256_setzero_si256();
            _mm256_storeu_si256((__m256i *)(void *)&out->minima[p][row], minima);
        }
        _mm256_storeu_ps(out->scale + row, head.scale);
        _mm256_storeu_ps(out->minimum + row, head.minimum);
        const int parts = 32 / shape.width, words = shape.width / 4;
        for (int i = 0; i < parts * 8 / runs_a_group; i++) {
            const int group = i / parts, part_of_run = i % parts;
#pragma unroll
            for (int run = 0; run < runs_a_group; run++) {
                uint32_t(*codes)[CK_PANEL_ROWS] = out->codes + 8 * (group * runs_a_group + run) + words * part_of_run;
                ck_store_words_avx2(block, (ck_place){group, part_of_run, run}, words, read_word, row, codes);
            }
        }
    }
}

/// The heads of formats whose blocks begin with an f16 scale, an f16 minimum and 12 bytes as in ck_unpack_scales6.
CK_INLINE void ck_read_packed_head6_avx2(ck_packed_block block, ck_packed_head256_avx2 *out) {
    const __m256i six = _mm256_set1_epi8(63), low = _mm256_set1_epi8(15), upper = _mm256_set1_epi8(48);
    __m256i w[3];
    for (int i = 0; i < 3; i++) w[i] = ck_load_word_avx2(&block.words[1 + i]);
    __m256i scales[2] = {_mm256_and_si256(w[0], six),
                         _mm256_or_si256(_mm256_and_si256(w[2], low),
                                         _mm256_and_si256(_mm256_srli_epi16(w[0], 2), upper))};
    __m256i minima[2] = {_mm256_and_si256(w[1], six),
                         _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi16(w[2], 4), low),
                                         _mm256_and_si256(_mm256_srli_epi16(w[1], 2), upper))};
    for (int s = 0; s < 8; s++) out->scales[s] = ck_byte_of_words_avx2(scales[s / 4], s % 4);
    for (int p = 0; p < 4; p++) out->minima[p] = ck_two_bytes_of_words_avx2(minima[p / 2], 2 * (p % 2));
    ck_read_halves_avx2(&block.words[0], &out->scale, &out->minimum);
}

CK_TARGET_END

/// The packed product of a format, from its shape and the functions that read the heads and the codes of its blocks.
#define CK_MULTIPLY_PACKED256_AVX2(type, shape, read_head, runs_a_group, read_word)                                    \
    static void fill_packed(const ck_product *product, size_t first_row, size_t rows, ck_elements part,                \
                            ck_panel *out) {                                                                           \
        (void)rows; /* those that a band lacks are zero already */                                                     \
        ck_fill_packed256_avx2(product, first_row, part, shape, read_head, runs_a_group, read_word, out);              \
    }                                                                                                                  \
    CK_INLINE void packed_kernel(const ck_product *product, ck_band band, size_t first_column, const int columns,      \
                                 const int quarters) {                                                                 \
        ck_packed256_avx2(product, band, first_column, columns, quarters, shape, read_head, runs_a_group, read_word);  \
    }                                                                                                                  \
    CK_MULTIPLY_PACKED_AVX2(type)

#endif
