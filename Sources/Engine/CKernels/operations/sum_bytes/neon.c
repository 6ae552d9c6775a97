#if defined(__aarch64__)

#include "../../products/neon.h"
#include "../operations.h"

CK_TARGET_BEGIN

uint64_t ck_sum_bytes_neon(size_t n, const uint8_t *bytes) {
    const size_t most = 128 * 64;  // a 16-bit lane takes 2 × 255 each time: it is emptied before it is full
    uint64_t sum = 0;
    size_t i = 0;
    while (n - i >= 64) {
        size_t end = n - i > most ? i + most : i + (n - i) / 64 * 64;
        uint16x8_t sums[4] = {vdupq_n_u16(0), vdupq_n_u16(0), vdupq_n_u16(0), vdupq_n_u16(0)};
        for (; i < end; i += 64) {
            for (size_t v = 0; v < 4; v++) sums[v] = vpadalq_u8(sums[v], vld1q_u8(bytes + i + 16 * v));
        }
        for (size_t v = 0; v < 4; v++) sum += vaddlvq_u16(sums[v]);
    }
    for (; i < n; i++) sum += bytes[i];
    return sum;
}

CK_TARGET_END

#endif
