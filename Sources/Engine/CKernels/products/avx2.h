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

CK_AVX2_BEGIN

CK_INLINE __m256i ck_load256(const void *bytes) { return _mm256_loadu_si256(bytes); }

CK_INLINE __m256i ck_broadcast32(const void *bytes) {
    int value;
    memcpy(&value, bytes, sizeof value);
    return _mm256_set1_epi32(value);
}

CK_INLINE float ck_half_to_float(uint16_t half) { return _cvtsh_ss(half); }

/// Asks for the bytes that a pass over weights will reach soon, as far ahead as the part that is read now is long.
/// The hardware's own prefetching stops at every page, and starts anew too slowly for rows of a few hundred bytes.
CK_INLINE void ck_prefetch_weights(const void *part, size_t bytes) {
    enum { DISTANCE = 4096 };
    for (size_t line = 0; line < bytes; line += 64) _mm_prefetch((const char *)part + DISTANCE + line, _MM_HINT_T0);
}

CK_INLINE float ck_sum8(__m256 x) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/// The low halves of 16 bytes in the low lane, their high halves in the high lane.
CK_INLINE __m256i ck_nibbles_of_16_bytes(const void *bytes) {
    __m128i packed = _mm_loadu_si128(bytes);
    __m256i both = _mm256_set_m128i(_mm_srli_epi16(packed, 4), packed);
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

/// out[k][r] = in[r][k] for 16 rows of `count` words, a multiple of 8; rows of `in` are `stride` words apart.
CK_INLINE void ck_transpose16(const uint32_t *in, size_t stride, size_t count, uint32_t *out) {
    for (size_t half = 0; half < 2; half++) {
        for (size_t k = 0; k < count; k += 8) {
            __m256i row[8], pair[8], quad[8];
            for (int r = 0; r < 8; r++) row[r] = ck_load256(in + (8 * half + (size_t)r) * stride + k);
            for (int r = 0; r < 8; r += 2) {
                pair[r] = _mm256_unpacklo_epi32(row[r], row[r + 1]);
                pair[r + 1] = _mm256_unpackhi_epi32(row[r], row[r + 1]);
            }
            for (int r = 0; r < 8; r += 4) {
                quad[r] = _mm256_unpacklo_epi64(pair[r], pair[r + 2]);
                quad[r + 1] = _mm256_unpackhi_epi64(pair[r], pair[r + 2]);
                quad[r + 2] = _mm256_unpacklo_epi64(pair[r + 1], pair[r + 3]);
                quad[r + 3] = _mm256_unpackhi_epi64(pair[r + 1], pair[r + 3]);
            }
            for (size_t r = 0; r < 4; r++) {
                uint32_t *column = out + (k + r) * 16 + 8 * half;
                _mm256_storeu_si256((__m256i *)column, _mm256_permute2x128_si256(quad[r], quad[r + 4], 0x20));
                _mm256_storeu_si256((__m256i *)(column + 4 * 16),
                                    _mm256_permute2x128_si256(quad[r], quad[r + 4], 0x31));
            }
        }
    }
}

CK_TARGET_END

#endif
