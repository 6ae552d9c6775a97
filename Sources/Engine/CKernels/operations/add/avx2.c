#if defined(__x86_64__)

#include "../../products/avx2.h"
#include "../operations.h"

CK_AVX2_BEGIN

void ck_add_avx2(size_t n, const float *a, const float *b, float *out) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) _mm256_storeu_ps(out + i, _mm256_add_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i)));
    for (; i < n; i++) out[i] = a[i] + b[i];
}

CK_TARGET_END

#endif
