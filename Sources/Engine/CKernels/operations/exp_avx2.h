#ifndef CK_EXP_AVX2_H
#define CK_EXP_AVX2_H

#include "../products/avx2.h"

CK_AVX2_BEGIN

/// e^x with a relative error below 2e-7; 0 below -87.3, infinity above 88.7, NaN for NaN.
CK_INLINE __m256 ck_exp8(__m256 x) {
    const __m256 lowest = _mm256_set1_ps(-87.3f), highest = _mm256_set1_ps(88.72f);
    __m256 bounded = _mm256_max_ps(lowest, _mm256_min_ps(highest, x));  // a NaN in the second operand stays
    __m256 exponent = _mm256_round_ps(_mm256_mul_ps(bounded, _mm256_set1_ps(1.44269504f)), _MM_FROUND_TO_NEAREST_INT);
    // x = exponent × ln 2 + rest, ln 2 in two parts so that the first product is exact
    __m256 rest = _mm256_fnmadd_ps(exponent, _mm256_set1_ps(0.693359375f), bounded);
    rest = _mm256_fnmadd_ps(exponent, _mm256_set1_ps(-2.12194440e-4f), rest);
    // Taylor series of e^rest for |rest| ≤ ln 2 / 2
    __m256 sum = _mm256_set1_ps(1.0f / 5040);
    sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f / 720));
    sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f / 120));
    sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f / 24));
    sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1.0f / 6));
    sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(0.5f));
    sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1));
    sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(1));
    // times 2^exponent in two steps, because 2^128 is no float
    __m256i power = _mm256_cvtps_epi32(exponent), half = _mm256_srai_epi32(power, 1);
    __m256 first = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(half, _mm256_set1_epi32(127)), 23));
    __m256i remaining = _mm256_add_epi32(_mm256_sub_epi32(power, half), _mm256_set1_epi32(127));
    __m256 result = _mm256_mul_ps(_mm256_mul_ps(sum, first), _mm256_castsi256_ps(_mm256_slli_epi32(remaining, 23)));
    __m256 too_small = _mm256_cmp_ps(x, lowest, _CMP_LT_OQ), too_large = _mm256_cmp_ps(x, highest, _CMP_GT_OQ);
    result = _mm256_blendv_ps(result, _mm256_set1_ps(__builtin_inff()), too_large);
    return _mm256_andnot_ps(too_small, result);
}

CK_TARGET_END

#endif
