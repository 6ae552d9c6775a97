#include "../operations.h"

#include <math.h>

void ck_rms_norm_generic(size_t n, const float *in, const float *weight, float epsilon, float *out) {
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += (double)in[i] * in[i];
    float factor = 1 / sqrtf((float)(squares / (double)n) + epsilon);
    for (size_t i = 0; i < n; i++) out[i] = in[i] * factor * weight[i];
}
