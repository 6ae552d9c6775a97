#if defined(__aarch64__)

#include "../../products/neon_blocks256.h"
#include "../formats.h"
#include "block.h"

static const ck_shape256_neon shape = {.width = 32, .has_minima = true};

CK_INLINE void read(const void *row, size_t index, ck_block256_neon *out) {
    const q5_k_block *block = (const q5_k_block *)row + index;
    for (int i = 0; i < 8; i++) {  // 16 bytes hold parts of two sub-blocks
        uint8x16x2_t low = ck_nibbles_neon(block->low + 16 * i);
        uint8x16_t high = vld1q_u8(block->high + i % 2 * 16);
        for (int odd = 0; odd < 2; odd++) {
            uint8x16_t fifth = vandq_u8(ck_move_bits_neon(high, i / 2 * 2 + odd, 4), vdupq_n_u8(16));
            out->codes[i / 2 * 4 + i % 2 + 2 * odd] = vreinterpretq_s8_u8(vorrq_u8(low.val[odd], fifth));
        }
    }
    ck_read_scales6_neon(block->scales, out);
    out->scale = ck_half_to_float(block->scale);
    out->minimum = ck_half_to_float(block->minimum);
}

#define CK_FORMAT q5_k
#include "../../products/neon_products256.h"

#endif
