#ifndef CK_VECTORS_AVX2_H
#define CK_VECTORS_AVX2_H

// Vectors of floats, for code that is written once for all instruction sets.

#include "../operations/exp_avx2.h"

#define CK_LANES 8

CK_AVX2_BEGIN

typedef __m256 ck_vector;

CK_INLINE ck_vector ck_vector_of(float x) { return _mm256_set1_ps(x); }
CK_INLINE ck_vector ck_load(const float *in) { return _mm256_loadu_ps(in); }
CK_INLINE void ck_store(float *out, ck_vector x) { _mm256_storeu_ps(out, x); }
CK_INLINE ck_vector ck_add(ck_vector a, ck_vector b) { return _mm256_add_ps(a, b); }
CK_INLINE ck_vector ck_subtract(ck_vector a, ck_vector b) { return _mm256_sub_ps(a, b); }
CK_INLINE ck_vector ck_multiply(ck_vector a, ck_vector b) { return _mm256_mul_ps(a, b); }
/// a × b + c, rounded once.
CK_INLINE ck_vector ck_fused(ck_vector a, ck_vector b, ck_vector c) { return _mm256_fmadd_ps(a, b, c); }
CK_INLINE ck_vector ck_divide(ck_vector a, ck_vector b) { return _mm256_div_ps(a, b); }
/// NaN where b is.
CK_INLINE ck_vector ck_larger(ck_vector a, ck_vector b) { return _mm256_max_ps(a, b); }
/// NaN where b is.
CK_INLINE ck_vector ck_lesser(ck_vector a, ck_vector b) { return _mm256_min_ps(a, b); }
CK_INLINE ck_vector ck_absolute(ck_vector x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }
/// `magnitude`, which is not negative, with the sign of `x`.
CK_INLINE ck_vector ck_with_sign(ck_vector magnitude, ck_vector x) {
    return _mm256_or_ps(magnitude, _mm256_and_ps(_mm256_set1_ps(-0.0f), x));
}
/// a < b ? yes : no
CK_INLINE ck_vector ck_where_less(ck_vector a, ck_vector b, ck_vector yes, ck_vector no) {
    return _mm256_blendv_ps(no, yes, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
}
CK_INLINE ck_vector ck_exp(ck_vector x) { return ck_exp8(x); }
CK_INLINE float ck_sum(ck_vector x) { return ck_sum8(x); }

CK_INLINE float ck_largest(ck_vector x) {
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

CK_INLINE ck_vector ck_vector_of_halves(const uint16_t *in) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)in));
}

CK_INLINE ck_vector ck_vector_of_bytes(const int8_t *in) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)in)));
}

/// Four bits of each byte, from bit `shift`, plus `offset`.
CK_INLINE ck_vector ck_vector_of_nibbles(const uint8_t *in, size_t shift, int offset) {
    __m256i words = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)in));
    words = _mm256_and_si256(_mm256_srl_epi32(words, _mm_cvtsi64_si128((long long)shift)), _mm256_set1_epi32(15));
    return _mm256_cvtepi32_ps(_mm256_add_epi32(words, _mm256_set1_epi32(offset)));
}

CK_INLINE void ck_halves_of_floats(size_t n, const float *in, uint16_t *out) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        _mm_storeu_si128((__m128i *)(out + i), _mm256_cvtps_ph(_mm256_loadu_ps(in + i), _MM_FROUND_TO_NEAREST_INT));
    }
    for (; i < n; i++) out[i] = _cvtss_sh(in[i], _MM_FROUND_TO_NEAREST_INT);
}

CK_TARGET_END

#endif
