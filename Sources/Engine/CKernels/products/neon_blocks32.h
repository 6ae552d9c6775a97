#ifndef CK_NEON_BLOCKS32_H
#define CK_NEON_BLOCKS32_H

// How a format with blocks of 32 elements is read, and the arithmetic of such a block.

#include "neon_rows.h"

/// value = scale × code + minimum; the codes are signed bytes.
typedef struct {
    int8x16_t codes[2];
    float scale, minimum;
} ck_block32_neon;

CK_TARGET_BEGIN

/// A block of codes with an offset.
CK_INLINE ck_block32_neon ck_block32_of(uint8x16x2_t codes, int8_t zero, float scale, float minimum) {
    const int8x16_t zeros = vdupq_n_s8(zero);
    return (ck_block32_neon){{vsubq_s8(vreinterpretq_s8_u8(codes.val[0]), zeros),
                              vsubq_s8(vreinterpretq_s8_u8(codes.val[1]), zeros)},
                             scale,
                             minimum};
}

/// Low halves of 16 bytes, then their high halves, each with its fifth bit from the 32 of `high`.
CK_INLINE uint8x16x2_t ck_five_bits_neon(const uint8_t *low, const uint8_t *high) {
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16x2_t codes = ck_nibbles_neon(low);
    for (int i = 0; i < 2; i++) {
        uint8x16_t bytes = vcombine_u8(vdup_n_u8(high[2 * i]), vdup_n_u8(high[2 * i + 1]));
        uint8x16_t is_set = vtstq_u8(bytes, vld1q_u8(places));
        codes.val[i] = vorrq_u8(codes.val[i], vandq_u8(is_set, vdupq_n_u8(16)));
    }
    return codes;
}

/// The arithmetic of a block of 32 (see panel.h) for four rows.
CK_INLINE float32x4_t ck_add_block32_neon(float32x4_t total, int32x4_t dots, float32x4_t scale, float32x4_t minimum,
                                          float column_scale, float column_sum) {
    total = vfmaq_f32(total, vcvtq_f32_s32(dots), vmulq_n_f32(scale, column_scale));
    return vfmaq_n_f32(total, minimum, column_sum);
}

CK_TARGET_END

#endif
