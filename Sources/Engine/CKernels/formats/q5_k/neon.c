#if defined(__aarch64__)

#include "../../products/neon_blocks256.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE void read(const void *row, size_t index, ck_block256_neon *out) {
    const q5_k_block *block = (const q5_k_block *)row + index;
    for (int i = 0; i < 8; i++) {  // 16 bytes hold parts of two sub-blocks
        uint8x16_t packed = vld1q_u8(block->low + 16 * i), high = vld1q_u8(block->high + i % 2 * 16);
        int first = i / 2 * 4 + i % 2, bit = i / 2 * 2;
        uint8x16_t even = vandq_u8(vshlq_u8(high, vdupq_n_s8((int8_t)(4 - bit))), vdupq_n_u8(16));
        uint8x16_t odd = vandq_u8(vshlq_u8(high, vdupq_n_s8((int8_t)(3 - bit))), vdupq_n_u8(16));
        out->codes[first] = vreinterpretq_s8_u8(vorrq_u8(vandq_u8(packed, vdupq_n_u8(15)), even));
        out->codes[first + 2] = vreinterpretq_s8_u8(vorrq_u8(vshrq_n_u8(packed, 4), odd));
    }
    ck_read_scales6_neon(block->scales, out);
    out->scale = ck_half_to_float(block->scale);
    out->minimum = ck_half_to_float(block->minimum);
}

CK_MULTIPLY256_NEON(q5_k, 32)

CK_TARGET_END

#endif
