#include "../operations.h"

void ck_add_generic(size_t n, const float *a, const float *b, float *out) {
    for (size_t i = 0; i < n; i++) out[i] = a[i] + b[i];
}

void ck_multiply_generic(size_t n, const float *a, const float *b, float *out) {
    for (size_t i = 0; i < n; i++) out[i] = a[i] * b[i];
}

void ck_scale_generic(size_t n, const float *in, float factor, float *out) {
    for (size_t i = 0; i < n; i++) out[i] = in[i] * factor;
}

void ck_clamp_generic(size_t n, const float *in, float low, float high, float *out) {
    for (size_t i = 0; i < n; i++) out[i] = in[i] > high ? high : in[i] < low ? low : in[i];
}
