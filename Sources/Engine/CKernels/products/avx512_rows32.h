#ifndef CK_AVX512_ROWS32_H
#define CK_AVX512_ROWS32_H

// Products of the formats with blocks of 32 elements of 4 or 5 bits with few columns: eight rows at a time, one a lane,
// four blocks of each at once, a block a lane of 128 bits. The arithmetic is that of ck_add_block32_avx2.

#include "avx512_blocks32.h"

enum { CK_RUN_BLOCKS = 4 };  // blocks of a row that are read together

/// What the 4-bit codes of a format stand for, as unsigned bytes.
typedef __m512i ck_decode32_avx512(__m512i codes);

CK_TARGET_BEGIN

/// Four blocks of a row: their first 64 bytes, and their last.
typedef struct {
    __m512i first, last;
} ck_run32_avx512;

/// Bits of the words of four blocks that are among the first `count`, seen from word `from` on.
CK_INLINE __mmask32 ck_words_mask(size_t count, size_t from) {
    size_t seen = count > from ? ck_smaller(count - from, 32) : 0;
    return (__mmask32)((1ull << seen) - 1);
}

/// `count`: blocks that are there; what would be behind them is zero, and not read.
CK_INLINE ck_run32_avx512 ck_read_run32_avx512(const char *row, size_t count, const ck_shape32_avx2 shape) {
    const size_t bytes = CK_RUN_BLOCKS * shape.bytes;
    if (count == CK_RUN_BLOCKS) {
        return (ck_run32_avx512){_mm512_loadu_si512(row), _mm512_loadu_si512(row + bytes - 64)};
    }
    const size_t words = count * shape.bytes / 2;
    return (ck_run32_avx512){_mm512_maskz_loadu_epi16(ck_words_mask(words, 0), row),
                             _mm512_maskz_loadu_epi16(ck_words_mask(words, bytes / 2 - 32), row + bytes - 64)};
}

/// Where word `word` of the four blocks is, in the numbering of a permutation of both parts of a run.
CK_INLINE short ck_place_in_run(size_t word, const ck_shape32_avx2 shape) {
    const size_t last = CK_RUN_BLOCKS * shape.bytes / 2 - 32;
    return (short)(word < 32 ? word : 32 + word - last);
}

/// The places of `count` words from word `word` of each block on, a block a lane, again and again over the lane.
CK_INLINE __m512i ck_places_in_run_avx512(size_t word, size_t count, const ck_shape32_avx2 shape) {
    _Alignas(64) short places[32];
    for (size_t i = 0; i < 32; i++) {
        places[i] = ck_place_in_run(i / 8 * (shape.bytes / 2) + word + i % 8 % count, shape);
    }
    return _mm512_load_si512(places);
}

/// Of words that each lane has alike, that number `row` of each lane goes to `to`.
CK_INLINE __m512i ck_take_row_avx512(__m512i to, __m512i words, const size_t row) {
    return _mm512_mask_mov_epi16(to, (__mmask32)(0x01010101u << row), words);
}

/// Adds 16 to codes whose bits are set in the words `fifth_bits`: of the low elements of four blocks, then of the high.
CK_INLINE void ck_add_fifth_bits_avx512(__m128i fifth_bits, __m512i *low, __m512i *high) {
    const __m512i sixteen = _mm512_set1_epi8(16);
    __mmask64 low_bits = (__mmask64)_mm_cvtsi128_si64(fifth_bits);
    __mmask64 high_bits = (__mmask64)_mm_extract_epi64(fifth_bits, 1);
    *low = _mm512_mask_add_epi8(*low, low_bits, *low, sixteen);
    *high = _mm512_mask_add_epi8(*high, high_bits, *high, sixteen);
}

/// Places of the two words of fifth bits of each block: the first ones, then the second ones.
CK_INLINE __m512i ck_fifth_bit_places_avx512(const ck_shape32_avx2 shape) {
    _Alignas(64) short places[32] = {0};
    for (size_t i = 0; i < 8; i++) {
        places[i] = ck_place_in_run(i % 4 * (shape.bytes / 2) + shape.bytes / 2 - 10 + i / 4, shape);
    }
    return _mm512_load_si512(places);
}

/// Eight rows and four blocks, as floats a block: low half block 2i, high half block 2i + 1.
typedef struct {
    __m512 pairs[2];
} ck_values32_avx512;

/// Lane b of `halves` has the f16 of eight rows for block b.
CK_INLINE ck_values32_avx512 ck_floats_of_rows_avx512(__m512i halves) {
    return (ck_values32_avx512){{_mm512_cvtph_ps(_mm512_castsi512_si256(halves)),
                                 _mm512_cvtph_ps(_mm512_extracti64x4_epi64(halves, 1))}};
}

/// Value `block` of the column for all rows.
CK_INLINE ck_values32_avx512 ck_spread32_avx512(__m128 values) {
    __m512 all = _mm512_castps128_ps512(values);
    const __m512i first = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const __m512i second = _mm512_setr_epi32(2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    return (ck_values32_avx512){{_mm512_permutexvar_ps(first, all), _mm512_permutexvar_ps(second, all)}};
}

CK_INLINE __m256 ck_value_of_block_avx512(const ck_values32_avx512 *values, const size_t block) {
    __m512 pair = values->pairs[block / 2];
    return block % 2 == 0 ? _mm512_castps512_ps256(pair) : _mm512_extractf32x8_ps(pair, 1);
}

/// Sums of the products of four blocks of eight rows. Lane b of a row's `dots` has four parts of block b's sum.
CK_INLINE void ck_sum_blocks_of_rows_avx512(const __m512i *dots, __m512i sums[2]) {
    __m512i quad[2];
    ck_sum_lanes_of_rows_avx512(dots, quad);
    sums[0] = _mm512_permutex2var_epi64(quad[0], _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), quad[1]);
    sums[1] = _mm512_permutex2var_epi64(quad[0], _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), quad[1]);
}

/// The arithmetic of ck_add_block32_avx2 for `count` blocks of eight rows, in ascending order.
CK_INLINE __m256 ck_add_blocks32_avx512(__m256 total, const __m512i *dots, const ck_values32_avx512 *scale,
                                        const ck_values32_avx512 *minimum, const ck_column32 *column, size_t count,
                                        const ck_shape32_avx2 shape) {
    const __mmask8 there = (__mmask8)((1 << count) - 1);
    __m512i sums[2];
    ck_sum_blocks_of_rows_avx512(dots, sums);
    if (shape.zero != 0) {
        __m128i zeros = _mm_mullo_epi32(_mm_maskz_loadu_epi32(there, column->code_sums), _mm_set1_epi32(shape.zero));
        ck_values32_avx512 spread = ck_spread32_avx512(_mm_castsi128_ps(zeros));
        for (int i = 0; i < 2; i++) sums[i] = _mm512_sub_epi32(sums[i], _mm512_castps_si512(spread.pairs[i]));
    }
    ck_values32_avx512 scaled = ck_spread32_avx512(_mm_maskz_loadu_ps(there, column->scales));
    for (int i = 0; i < 2; i++) scaled.pairs[i] = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[i]), scaled.pairs[i]);
#pragma unroll
    for (size_t b = 0; b < CK_RUN_BLOCKS; b++) {
        if (b == count) break;
        total = _mm256_fmadd_ps(ck_value_of_block_avx512(&scaled, b), ck_value_of_block_avx512(scale, b), total);
        if (shape.has_minimum) {
            __m256 sum = _mm256_broadcast_ss(column->sums + b);
            total = _mm256_fmadd_ps(ck_value_of_block_avx512(minimum, b), sum, total);
        }
    }
    return total;
}

/// `count` blocks of eight rows by `columns` columns from block `first` on.
CK_INLINE void ck_run_of_rows32_avx512(const ck_product *product, ck_rows rows, size_t first, size_t count,
                                       size_t first_column, const int columns, const ck_shape32_avx2 shape,
                                       ck_decode32_avx512 decode, __m256 *totals) {
    const size_t code_word = shape.bytes / 2 - 8;
    const __m512i code_places = ck_places_in_run_avx512(code_word, 8, shape);
    const __m512i scale_places = ck_places_in_run_avx512(0, 1, shape);
    const __m512i minimum_places = ck_places_in_run_avx512(1, 1, shape);
    const __m512i fifth_places = ck_fifth_bit_places_avx512(shape);
    const __m512i low_halves = _mm512_set1_epi8(15);
    ck_column32 column[4];
    __m512i low_activations[4], high_activations[4], dots[4][CK_ROWS];
    for (int c = 0; c < columns; c++) {
        column[c] = ck_column32_from(product, first_column + (size_t)c, first);
        __m512i front = _mm512_loadu_si512(column[c].codes), back = _mm512_loadu_si512(column[c].codes + 64);
        low_activations[c] = _mm512_shuffle_i32x4(front, back, 0x88);
        high_activations[c] = _mm512_shuffle_i32x4(front, back, 0xdd);
    }
    ck_prefetch_rows_avx2(rows, first * shape.bytes, CK_RUN_BLOCKS * shape.bytes);
    __m512i scales = _mm512_setzero_si512(), minima = _mm512_setzero_si512();
#pragma unroll
    for (size_t r = 0; r < CK_ROWS; r++) {
        ck_run32_avx512 run = ck_read_run32_avx512(rows.first + r * rows.stride + first * shape.bytes, count, shape);
        __m512i packed = _mm512_permutex2var_epi16(run.first, code_places, run.last);
        scales = ck_take_row_avx512(scales, _mm512_permutex2var_epi16(run.first, scale_places, run.last), r);
        if (shape.has_minimum) {
            minima = ck_take_row_avx512(minima, _mm512_permutex2var_epi16(run.first, minimum_places, run.last), r);
        }
        __m512i low = decode(_mm512_and_si512(packed, low_halves));
        __m512i high = decode(_mm512_and_si512(_mm512_srli_epi16(packed, 4), low_halves));
        if (shape.kind == CK_UNSIGNED_5_BITS) {
            __m512i bits = _mm512_permutex2var_epi16(run.first, fifth_places, run.last);
            ck_add_fifth_bits_avx512(_mm512_castsi512_si128(bits), &low, &high);
        }
        for (int c = 0; c < columns; c++) {
            __m512i sums = _mm512_dpbusd_epi32(_mm512_setzero_si512(), low, low_activations[c]);
            dots[c][r] = _mm512_dpbusd_epi32(sums, high, high_activations[c]);
        }
    }
    ck_values32_avx512 scale = ck_floats_of_rows_avx512(scales), minimum = ck_floats_of_rows_avx512(minima);
    for (int c = 0; c < columns; c++) {
        totals[c] = ck_add_blocks32_avx512(totals[c], dots[c], &scale, &minimum, &column[c], count, shape);
    }
}

/// Eight rows by `columns` columns, a constant of 4 or less.
CK_INLINE void ck_rows32_avx512(const ck_product *product, ck_rows rows, size_t first_column, const int columns,
                                const ck_shape32_avx2 shape, ck_decode32_avx512 decode) {
    const size_t blocks = product->n / 32;
    __m256 totals[4];
    for (int c = 0; c < columns; c++) totals[c] = _mm256_setzero_ps();
    size_t b = 0;
    for (; b + CK_RUN_BLOCKS <= blocks; b += CK_RUN_BLOCKS) {
        ck_run_of_rows32_avx512(product, rows, b, CK_RUN_BLOCKS, first_column, columns, shape, decode, totals);
    }
    if (b < blocks) ck_run_of_rows32_avx512(product, rows, b, blocks - b, first_column, columns, shape, decode, totals);
    for (int c = 0; c < columns; c++) ck_store_rows_avx2(product, rows, first_column + (size_t)c, totals[c]);
}

/// Eight rows by all columns of the task.
CK_INLINE void ck_row_columns32_avx512(const ck_product *product, ck_rows rows, const ck_shape32_avx2 shape,
                                       ck_decode32_avx512 decode) {
#define KERNEL(first, count) ck_rows32_avx512(product, rows, first, count, shape, decode)
    CK_FOR_EACH_COLUMNS(product, KERNEL)
#undef KERNEL
}

CK_TARGET_END

/// multiply_few, the product of a format with four columns or fewer, from its shape and its function decode.
#define CK_MULTIPLY_FEW32_AVX512(shape)                                                                                \
    static void multiply_few(const ck_product *product) {                                                              \
        CK_FOR_EACH_ROWS(product, CK_ROWS, ck_row_columns32_avx512(product, rows, shape, decode))                      \
    }

#endif
