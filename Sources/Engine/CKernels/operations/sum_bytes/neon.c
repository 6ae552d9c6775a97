#if defined(__aarch64__)

#include "../../products/neon.h"
#include "../operations.h"

CK_TARGET_BEGIN

uint64_t ck_sum_bytes_neon(size_t n, const uint8_t *bytes) {
    const uint8x16_t ones = vdupq_n_u8(1);
    uint64_t sum = 0;
    size_t i = 0;
    // A 32-bit lane takes 4 × 255 each time: it is emptied long before it is full.
    while (n - i >= 64) {
        size_t end = n - i > 1 << 20 ? i + (1 << 20) : i + (n - i) / 64 * 64;
        uint32x4_t sums[4] = {vdupq_n_u32(0), vdupq_n_u32(0), vdupq_n_u32(0), vdupq_n_u32(0)};
        for (; i < end; i += 64) {
            for (size_t v = 0; v < 4; v++) sums[v] = vdotq_u32(sums[v], vld1q_u8(bytes + i + 16 * v), ones);
        }
        for (size_t v = 0; v < 4; v++) sum += vaddlvq_u32(sums[v]);
    }
    for (; i < n; i++) sum += bytes[i];
    return sum;
}

CK_TARGET_END

#endif
