#if defined(__aarch64__)

#include "../../products/neon_blocks256.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE void read(const void *row, size_t index, ck_block256_neon *out) {
    const q4_k_block *block = (const q4_k_block *)row + index;
    for (int i = 0; i < 8; i++) {  // 16 bytes hold parts of two sub-blocks
        uint8x16_t packed = vld1q_u8(block->codes + 16 * i);
        int first = i / 2 * 4 + i % 2;
        out->codes[first] = vreinterpretq_s8_u8(vandq_u8(packed, vdupq_n_u8(15)));
        out->codes[first + 2] = vreinterpretq_s8_u8(vshrq_n_u8(packed, 4));
    }
    ck_read_scales6_neon(block->scales, out);
    out->scale = ck_half_to_float(block->scale);
    out->minimum = ck_half_to_float(block->minimum);
}

CK_MULTIPLY256_NEON(q4_k, 32)

CK_TARGET_END

#endif
