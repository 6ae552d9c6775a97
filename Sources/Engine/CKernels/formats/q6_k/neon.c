#if defined(__aarch64__)

#include "../../products/neon_blocks256.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE void read(const void *row, size_t index, ck_block256_neon *out) {
    const q6_k_block *block = (const q6_k_block *)row + index;
    const int8x16_t zero = vdupq_n_s8(32);
    for (int i = 0; i < 16; i++) {  // 16 elements: part i % 2 of run i / 2 % 4 of half i / 8
        int run = i / 2 % 4;
        uint8x16_t packed = vld1q_u8(block->low + i / 8 * 64 + run % 2 * 32 + i % 2 * 16);
        uint8x16_t low = run < 2 ? vandq_u8(packed, vdupq_n_u8(15)) : vshrq_n_u8(packed, 4);
        uint8x16_t high = vld1q_u8(block->high + i / 8 * 32 + i % 2 * 16);
        uint8x16_t upper = vandq_u8(vshlq_u8(high, vdupq_n_s8((int8_t)(4 - 2 * run))), vdupq_n_u8(48));
        out->codes[i] = vsubq_s8(vreinterpretq_s8_u8(vorrq_u8(low, upper)), zero);
        out->scales[i] = block->scales[i];
    }
    memset(out->minima, 0, sizeof out->minima);
    out->scale = ck_half_to_float(block->scale);
    out->minimum = 0;
}

CK_MULTIPLY256_NEON(q6_k, 16)

CK_TARGET_END

#endif
