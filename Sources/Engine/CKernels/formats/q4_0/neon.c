#if defined(__aarch64__)

#include "../../products/neon_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE ck_block32_neon read(const void *row, size_t index) {
    const q4_0_block *block = (const q4_0_block *)row + index;
    uint8x16_t packed = vld1q_u8(block->codes);
    int8x16_t low = vreinterpretq_s8_u8(vandq_u8(packed, vdupq_n_u8(15)));
    int8x16_t high = vreinterpretq_s8_u8(vshrq_n_u8(packed, 4));
    const int8x16_t zero = vdupq_n_s8(8);
    return (ck_block32_neon){{vsubq_s8(low, zero), vsubq_s8(high, zero)}, ck_half_to_float(block->scale), 0};
}

CK_MULTIPLY32_NEON(q4_0)

CK_TARGET_END

#endif
