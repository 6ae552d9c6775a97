#ifndef CK_AVX512_PACKED_H
#define CK_AVX512_PACKED_H

// Products with packed weights (pack.c): a vector is a word, four codes, of each of 16 rows, half a band, so what a
// sub-block needs beside its products is done once for 16 rows, and nothing is summed over lanes. A word of activations
// serves both halves. Results are the bits of the plain products, see panel.h.

#include "avx512.h"

#include "packed.h"

/// With more columns, panels are filled from the packed weights.
enum { CK_FEW_PACKED_COLUMNS = 24 };

/// Word `word` of the codes of a sub-block of 16 rows. `word` and the run are constants.
typedef __m512i ck_read_word_avx512(const ck_band_word *words, const ck_place place, const int word);

CK_TARGET_BEGIN

/// Touches `bytes`, line after line. One instruction does, in ascending order: the many that use packed words are more
/// than the hardware's own prefetching can follow at any place in memory.
CK_INLINE void ck_touch_avx512(const char *first, size_t bytes) {
#pragma clang loop unroll(disable)
    for (size_t line = 0; line < bytes; line += 64) __builtin_prefetch(first + line, 0, 3);
}

/// A word of 16 rows.
CK_INLINE __m512i ck_load_word_avx512(const ck_band_word *word) { return _mm512_loadu_si512(*word); }

/// Two f16 numbers of 16 rows.
CK_INLINE void ck_read_halves_avx512(const ck_band_word *word, __m512 *low, __m512 *high) {
    __m512i halves = ck_load_word_avx512(word);
    *low = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(halves));
    *high = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(halves, 16)));
}

/// Adds the products of the `count` words of a sub-block of a band's block, in two halves, with `columns` columns of
/// activations, which begin with the sub-block's, to `dots`. Both counts are constants.
CK_INLINE void ck_dot_packed_avx512(const ck_packed_block *halves, const ck_place place, const int count,
                                    const int8_t *const *activations, size_t offset, const int columns,
                                    ck_read_word_avx512 read_word, __m512i (*dots)[2]) {
    const ck_band_word *words[2] = {halves[0].words, halves[1].words};
    // Where a run reads what another one does, loading it again is better than keeping it.
    __asm__("" : "+r"(words[0]), "+r"(words[1]));
#pragma unroll
    for (int w = 0; w < count; w++) {
        __m512i codes[2] = {read_word(words[0], place, w), read_word(words[1], place, w)};
#pragma unroll
        for (int c = 0; c < columns; c++) {
            int four;
            memcpy(&four, activations[c] + offset + 4 * w, sizeof four);
            __m512i activation = _mm512_set1_epi32(four);
            for (int v = 0; v < 2; v++) dots[c][v] = _mm512_dpbusd_epi32(dots[c][v], codes[v], activation);
        }
    }
}

/// Writes the `count` words of a sub-block of 16 rows, a constant, to a panel.
CK_INLINE void ck_store_words_avx512(ck_packed_block block, const ck_place place, const int count,
                                     ck_read_word_avx512 read_word, uint32_t (*out)[CK_PANEL_ROWS]) {
#pragma unroll
    for (int w = 0; w < count; w++) _mm512_store_si512(out[w], read_word(block.words, place, w));
}

/// Byte `i` of each word; the words' other bytes are zero.
CK_INLINE __m512i ck_byte_of_words_avx512(__m512i words, const int i) {
    return _mm512_shuffle_epi8(words, _mm512_set4_epi32((int)0x8080800c + i, (int)0x80808008 + i, (int)0x80808004 + i,
                                                        (int)0x80808000 + i));
}

/// Bytes `i` and `i + 1` of each word, in the lower bytes of its halves.
CK_INLINE __m512i ck_two_bytes_of_words_avx512(__m512i words, const int i) {
    const int two = 0x00010001 * i;
    return _mm512_shuffle_epi8(words, _mm512_set4_epi32((int)0x800d800c + two, (int)0x80098008 + two,
                                                        (int)0x80058004 + two, (int)0x80018000 + two));
}

/// The low halves of bytes where `place` is even, else the high ones.
CK_INLINE __m512i ck_half_bytes_avx512(__m512i bytes, const int place) {
    return _mm512_and_si512(place % 2 == 0 ? bytes : _mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(15));
}

/// Word `word` of 32 codes that lie in the halves of four words: elements 0-15 in the low ones, 16-31 in the high ones.
CK_INLINE __m512i ck_word_of_halves_avx512(const ck_band_word *words, const int word) {
    return ck_half_bytes_avx512(ck_load_word_avx512(&words[word % 4]), word / 4);
}

/// The bytes of `values`, 16 signed ones, at the indices `codes`, with an offset of 128.
CK_INLINE __m512i ck_look_up_avx512(const int8_t values[16], __m512i codes) {
    __m128i table = _mm_loadu_si128((const __m128i *)(const void *)values);
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_xor_si128(table, _mm_set1_epi8((char)0x80))), codes);
}

/// Adds 16 to the codes of word `word` whose bits are set in `bits`, a bit an element of 32.
CK_INLINE __m512i ck_with_fifth_bits_avx512(__m512i codes, __m512i bits, const int word) {
    __m512i bytes = _mm512_shuffle_epi8(bits, _mm512_add_epi8(_mm512_set4_epi32(0x0c0c0c0c, 0x08080808, 0x04040404, 0),
                                                              _mm512_set1_epi8((char)(word / 2))));
    __m512i places = _mm512_set1_epi32(word % 2 == 0 ? 0x08040201 : (int)0x80402010);
    return _mm512_mask_add_epi8(codes, _mm512_test_epi8_mask(bytes, places), codes, _mm512_set1_epi8(16));
}

CK_INLINE void ck_store_band_avx512(const ck_product *product, ck_band band, size_t column, const __m512 totals[2]) {
    float *out = product->out + column * product->out_stride + band.row;
    const uint32_t rows = (uint32_t)((1ull << band.count) - 1);
    _mm512_mask_storeu_ps(out, (__mmask16)rows, totals[0]);
    if (band.count > 16) _mm512_mask_storeu_ps(out + 16, (__mmask16)(rows >> 16), totals[1]);
}

CK_TARGET_END

/// ck_<type>_multiply_packed_avx512, from `packed_kernel(product, band, first_column, columns)`, and for panels from
/// `fill_packed` and `multiply_many`.
#define CK_MULTIPLY_PACKED_AVX512(type)                                                                                \
    void ck_##type##_multiply_packed_avx512(const ck_product *product) {                                               \
        if (product->columns > CK_FEW_PACKED_COLUMNS) {                                                                \
            multiply_many(product, CK_BAND_ROWS, fill_packed);                                                         \
            return;                                                                                                    \
        }                                                                                                              \
        for (size_t row = 0; row < product->rows; row += CK_BAND_ROWS) {                                               \
            const ck_band band = ck_band_from(product, row);                                                           \
            CK_FOR_NARROW_MICROTILES_AVX512(product, CK_PACKED_MICROTILE)                                              \
        }                                                                                                              \
    }
#define CK_PACKED_MICROTILE(column, count) packed_kernel(product, band, column, count);

#endif
