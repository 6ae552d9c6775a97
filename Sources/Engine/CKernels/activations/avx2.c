#if defined(__x86_64__)

#include "../products/avx2.h"

#include "activations.h"

#include <math.h>

CK_AVX2_BEGIN

CK_INLINE __m256 magnitude(__m256 x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }

/// The largest magnitude of `n` elements, a multiple of 32; infinite or NaN where one of them is.
CK_INLINE float largest_of(size_t n, const float *in) {
    __m256 largest[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    __m256 invalid = _mm256_setzero_ps();  // x - x is zero for finite x, else NaN
    for (size_t i = 0; i < n; i += 32) {
        for (size_t v = 0; v < 4; v++) {
            __m256 x = _mm256_loadu_ps(in + i + 8 * v);
            largest[v] = _mm256_max_ps(largest[v], magnitude(x));
            invalid = _mm256_add_ps(invalid, _mm256_sub_ps(x, x));
        }
    }
    __m256 eight = _mm256_max_ps(_mm256_max_ps(largest[0], largest[1]), _mm256_max_ps(largest[2], largest[3]));
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two))) + ck_sum8(invalid);
}

CK_INLINE __m256i rounded8(const float *in, __m256 inverse) {
    return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(in), inverse));
}

/// 32 codes in order.
CK_INLINE __m256i codes32(const float *in, __m256 inverse) {
    __m256i low = _mm256_packs_epi32(rounded8(in, inverse), rounded8(in + 8, inverse));
    __m256i high = _mm256_packs_epi32(rounded8(in + 16, inverse), rounded8(in + 24, inverse));
    return _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/// Codes of `n` elements, a multiple of 32, with one scale, which is returned.
CK_INLINE float quantize_block(size_t n, const float *in, int8_t *codes) {
    float largest = largest_of(n, in);
    float inverse = 127 / largest;
    if (!isfinite(largest) || !isfinite(inverse)) {
        memset(codes, 0, n);
        return isfinite(largest) ? 0 : NAN;
    }
    for (size_t i = 0; i < n; i += 32) {
        _mm256_storeu_si256((__m256i *)(codes + i), codes32(in + i, _mm256_set1_ps(inverse)));
    }
    return largest / 127;
}

/// Sums of four adjacent codes of 32.
CK_INLINE __m256i sums_of_fours(const int8_t *codes) {
    __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), ck_load256(codes));
    return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

/// Sums of the low and the high half of 32 codes.
CK_INLINE void sums_of_halves(const int8_t *codes, int16_t out[2]) {
    __m256i fours = sums_of_fours(codes);
    __m256i eights = _mm256_add_epi32(fours, _mm256_shuffle_epi32(fours, 0x4e));
    __m256i sixteens = _mm256_add_epi32(eights, _mm256_shuffle_epi32(eights, 0xb1));
    out[0] = (int16_t)_mm256_extract_epi32(sixteens, 0);
    out[1] = (int16_t)_mm256_extract_epi32(sixteens, 4);
}

void ck_int8_32_quantize_avx2(size_t n, const float *in, void *out) {
    int8_t *codes = out;
    float *scales = (float *)ck_int8_32_scales(out, n);
    float *sums = (float *)ck_int8_32_sums(out, n);
    int32_t *code_sums = (int32_t *)ck_int8_32_code_sums(out, n);
    for (size_t b = 0; b < n / 32; b++) {
        int16_t halves[2];
        scales[b] = quantize_block(32, in + 32 * b, codes + 32 * b);
        sums_of_halves(codes + 32 * b, halves);
        code_sums[b] = halves[0] + halves[1];
        sums[b] = scales[b] * (float)code_sums[b];
    }
}

void ck_int8_256_quantize_avx2(size_t n, const float *in, void *out) {
    int8_t *codes = out;
    int16_t *sums16 = (int16_t *)ck_int8_256_sums16(out, n);
    int16_t *sums32 = (int16_t *)ck_int8_256_sums32(out, n);
    float *scales = (float *)ck_int8_256_scales(out, n);
    for (size_t b = 0; b < n / 256; b++) {
        scales[b] = quantize_block(256, in + 256 * b, codes + 256 * b);
        for (size_t i = 8 * b; i < 8 * b + 8; i++) {
            sums_of_halves(codes + 32 * i, sums16 + 2 * i);
            sums32[i] = sums16[2 * i] + sums16[2 * i + 1];
        }
    }
}

CK_TARGET_END

#endif
