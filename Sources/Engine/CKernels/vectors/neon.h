#ifndef CK_VECTORS_NEON_H
#define CK_VECTORS_NEON_H

// Vectors of floats, for code that is written once for all instruction sets.

#include "../operations/exp_neon.h"

#define CK_LANES 4

CK_TARGET_BEGIN

typedef float32x4_t ck_vector;

CK_INLINE ck_vector ck_vector_of(float x) { return vdupq_n_f32(x); }
CK_INLINE ck_vector ck_load(const float *in) { return vld1q_f32(in); }
CK_INLINE void ck_store(float *out, ck_vector x) { vst1q_f32(out, x); }
CK_INLINE ck_vector ck_add(ck_vector a, ck_vector b) { return vaddq_f32(a, b); }
CK_INLINE ck_vector ck_subtract(ck_vector a, ck_vector b) { return vsubq_f32(a, b); }
CK_INLINE ck_vector ck_multiply(ck_vector a, ck_vector b) { return vmulq_f32(a, b); }
/// a × b + c, rounded once.
CK_INLINE ck_vector ck_fused(ck_vector a, ck_vector b, ck_vector c) { return vfmaq_f32(c, a, b); }
CK_INLINE ck_vector ck_divide(ck_vector a, ck_vector b) { return vdivq_f32(a, b); }
/// NaN where b is.
CK_INLINE ck_vector ck_larger(ck_vector a, ck_vector b) { return vmaxq_f32(a, b); }
/// NaN where b is.
CK_INLINE ck_vector ck_lesser(ck_vector a, ck_vector b) { return vminq_f32(a, b); }
CK_INLINE ck_vector ck_absolute(ck_vector x) { return vabsq_f32(x); }
/// `magnitude`, which is not negative, with the sign of `x`.
CK_INLINE ck_vector ck_with_sign(ck_vector magnitude, ck_vector x) {
    return vbslq_f32(vdupq_n_u32(0x80000000), x, magnitude);
}
/// a < b ? yes : no
CK_INLINE ck_vector ck_where_less(ck_vector a, ck_vector b, ck_vector yes, ck_vector no) {
    return vbslq_f32(vcltq_f32(a, b), yes, no);
}
CK_INLINE ck_vector ck_exp(ck_vector x) { return ck_exp4(x); }
CK_INLINE float ck_sum(ck_vector x) { return vaddvq_f32(x); }
CK_INLINE float ck_largest(ck_vector x) { return vmaxvq_f32(x); }

CK_INLINE ck_vector ck_vector_of_halves(const uint16_t *in) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(in)));
}

CK_INLINE ck_vector ck_vector_of_bytes(const int8_t *in) {
    uint32_t four;
    memcpy(&four, in, sizeof four);
    int16x8_t halves = vmovl_s8(vcreate_s8(four));
    return vcvtq_f32_s32(vmovl_s16(vget_low_s16(halves)));
}

/// Four bits of each byte, from bit `shift`, plus `offset`.
CK_INLINE ck_vector ck_vector_of_nibbles(const uint8_t *in, size_t shift, int offset) {
    uint32_t four;
    memcpy(&four, in, sizeof four);
    uint8x8_t nibbles = vcreate_u8(four >> shift & 0x0f0f0f0f);
    int32x4_t words = vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(vmovl_u8(nibbles))));
    return vcvtq_f32_s32(vaddq_s32(words, vdupq_n_s32(offset)));
}

CK_INLINE void ck_halves_of_floats(size_t n, const float *in, uint16_t *out) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) vst1_u16(out + i, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(in + i))));
    for (; i < n; i++) out[i] = vget_lane_u16(vreinterpret_u16_f16(vcvt_f16_f32(vdupq_n_f32(in[i]))), 0);
}

CK_TARGET_END

#endif
