#if defined(__aarch64__)

#include "../../products/neon_blocks256.h"
#include "../formats.h"
#include "block.h"

static const ck_shape256_neon shape = {.width = 16};

CK_INLINE void read(const void *row, size_t index, ck_block256_neon *out) {
    const q6_k_block *block = (const q6_k_block *)row + index;
    for (int i = 0; i < 16; i++) {  // 16 elements: part i % 2 of run i / 2 % 4 of half i / 8
        int run = i / 2 % 4;
        uint8x16x2_t low = ck_nibbles_neon(block->low + i / 8 * 64 + run % 2 * 32 + i % 2 * 16);
        uint8x16_t high = vld1q_u8(block->high + i / 8 * 32 + i % 2 * 16);
        uint8x16_t upper = vandq_u8(ck_move_bits_neon(high, 2 * run, 4), vdupq_n_u8(48));
        out->codes[i] = vsubq_s8(vreinterpretq_s8_u8(vorrq_u8(low.val[run / 2], upper)), vdupq_n_s8(32));
    }
    ck_widen_scales_neon(vld1q_s8(block->scales), out);
    out->scale = ck_half_to_float(block->scale);
}

#define CK_FORMAT q6_k
#include "../../products/neon_products256.h"

#endif
