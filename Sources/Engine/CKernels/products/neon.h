#ifndef CK_NEON_H
#define CK_NEON_H

// What every arm64 file begins with. NEON is part of all arm64 CPUs: code between CK_TARGET_BEGIN and CK_TARGET_END
// needs no more, until a header of dots/ names extensions. Only a table that the CPU can run calls code with those.

#include <arm_neon.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CK_PRAGMA_TEXT(...) _Pragma(#__VA_ARGS__)
#define CK_PRAGMA(...) CK_PRAGMA_TEXT(__VA_ARGS__)
#define CK_TARGET_BEGIN
#define CK_TARGET_END
#if defined(__clang__)
#define CK_EXTENSIONS_BEGIN(extensions)                                                                                \
    CK_PRAGMA(clang attribute push(__attribute__((target(extensions))), apply_to = function))
#define CK_EXTENSIONS_END CK_PRAGMA(clang attribute pop)
#else
#define CK_EXTENSIONS_BEGIN(extensions) CK_PRAGMA(GCC push_options) CK_PRAGMA(GCC target(extensions))
#define CK_EXTENSIONS_END CK_PRAGMA(GCC pop_options)
#endif
/// ck_<type>_multiply_<set>, of the set that a header of dots/ has begun.
#define CK_PRODUCT_OF(type) CK_OF_SET(ck_##type##_multiply)
#define CK_PRODUCT(type) CK_PRODUCT_OF(type)
#define CK_INLINE static inline __attribute__((always_inline))

CK_TARGET_BEGIN

CK_INLINE float ck_half_to_float(uint16_t half) {
    return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(half))), 0);
}

/// The low halves of 16 bytes, and their high halves.
CK_INLINE uint8x16x2_t ck_nibbles_neon(const uint8_t *bytes) {
    uint8x16_t packed = vld1q_u8(bytes);
    return (uint8x16x2_t){{vandq_u8(packed, vdupq_n_u8(15)), vshrq_n_u8(packed, 4)}};
}

/// table[index] for each byte, of a table of 16.
CK_INLINE int8x16_t ck_look_up_neon(const int8_t *table, uint8x16_t indices) {
    return vqtbl1q_s8(vld1q_s8(table), indices);
}

/// Bits `bit` and above of each byte, moved to bit `place`. Both are constants.
CK_INLINE uint8x16_t ck_move_bits_neon(uint8x16_t bytes, const int bit, const int place) {
    return vshlq_u8(bytes, vdupq_n_s8((int8_t)(place - bit)));
}

/// Words of 16 rows: out[k][r] = in[r][k]. `count` is a multiple of four.
CK_INLINE void ck_transpose_words(const uint32_t *in, size_t stride, size_t count, uint32_t *out) {
    for (size_t r = 0; r < 16; r += 4) {
        for (size_t k = 0; k < count; k += 4) {
            uint32x4_t rows[4];
            for (size_t i = 0; i < 4; i++) rows[i] = vld1q_u32(in + (r + i) * stride + k);
            uint32x4x2_t low = vtrnq_u32(rows[0], rows[1]), high = vtrnq_u32(rows[2], rows[3]);
            for (size_t i = 0; i < 2; i++) {
                vst1q_u32(out + (k + i) * 16 + r, vcombine_u32(vget_low_u32(low.val[i]), vget_low_u32(high.val[i])));
                vst1q_u32(out + (k + i + 2) * 16 + r,
                          vcombine_u32(vget_high_u32(low.val[i]), vget_high_u32(high.val[i])));
            }
        }
    }
}

CK_TARGET_END

#endif
