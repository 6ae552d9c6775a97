#ifndef CK_NEON_H
#define CK_NEON_H

// What every NEON file begins with. Code between CK_TARGET_BEGIN and CK_TARGET_END uses the dot product instructions of
// Armv8.2, which not every arm64 CPU has; only a table that the CPU can run calls it.

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__clang__)
#define CK_TARGET_BEGIN                                                                                                \
    _Pragma("clang attribute push(__attribute__((target(\"dotprod\"))), apply_to = function)")
#define CK_TARGET_END _Pragma("clang attribute pop")
#else
#define CK_TARGET_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"arch=armv8.2-a+dotprod\")")
#define CK_TARGET_END _Pragma("GCC pop_options")
#endif
#define CK_INLINE static inline __attribute__((always_inline))

CK_TARGET_BEGIN

CK_INLINE float ck_half_to_float(uint16_t half) {
    return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(half))), 0);
}

/// Four words of four codes each, of 16 rows: out[k][r] = in[r][k].
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

/// Adds the products of `words` words of 16 rows, a multiple of four, with `columns` columns of activations to `dots`.
/// Both counts are constants.
CK_INLINE void ck_dot_words_neon(const uint32_t (*weights)[16], const int words, const int8_t *const *activations,
                                 size_t offset, const int columns, int32x4_t (*dots)[4]) {
    for (int k = 0; k < words; k += 4) {
        int8x16_t activation[4];
        for (int c = 0; c < columns; c++) activation[c] = vld1q_s8(activations[c] + offset + 4 * k);
        for (int v = 0; v < 4; v++) {
            int8x16_t word[4];
            for (int i = 0; i < 4; i++) word[i] = vreinterpretq_s8_u32(vld1q_u32(weights[k + i] + 4 * v));
            for (int c = 0; c < columns; c++) {
                dots[c][v] = vdotq_laneq_s32(dots[c][v], word[0], activation[c], 0);
                dots[c][v] = vdotq_laneq_s32(dots[c][v], word[1], activation[c], 1);
                dots[c][v] = vdotq_laneq_s32(dots[c][v], word[2], activation[c], 2);
                dots[c][v] = vdotq_laneq_s32(dots[c][v], word[3], activation[c], 3);
            }
        }
    }
}

CK_TARGET_END

#endif
