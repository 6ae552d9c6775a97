#include "../operations.h"

#include <math.h>

void ck_rms_norm_generic(size_t n, const float *in, const float *weight, float epsilon, float *out) {
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += (double)in[i] * in[i];
    float factor = 1 / sqrtf((float)(squares / (double)n) + epsilon);
    for (size_t i = 0; i < n; i++) out[i] = in[i] * factor * (weight != NULL ? weight[i] : 1);
}

void ck_layer_norm_generic(size_t n, const float *in, const float *weight, const float *bias, float epsilon,
                           float *out) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) sum += in[i];
    float mean = (float)(sum / (double)n);
    for (size_t i = 0; i < n; i++) squares += (double)(in[i] - mean) * (in[i] - mean);
    float factor = 1 / sqrtf((float)(squares / (double)n) + epsilon);
    for (size_t i = 0; i < n; i++) {
        out[i] = (in[i] - mean) * factor * (weight != NULL ? weight[i] : 1) + (bias != NULL ? bias[i] : 0);
    }
}
