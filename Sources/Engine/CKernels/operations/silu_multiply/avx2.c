#if defined(__x86_64__)

#include "../exp_avx2.h"
#include "../operations.h"

CK_AVX2_BEGIN

CK_INLINE __m256 silu_multiply8(__m256 gate, __m256 up) {
    __m256 exponential = ck_exp8(_mm256_sub_ps(_mm256_setzero_ps(), gate));
    __m256 silu = _mm256_div_ps(gate, _mm256_add_ps(_mm256_set1_ps(1), exponential));
    return _mm256_mul_ps(silu, up);
}

void ck_silu_multiply_avx2(size_t n, const float *gate, const float *up, float *out) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        _mm256_storeu_ps(out + i, silu_multiply8(_mm256_loadu_ps(gate + i), _mm256_loadu_ps(up + i)));
    }
    if (i == n) return;
    float rest[3][8] = {{0}};
    memcpy(rest[0], gate + i, (n - i) * sizeof(float));
    memcpy(rest[1], up + i, (n - i) * sizeof(float));
    _mm256_storeu_ps(rest[2], silu_multiply8(_mm256_loadu_ps(rest[0]), _mm256_loadu_ps(rest[1])));
    memcpy(out + i, rest[2], (n - i) * sizeof(float));
}

CK_TARGET_END

#endif
