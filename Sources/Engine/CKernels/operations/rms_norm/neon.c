#if defined(__aarch64__)

#include "../../products/neon.h"
#include "../operations.h"

#include <math.h>

CK_TARGET_BEGIN

void ck_rms_norm_neon(size_t n, const float *in, const float *weight, float epsilon, float *out) {
    float32x4_t squares[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        for (size_t v = 0; v < 4; v++) {
            float32x4_t x = vld1q_f32(in + i + 4 * v);
            squares[v] = vfmaq_f32(squares[v], x, x);
        }
    }
    float sum = vaddvq_f32(vaddq_f32(vaddq_f32(squares[0], squares[1]), vaddq_f32(squares[2], squares[3])));
    for (; i < n; i++) sum += in[i] * in[i];
    float factor = 1 / sqrtf(sum / (float)n + epsilon);
    for (i = 0; i + 4 <= n; i += 4) {
        vst1q_f32(out + i, vmulq_f32(vmulq_n_f32(vld1q_f32(in + i), factor), vld1q_f32(weight + i)));
    }
    for (; i < n; i++) out[i] = in[i] * factor * weight[i];
}

CK_TARGET_END

#endif
