#ifndef CK_AVX2_H
#define CK_AVX2_H

// What every AVX2 file begins with. Code between CK_AVX2_BEGIN and CK_TARGET_END uses AVX2, FMA and F16C whatever the
// compiler's flags are; only a table that the CPU can run calls it. CK_TARGET_BEGIN begins code for the instruction set
// of the file that includes this, AVX2 unless that says otherwise.

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CK_AVX2_BEGIN                                                                                                  \
    _Pragma("clang attribute push(__attribute__((target(\"avx2,fma,f16c\"))), apply_to = function)")
#ifndef CK_TARGET_BEGIN
#define CK_TARGET_BEGIN CK_AVX2_BEGIN
#endif
#define CK_TARGET_END _Pragma("clang attribute pop")
#define CK_INLINE static inline __attribute__((always_inline))

/// How the codes of weights are multiplied.
typedef struct {
    int run;  // sums of products of pairs that add up in 16 bits
    bool are_signed;
} ck_codes_avx2;

CK_AVX2_BEGIN

CK_INLINE __m256i ck_load256(const void *bytes) { return _mm256_loadu_si256(bytes); }

CK_INLINE __m256i ck_broadcast32(const void *bytes) {
    int value;
    memcpy(&value, bytes, sizeof value);
    return _mm256_set1_epi32(value);
}

CK_INLINE float ck_half_to_float(uint16_t half) { return _cvtsh_ss(half); }

CK_INLINE float ck_sum8(__m256 x) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/// The low halves of 16 bytes in the low lane, their high halves in the high lane.
CK_INLINE __m256i ck_nibbles_of_16_bytes(const void *bytes) {
    __m256i packed = _mm256_broadcastsi128_si256(_mm_loadu_si128(bytes));
    __m256i both = _mm256_srlv_epi32(packed, _mm256_setr_epi32(0, 0, 0, 0, 4, 4, 4, 4));
    return _mm256_and_si256(both, _mm256_set1_epi8(15));
}

/// Sums of products of adjacent codes, as 16-bit numbers. Activations are never -128.
CK_INLINE __m256i ck_multiply_codes_avx2(__m256i weights, __m256i activations, const bool is_signed) {
    if (!is_signed) return _mm256_maddubs_epi16(weights, activations);
    return _mm256_maddubs_epi16(_mm256_abs_epi8(weights), _mm256_sign_epi8(activations, weights));
}

/// table[index] for each byte, of a table of 16.
CK_INLINE __m256i ck_look_up_avx2(const int8_t *table, __m256i indices) {
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table)), indices);
}

/// Rows become columns, in place.
CK_INLINE void ck_transpose8_avx2(__m256 *rows) {
    __m256 pair[8], quad[8];
    for (int r = 0; r < 8; r += 2) {
        pair[r] = _mm256_unpacklo_ps(rows[r], rows[r + 1]);
        pair[r + 1] = _mm256_unpackhi_ps(rows[r], rows[r + 1]);
    }
    for (int r = 0; r < 8; r += 4) {
        quad[r] = _mm256_shuffle_ps(pair[r], pair[r + 2], 0x44);
        quad[r + 1] = _mm256_shuffle_ps(pair[r], pair[r + 2], 0xee);
        quad[r + 2] = _mm256_shuffle_ps(pair[r + 1], pair[r + 3], 0x44);
        quad[r + 3] = _mm256_shuffle_ps(pair[r + 1], pair[r + 3], 0xee);
    }
    for (int r = 0; r < 4; r++) {
        rows[r] = _mm256_permute2f128_ps(quad[r], quad[r + 4], 0x20);
        rows[r + 4] = _mm256_permute2f128_ps(quad[r], quad[r + 4], 0x31);
    }
}

/// out[k][r] = in[r][k] for 16 rows of `count` words, a multiple of 8; rows of `in` are `stride` words apart.
CK_INLINE void ck_transpose16(const uint32_t *in, size_t stride, size_t count, uint32_t *out) {
    for (size_t half = 0; half < 2; half++) {
        for (size_t k = 0; k < count; k += 8) {
            __m256 rows[8];
            for (size_t r = 0; r < 8; r++) rows[r] = _mm256_loadu_ps((const float *)(in + (8 * half + r) * stride + k));
            ck_transpose8_avx2(rows);
            for (size_t r = 0; r < 8; r++) _mm256_storeu_ps((float *)(out + (k + r) * 16 + 8 * half), rows[r]);
        }
    }
}

CK_TARGET_END

#endif
