#if defined(__aarch64__)

#include "../../products/neon_blocks256.h"
#include "../formats.h"
#include "block.h"

static const ck_shape256_neon shape = {.width = 16};

CK_INLINE void read(const void *row, size_t index, ck_block256_neon *out) {
    const q3_k_block *block = (const q3_k_block *)row + index;
    for (int i = 0; i < 16; i++) {  // 16 elements: part i % 2 of run i / 2
        uint8x16_t packed = vld1q_u8(block->low + i / 8 * 32 + i % 2 * 16);
        uint8x16_t low = vandq_u8(ck_move_bits_neon(packed, i / 2 % 4 * 2, 0), vdupq_n_u8(3));
        uint8x16_t high = vandq_u8(ck_move_bits_neon(vld1q_u8(block->high + i % 2 * 16), i / 2, 2), vdupq_n_u8(4));
        out->codes[i] = vsubq_s8(vreinterpretq_s8_u8(vorrq_u8(low, high)), vdupq_n_s8(4));
    }
    uint32_t scales[4];
    q3_k_scales(block->scales, scales);
    ck_widen_scales_neon(vsubq_s8(vreinterpretq_s8_u32(vld1q_u32(scales)), vdupq_n_s8(32)), out);
    out->scale = ck_half_to_float(block->scale);
}

#define CK_FORMAT q3_k
#include "../../products/neon_products256.h"

#endif
