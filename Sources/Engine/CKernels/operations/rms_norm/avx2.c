#if defined(__x86_64__)

#include "../../products/avx2.h"
#include "../operations.h"

#include <math.h>

CK_AVX2_BEGIN

void ck_rms_norm_avx2(size_t n, const float *in, const float *weight, float epsilon, float *out) {
    __m256 squares[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        for (size_t v = 0; v < 4; v++) {
            __m256 x = _mm256_loadu_ps(in + i + 8 * v);
            squares[v] = _mm256_fmadd_ps(x, x, squares[v]);
        }
    }
    __m256 all = _mm256_add_ps(_mm256_add_ps(squares[0], squares[1]), _mm256_add_ps(squares[2], squares[3]));
    float sum = ck_sum8(all);
    for (; i < n; i++) sum += in[i] * in[i];
    float factor = 1 / sqrtf(sum / (float)n + epsilon);
    for (i = 0; i + 8 <= n; i += 8) {
        __m256 scaled = _mm256_mul_ps(_mm256_loadu_ps(in + i), _mm256_set1_ps(factor));
        _mm256_storeu_ps(out + i, _mm256_mul_ps(scaled, _mm256_loadu_ps(weight + i)));
    }
    for (; i < n; i++) out[i] = in[i] * factor * weight[i];
}

CK_TARGET_END

#endif
