#ifndef CK_AVX2_ROWS_H
#define CK_AVX2_ROWS_H

// Rows of a product with few columns, eight at a time.

#include "avx2.h"

#include "rows.h"

enum {
    CK_ROWS = 8,
    CK_FEW_COLUMNS = 4,         // up to here a panel is not worth its unpacking
    CK_FEW_FLOAT_COLUMNS = 12,  // nor, where there is less to unpack, up to here
};

CK_AVX2_BEGIN

CK_INLINE void ck_store_rows_avx2(const ck_product *product, ck_rows rows, size_t column, __m256 values) {
    float *out = ck_out_of_rows(product, rows, column);
    if (rows.count == CK_ROWS) {
        _mm256_storeu_ps(out, values);
    } else {
        *out = _mm256_cvtss_f32(values);
    }
}

/// Asks for as much of eight rows ahead as is read now, `bytes` of each row from `offset`. They are one stretch of
/// memory, while the hardware's own prefetching would follow eight, and anew in every page. Those right behind would
/// come too late where rows are short.
CK_INLINE void ck_prefetch_rows_avx2(ck_rows rows, size_t offset, size_t bytes) {
    const char *next = rows.first + CK_ROWS * (2 * rows.stride + offset);
    for (size_t line = 0; line < CK_ROWS * bytes; line += 64) _mm_prefetch(next + line, _MM_HINT_T1);
}

/// 16-bit numbers from eight places or fewer, zeros after them. For eight, a constant, without a detour through memory.
CK_INLINE __m128i ck_gather_halves_avx2(const char *first, size_t stride, size_t count) {
    uint16_t halves[CK_ROWS] = {0};
    for (size_t i = 0; i < CK_ROWS; i++) {
        if (i < count) memcpy(&halves[i], first + i * stride, sizeof halves[i]);
    }
    return _mm_setr_epi16((short)halves[0], (short)halves[1], (short)halves[2], (short)halves[3], (short)halves[4],
                          (short)halves[5], (short)halves[6], (short)halves[7]);
}

/// Sums of eight 32-bit numbers each of eight rows.
CK_INLINE __m256i ck_sum_rows_avx2(const __m256i *rows) {
    __m256i pair[4], quad[2];
    for (int i = 0; i < 4; i++) {
        pair[i] = _mm256_add_epi32(_mm256_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]),
                                   _mm256_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]));
    }
    for (int i = 0; i < 2; i++) {
        quad[i] = _mm256_add_epi32(_mm256_unpacklo_epi64(pair[2 * i], pair[2 * i + 1]),
                                   _mm256_unpackhi_epi64(pair[2 * i], pair[2 * i + 1]));
    }
    return _mm256_add_epi32(_mm256_permute2x128_si256(quad[0], quad[1], 0x20),
                            _mm256_permute2x128_si256(quad[0], quad[1], 0x31));
}

/// Sums of 16 16-bit numbers each of eight rows.
CK_INLINE __m256i ck_sum_products_avx2(const __m256i *rows) {
    __m256i wide[CK_ROWS];
    for (int r = 0; r < CK_ROWS; r++) wide[r] = _mm256_madd_epi16(rows[r], _mm256_set1_epi16(1));
    return ck_sum_rows_avx2(wide);
}

/// The same where four of the numbers add up in 16 bits.
CK_INLINE __m256i ck_sum_small_products_avx2(const __m256i *rows) {
    __m256i pair[4], quad[2];
    for (int i = 0; i < 4; i++) {
        pair[i] = _mm256_add_epi16(_mm256_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]),
                                   _mm256_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]));
    }
    for (int i = 0; i < 2; i++) {
        __m256i sums = _mm256_add_epi16(_mm256_unpacklo_epi64(pair[2 * i], pair[2 * i + 1]),
                                        _mm256_unpackhi_epi64(pair[2 * i], pair[2 * i + 1]));
        quad[i] = _mm256_madd_epi16(sums, _mm256_set1_epi16(1));
    }
    return _mm256_add_epi32(_mm256_permute2x128_si256(quad[0], quad[1], 0x20),
                            _mm256_permute2x128_si256(quad[0], quad[1], 0x31));
}

CK_TARGET_END

#endif
