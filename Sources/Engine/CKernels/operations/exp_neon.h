#ifndef CK_EXP_NEON_H
#define CK_EXP_NEON_H

#include "../products/neon.h"

CK_TARGET_BEGIN

/// e^x with a relative error below 2e-7; 0 below -87.3, infinity above 88.7, NaN for NaN.
CK_INLINE float32x4_t ck_exp4(float32x4_t x) {
    const float32x4_t lowest = vdupq_n_f32(-87.3f), highest = vdupq_n_f32(88.72f);
    float32x4_t bounded = vmaxq_f32(lowest, vminq_f32(highest, x));
    float32x4_t exponent = vrndnq_f32(vmulq_n_f32(bounded, 1.44269504f));
    // x = exponent × ln 2 + rest, ln 2 in two parts so that the first product is exact
    float32x4_t rest = vfmsq_n_f32(bounded, exponent, 0.693359375f);
    rest = vfmsq_n_f32(rest, exponent, -2.12194440e-4f);
    // Taylor series of e^rest for |rest| ≤ ln 2 / 2
    float32x4_t sum = vdupq_n_f32(1.0f / 5040);
    sum = vfmaq_f32(vdupq_n_f32(1.0f / 720), sum, rest);
    sum = vfmaq_f32(vdupq_n_f32(1.0f / 120), sum, rest);
    sum = vfmaq_f32(vdupq_n_f32(1.0f / 24), sum, rest);
    sum = vfmaq_f32(vdupq_n_f32(1.0f / 6), sum, rest);
    sum = vfmaq_f32(vdupq_n_f32(0.5f), sum, rest);
    sum = vfmaq_f32(vdupq_n_f32(1), sum, rest);
    sum = vfmaq_f32(vdupq_n_f32(1), sum, rest);
    // times 2^exponent in two steps, because 2^128 is no float
    int32x4_t power = vcvtq_s32_f32(exponent), half = vshrq_n_s32(power, 1);
    float32x4_t first = vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(half, vdupq_n_s32(127)), 23));
    int32x4_t remaining = vaddq_s32(vsubq_s32(power, half), vdupq_n_s32(127));
    float32x4_t result = vmulq_f32(vmulq_f32(sum, first), vreinterpretq_f32_s32(vshlq_n_s32(remaining, 23)));
    result = vbslq_f32(vcgtq_f32(x, highest), vdupq_n_f32(__builtin_inff()), result);
    return vbslq_f32(vcltq_f32(x, lowest), vdupq_n_f32(0), result);
}

CK_TARGET_END

#endif
