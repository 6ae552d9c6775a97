#if defined(__aarch64__)

#include "../exp_neon.h"
#include "../operations.h"

CK_TARGET_BEGIN

CK_INLINE float32x4_t silu_multiply4(float32x4_t gate, float32x4_t up) {
    float32x4_t divisor = vaddq_f32(vdupq_n_f32(1), ck_exp4(vnegq_f32(gate)));
    return vmulq_f32(vdivq_f32(gate, divisor), up);
}

void ck_silu_multiply_neon(size_t n, const float *gate, const float *up, float *out) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) vst1q_f32(out + i, silu_multiply4(vld1q_f32(gate + i), vld1q_f32(up + i)));
    for (; i < n; i++) out[i] = vgetq_lane_f32(silu_multiply4(vdupq_n_f32(gate[i]), vdupq_n_f32(up[i])), 0);
}

CK_TARGET_END

#endif
