#ifndef CK_NEON_BLOCKS256_H
#define CK_NEON_BLOCKS256_H

// How a format with blocks of 256 elements in sub-blocks of 32 or 16 is read, and the arithmetic of such a block.

#include "neon_rows.h"

#include "../formats/blocks256.h"

/// value = scale × scales[s] × code - minimum × minima[s]. The codes are signed bytes.
typedef struct {
    int8x16_t codes[16];
    int32_t scales[16];
    int16_t minima[16];  // and `minimum`: not set in formats without them
    float scale, minimum;
} ck_block256_neon;

/// What the products need to know of a format.
typedef struct {
    int width;  // elements of a sub-block, 16 or 32
    bool has_minima;
} ck_shape256_neon;

CK_TARGET_BEGIN

/// The sums of a column's sub-blocks in block `b`.
CK_INLINE const int16_t *ck_sums256_neon(const void *column, size_t n, size_t b, const int width) {
    return width == 16 ? ck_int8_256_sums16(column, n) + 16 * b : ck_int8_256_sums32(column, n) + 8 * b;
}

/// The sum of minima × sums of activations in block `b`.
CK_INLINE int32_t ck_offset256_neon(const ck_block256_neon *block, const void *column, size_t n, size_t b,
                                    const ck_shape256_neon shape) {
    if (!shape.has_minima) return 0;
    const int16_t *column_sums = ck_sums256_neon(column, n, b, shape.width);
    int32x4_t products = vdupq_n_s32(0);
    for (int s = 0; s < 256 / shape.width; s += 8) {
        int16x8_t sums = vld1q_s16(column_sums + s), minima = vld1q_s16(block->minima + s);
        products = vmlal_s16(products, vget_low_s16(minima), vget_low_s16(sums));
        products = vmlal_high_s16(products, minima, sums);
    }
    return vaddvq_s32(products);
}

/// Sets the 16 scales of a block from bytes.
CK_INLINE void ck_widen_scales_neon(int8x16_t bytes, ck_block256_neon *out) {
    int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_high_s8(bytes);
    vst1q_s32(out->scales, vmovl_s16(vget_low_s16(low)));
    vst1q_s32(out->scales + 4, vmovl_high_s16(low));
    vst1q_s32(out->scales + 8, vmovl_s16(vget_low_s16(high)));
    vst1q_s32(out->scales + 12, vmovl_high_s16(high));
}

/// Sets the scales and minima of a block of Q4_K or Q5_K from its 12 bytes.
CK_INLINE void ck_read_scales6_neon(const uint8_t *bytes, ck_block256_neon *out) {
    int scales[8], minima[8];
    ck_unpack_scales6(bytes, scales, minima);
    for (int s = 0; s < 8; s++) {
        out->scales[s] = scales[s];
        out->minima[s] = (int16_t)minima[s];
    }
}

/// The arithmetic of a block of 256 (see panel.h) for four rows.
CK_INLINE float32x4_t ck_add_block256_neon(float32x4_t total, int32x4_t dots, int32x4_t offsets, float32x4_t scale,
                                           float32x4_t minimum, float column_scale, const ck_shape256_neon shape) {
    float32x4_t value = vmulq_f32(vcvtq_f32_s32(dots), scale);
    if (shape.has_minima) value = vfmsq_f32(value, vcvtq_f32_s32(offsets), minimum);
    return vfmaq_n_f32(total, value, column_scale);
}

CK_INLINE int32x4_t ck_load_words(const uint32_t *words) { return vreinterpretq_s32_u32(vld1q_u32(words)); }

CK_TARGET_END

#endif
