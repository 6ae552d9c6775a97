#if defined(__aarch64__)

#include "../../products/neon.h"
#include "../operations.h"

CK_TARGET_BEGIN

void ck_f32_to_f16_neon(size_t n, const float *in, uint16_t *out) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) vst1_u16(out + i, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(in + i))));
    for (; i < n; i++) out[i] = vget_lane_u16(vreinterpret_u16_f16(vcvt_f16_f32(vdupq_n_f32(in[i]))), 0);
}

CK_TARGET_END

#endif
