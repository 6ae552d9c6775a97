#ifndef CK_AVX2_PACKED_H
#define CK_AVX2_PACKED_H

// Products with packed weights (pack.c): a vector is a word, four codes, of each of eight rows, a quarter of a band, so
// nothing is summed over lanes, and a task reads one stretch of memory from its beginning to its end. Results are the
// bits of the plain products, see panel.h.

#include "avx2.h"

#include "packed.h"

enum {
    CK_QUARTER_ROWS = 8,
    CK_QUARTERS = CK_BAND_ROWS / CK_QUARTER_ROWS,
    CK_PACKED_COLUMNS_AVX2 = 4,      // of a microtile
    CK_FEW_PACKED_COLUMNS_AVX2 = 24, // with more, panels are filled from the packed weights
    CK_AHEAD_AVX2 = 4096,            // bytes: how far ahead of their use weights are asked for
};

/// Word `word` of the codes of a sub-block of eight rows. `word` and the run are constants.
typedef __m256i ck_read_word_avx2(const ck_band_word *words, const ck_place place, const int word);

CK_AVX2_BEGIN

/// Asks for what comes CK_AHEAD_AVX2 bytes after part `step` of `steps` of a block of a band. Asked for all at once, lines
/// would wait for each other.
CK_INLINE void ck_prefetch_packed_avx2(const char *block, size_t bytes, const int step, const int steps) {
    const size_t share = bytes / (size_t)steps;
    const char *next = block + share * (size_t)step + CK_AHEAD_AVX2;
#pragma clang loop unroll(disable)
    for (size_t line = 0; line < share; line += 64) __builtin_prefetch(next + line, 0, 2);
}

/// A word of eight rows.
CK_INLINE __m256i ck_load_word_avx2(const ck_band_word *word) { return ck_load256(*word); }

/// The f16 numbers in the lower halves of words.
CK_INLINE __m256 ck_low_halves_of_words_avx2(__m256i words) {
    const __m256i lower = _mm256_setr_epi64x(0x0d0c090805040100, -1, 0x0d0c090805040100, -1);
    __m256i halves = _mm256_permute4x64_epi64(_mm256_shuffle_epi8(words, lower), 0x08);
    return _mm256_cvtph_ps(_mm256_castsi256_si128(halves));
}

/// Two f16 numbers of eight rows.
CK_INLINE void ck_read_halves_avx2(const ck_band_word *word, __m256 *low, __m256 *high) {
    __m256i halves = ck_load_word_avx2(word);
    *low = ck_low_halves_of_words_avx2(halves);
    *high = ck_low_halves_of_words_avx2(_mm256_srli_epi32(halves, 16));
}

/// Byte `i` of each word in both halves of the word; the other bytes are zero.
CK_INLINE __m256i ck_byte_of_words_avx2(__m256i words, const int i) {
    const int twice = 0x00010001 * i;
    return _mm256_shuffle_epi8(
        words, _mm256_setr_epi32((int)0x80008000 + twice, (int)0x80048004 + twice, (int)0x80088008 + twice,
                                 (int)0x800c800c + twice, (int)0x80008000 + twice, (int)0x80048004 + twice,
                                 (int)0x80088008 + twice, (int)0x800c800c + twice));
}

/// The same of a signed byte.
CK_INLINE __m256i ck_signed_byte_of_words_avx2(__m256i words, const int i) {
    return _mm256_srai_epi16(_mm256_slli_epi16(ck_byte_of_words_avx2(words, i), 8), 8);
}

/// Bytes `i` and `i + 1` of each word, in the lower bytes of its halves.
CK_INLINE __m256i ck_two_bytes_of_words_avx2(__m256i words, const int i) {
    const int two = 0x00010001 * i;
    return _mm256_shuffle_epi8(
        words, _mm256_setr_epi32((int)0x80018000 + two, (int)0x80058004 + two, (int)0x80098008 + two,
                                 (int)0x800d800c + two, (int)0x80018000 + two, (int)0x80058004 + two,
                                 (int)0x80098008 + two, (int)0x800d800c + two));
}

/// The low halves of bytes where `place` is even, else the high ones.
CK_INLINE __m256i ck_half_bytes_avx2(__m256i bytes, const int place) {
    return _mm256_and_si256(place % 2 == 0 ? bytes : _mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
}

/// Word `word` of 32 codes that lie in the halves of four words: elements 0-15 in the low ones, 16-31 in the high ones.
CK_INLINE __m256i ck_word_of_halves_avx2(const ck_band_word *words, const int word) {
    return ck_half_bytes_avx2(ck_load_word_avx2(&words[word % 4]), word / 4);
}

/// Adds 16 to the codes of word `word` whose bits are set in `bits`, a bit an element of 32.
CK_INLINE __m256i ck_with_fifth_bits_of_words_avx2(__m256i codes, __m256i bits, const int word) {
    const __m256i byte_of_word =
        _mm256_add_epi8(_mm256_setr_epi32(0, 0x04040404, 0x08080808, 0x0c0c0c0c, 0, 0x04040404, 0x08080808, 0x0c0c0c0c),
                        _mm256_set1_epi8((char)(word / 2)));
    const __m256i places = _mm256_set1_epi32(word % 2 == 0 ? 0x08040201 : (int)0x80402010);
    __m256i is_set = _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_shuffle_epi8(bits, byte_of_word), places), places);
    return _mm256_or_si256(codes, _mm256_and_si256(is_set, _mm256_set1_epi8(16)));
}

/// Sums of products of `count` words of a sub-block, from word `first` on, of `quarters` quarters of a band with
/// `columns` columns of activations, which begin with the sub-block's: as 16-bit numbers, in which they fit. All but
/// pointers and the group are constants.
CK_INLINE void ck_dot_packed_avx2(const ck_packed_block *blocks, const int quarters, const ck_place place,
                                  const int first, const int count, const int8_t *const *activations, size_t offset,
                                  const int columns, const bool are_signed, ck_read_word_avx2 read_word,
                                  __m256i (*sums)[CK_PACKED_COLUMNS_AVX2]) {
#pragma unroll
    for (int w = first; w < first + count; w++) {
        __m256i activation[CK_PACKED_COLUMNS_AVX2];
        for (int c = 0; c < columns; c++) activation[c] = ck_broadcast32(activations[c] + offset + 4 * w);
#pragma unroll
        for (int q = 0; q < quarters; q++) {
            __m256i codes = read_word(blocks[q].words, place, w);
#pragma unroll
            for (int c = 0; c < columns; c++) {
                __m256i products = ck_multiply_codes_avx2(codes, activation[c], are_signed);
                sums[q][c] = w == first ? products : _mm256_add_epi16(sums[q][c], products);
            }
        }
    }
}

/// Writes the `count` words of a sub-block of eight rows, a constant, to those from `row` on of a panel.
CK_INLINE void ck_store_words_avx2(ck_packed_block block, const ck_place place, const int count,
                                   ck_read_word_avx2 read_word, size_t row, uint32_t (*out)[CK_PANEL_ROWS]) {
#pragma unroll
    for (int w = 0; w < count; w++) {
        _mm256_storeu_si256((__m256i *)(void *)&out[w][row], read_word(block.words, place, w));
    }
}

CK_INLINE void ck_store_quarter_avx2(const ck_product *product, ck_band band, int quarter, size_t column,
                                     __m256 totals) {
    const size_t row = CK_QUARTER_ROWS * (size_t)quarter;
    if (row >= band.count) return;
    float *out = product->out + column * product->out_stride + band.row + row;
    if (band.count - row >= CK_QUARTER_ROWS) {
        _mm256_storeu_ps(out, totals);
        return;
    }
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_maskstore_ps(out, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(band.count - row)), lanes), totals);
}

CK_TARGET_END

/// ck_<type>_multiply_packed_avx2, from `packed_kernel(product, band, first_column, columns, quarters)`, whose counts are
/// constants, and for panels from `fill_packed` and `microtile`. With more columns fewer quarters are done at a time, so
/// that the sums are registers.
#define CK_MULTIPLY_PACKED_AVX2(type)                                                                                  \
    void ck_##type##_multiply_packed_avx2(const ck_product *product) {                                                 \
        if (product->columns > CK_FEW_PACKED_COLUMNS_AVX2) {                                                           \
            ck_multiply_by_panels(product, CK_INTEGER_ELEMENTS, CK_BAND_ROWS, fill_packed, 1, microtile);              \
            return;                                                                                                    \
        }                                                                                                              \
        for (size_t row = 0; row < product->rows; row += CK_BAND_ROWS) {                                               \
            const ck_band band = ck_band_from(product, row);                                                           \
            CK_FOR_EACH_COLUMNS(product, CK_PACKED_KERNEL_AVX2)                                                        \
        }                                                                                                              \
    }
#define CK_PACKED_KERNEL_AVX2(column, count)                                                                           \
    packed_kernel(product, band, column, count, count == 1 ? 4 : count == 2 ? 2 : 1)

#endif
