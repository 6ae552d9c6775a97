#if defined(__aarch64__)

#include "../../products/neon_blocks256.h"
#include "../formats.h"
#include "block.h"

static const ck_shape256_neon shape = {.width = 16, .has_minima = true};

CK_INLINE void read(const void *row, size_t index, ck_block256_neon *out) {
    const q2_k_block *block = (const q2_k_block *)row + index;
    for (int i = 0; i < 16; i++) {  // 16 elements: part i % 2 of run i / 2 % 4 of half i / 8
        uint8x16_t packed = vld1q_u8(block->codes + i / 8 * 32 + i % 2 * 16);
        uint8x16_t code = vandq_u8(ck_move_bits_neon(packed, i / 2 % 4 * 2, 0), vdupq_n_u8(3));
        out->codes[i] = vreinterpretq_s8_u8(code);
    }
    uint8x16x2_t both = ck_nibbles_neon(block->scales);
    ck_widen_scales_neon(vreinterpretq_s8_u8(both.val[0]), out);
    vst1q_s16(out->minima, vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(both.val[1]))));
    vst1q_s16(out->minima + 8, vreinterpretq_s16_u16(vmovl_high_u8(both.val[1])));
    out->scale = ck_half_to_float(block->scale);
    out->minimum = ck_half_to_float(block->minimum);
}

#define CK_FORMAT q2_k
#include "../../products/neon_products256.h"

#endif
