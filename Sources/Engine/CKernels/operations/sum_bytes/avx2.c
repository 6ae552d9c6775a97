#if defined(__x86_64__)

#include "../../products/avx2.h"
#include "../operations.h"

CK_AVX2_BEGIN

uint64_t ck_sum_bytes_avx2(size_t n, const uint8_t *bytes) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i sums[4] = {zero, zero, zero, zero};
    size_t i = 0;
    for (; i + 128 <= n; i += 128) {
        for (size_t v = 0; v < 4; v++) {
            sums[v] = _mm256_add_epi64(sums[v], _mm256_sad_epu8(ck_load256(bytes + i + 32 * v), zero));
        }
    }
    __m256i all = _mm256_add_epi64(_mm256_add_epi64(sums[0], sums[1]), _mm256_add_epi64(sums[2], sums[3]));
    uint64_t parts[4];
    _mm256_storeu_si256((__m256i *)parts, all);
    uint64_t sum = parts[0] + parts[1] + parts[2] + parts[3];
    for (; i < n; i++) sum += bytes[i];
    return sum;
}

CK_TARGET_END

#endif
