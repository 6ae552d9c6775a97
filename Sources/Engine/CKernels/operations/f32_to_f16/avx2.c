#if defined(__x86_64__)

#include "../../products/avx2.h"
#include "../operations.h"

CK_AVX2_BEGIN

void ck_f32_to_f16_avx2(size_t n, const float *in, uint16_t *out) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        _mm_storeu_si128((__m128i *)(out + i), _mm256_cvtps_ph(_mm256_loadu_ps(in + i), _MM_FROUND_TO_NEAREST_INT));
    }
    for (; i < n; i++) out[i] = _cvtss_sh(in[i], _MM_FROUND_TO_NEAREST_INT);
}

CK_TARGET_END

#endif
