#ifndef CK_VECTORS_AVX512_H
#define CK_VECTORS_AVX512_H

// Vectors of floats, for code that is written once for all instruction sets.

#include "../products/avx512.h"

#define CK_LANES 16

CK_TARGET_BEGIN

typedef __m512 ck_vector;

CK_INLINE ck_vector ck_vector_of(float x) { return _mm512_set1_ps(x); }
CK_INLINE ck_vector ck_load(const float *in) { return _mm512_loadu_ps(in); }
CK_INLINE void ck_store(float *out, ck_vector x) { _mm512_storeu_ps(out, x); }
CK_INLINE ck_vector ck_add(ck_vector a, ck_vector b) { return _mm512_add_ps(a, b); }
CK_INLINE ck_vector ck_subtract(ck_vector a, ck_vector b) { return _mm512_sub_ps(a, b); }
CK_INLINE ck_vector ck_multiply(ck_vector a, ck_vector b) { return _mm512_mul_ps(a, b); }
/// a × b + c, rounded once.
CK_INLINE ck_vector ck_fused(ck_vector a, ck_vector b, ck_vector c) { return _mm512_fmadd_ps(a, b, c); }
CK_INLINE ck_vector ck_divide(ck_vector a, ck_vector b) { return _mm512_div_ps(a, b); }
/// NaN where b is.
CK_INLINE ck_vector ck_larger(ck_vector a, ck_vector b) { return _mm512_max_ps(a, b); }
/// NaN where b is.
CK_INLINE ck_vector ck_lesser(ck_vector a, ck_vector b) { return _mm512_min_ps(a, b); }
CK_INLINE ck_vector ck_absolute(ck_vector x) { return _mm512_abs_ps(x); }
/// `magnitude`, which is not negative, with the sign of `x`.
CK_INLINE ck_vector ck_with_sign(ck_vector magnitude, ck_vector x) {
    return _mm512_or_ps(magnitude, _mm512_and_ps(_mm512_set1_ps(-0.0f), x));
}
/// a < b ? yes : no
CK_INLINE ck_vector ck_where_less(ck_vector a, ck_vector b, ck_vector yes, ck_vector no) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), no, yes);
}
CK_INLINE float ck_sum(ck_vector x) { return _mm512_reduce_add_ps(x); }
CK_INLINE float ck_largest(ck_vector x) { return _mm512_reduce_max_ps(x); }

/// e^x with a relative error below 2e-7; 0 below -87.3, infinity above 88.7, NaN for NaN.
CK_INLINE ck_vector ck_exp(ck_vector x) {
    const __m512 lowest = _mm512_set1_ps(-87.3f), highest = _mm512_set1_ps(89);
    __m512 bounded = _mm512_max_ps(lowest, _mm512_min_ps(highest, x));  // a NaN in the second operand stays
    __m512 exponent = _mm512_roundscale_ps(_mm512_mul_ps(bounded, _mm512_set1_ps(1.44269504f)), 0);
    // x = exponent × ln 2 + rest, ln 2 in two parts so that the first product is exact
    __m512 rest = _mm512_fnmadd_ps(exponent, _mm512_set1_ps(0.693359375f), bounded);
    rest = _mm512_fnmadd_ps(exponent, _mm512_set1_ps(-2.12194440e-4f), rest);
    // Taylor series of e^rest for |rest| ≤ ln 2 / 2
    __m512 sum = _mm512_set1_ps(1.0f / 5040);
    sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(1.0f / 720));
    sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(1.0f / 120));
    sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(1.0f / 24));
    sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(1.0f / 6));
    sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(0.5f));
    sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(1));
    sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(1));
    __mmask16 large_enough = _mm512_cmp_ps_mask(x, lowest, _CMP_NLT_UQ);
    return _mm512_maskz_scalef_ps(large_enough, sum, exponent);
}

CK_INLINE ck_vector ck_vector_of_halves(const uint16_t *in) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)in));
}

CK_INLINE ck_vector ck_vector_of_bytes(const int8_t *in) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)in)));
}

/// Four bits of each byte, from bit `shift`, plus `offset`.
CK_INLINE ck_vector ck_vector_of_nibbles(const uint8_t *in, size_t shift, int offset) {
    __m512i words = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)in));
    words = _mm512_and_si512(_mm512_srl_epi32(words, _mm_cvtsi64_si128((long long)shift)), _mm512_set1_epi32(15));
    return _mm512_cvtepi32_ps(_mm512_add_epi32(words, _mm512_set1_epi32(offset)));
}

CK_INLINE void ck_halves_of_floats(size_t n, const float *in, uint16_t *out) {
    for (size_t i = 0; i < n; i += 16) {
        __mmask16 mask = (__mmask16)(n - i < 16 ? (1u << (n - i)) - 1 : 0xffff);
        __m256i halves = _mm512_cvtps_ph(_mm512_maskz_loadu_ps(mask, in + i), _MM_FROUND_TO_NEAREST_INT);
        _mm256_mask_storeu_epi16(out + i, mask, halves);
    }
}

CK_TARGET_END

#endif
