#ifndef CK_NORM_VECTORS_H
#define CK_NORM_VECTORS_H

#include <math.h>

CK_TARGET_BEGIN

enum { CK_NORM_SUMS = 4 };  // vectors of sums, so that one does not wait for the other

/// The sum of x of all elements.
CK_INLINE float sum_of(size_t n, const float *in) {
    ck_vector sums[CK_NORM_SUMS] = {ck_vector_of(0), ck_vector_of(0), ck_vector_of(0), ck_vector_of(0)};
    size_t i = 0;
    for (; i + CK_NORM_SUMS * CK_LANES <= n; i += CK_NORM_SUMS * CK_LANES) {
        for (size_t v = 0; v < CK_NORM_SUMS; v++) sums[v] = ck_add(sums[v], ck_load(in + i + v * CK_LANES));
    }
    float sum = ck_sum(ck_add(ck_add(sums[0], sums[1]), ck_add(sums[2], sums[3])));
    for (; i < n; i++) sum += in[i];
    return sum;
}

/// The sum of (x - mean)² of all elements.
CK_INLINE float squares_of(size_t n, const float *in, float mean) {
    ck_vector sums[CK_NORM_SUMS] = {ck_vector_of(0), ck_vector_of(0), ck_vector_of(0), ck_vector_of(0)};
    size_t i = 0;
    for (; i + CK_NORM_SUMS * CK_LANES <= n; i += CK_NORM_SUMS * CK_LANES) {
        for (size_t v = 0; v < CK_NORM_SUMS; v++) {
            ck_vector x = ck_subtract(ck_load(in + i + v * CK_LANES), ck_vector_of(mean));
            sums[v] = ck_fused(x, x, sums[v]);
        }
    }
    float sum = ck_sum(ck_add(ck_add(sums[0], sums[1]), ck_add(sums[2], sums[3])));
    for (; i < n; i++) sum = __builtin_fmaf(in[i] - mean, in[i] - mean, sum);
    return sum;
}

void CK_OPERATION(rms_norm)(size_t n, const float *in, const float *weight, float epsilon, float *out) {
    float factor = 1 / sqrtf(squares_of(n, in, 0) / (float)n + epsilon);
    size_t i = 0;
    for (; i + CK_LANES <= n; i += CK_LANES) {
        ck_vector scaled = ck_multiply(ck_load(in + i), ck_vector_of(factor));
        ck_store(out + i, weight != NULL ? ck_multiply(scaled, ck_load(weight + i)) : scaled);
    }
    for (; i < n; i++) out[i] = in[i] * factor * (weight != NULL ? weight[i] : 1);
}

void CK_OPERATION(layer_norm)(size_t n, const float *in, const float *weight, const float *bias, float epsilon,
                              float *out) {
    float mean = sum_of(n, in) / (float)n;
    float factor = 1 / sqrtf(squares_of(n, in, mean) / (float)n + epsilon);
    size_t i = 0;
    for (; i + CK_LANES <= n; i += CK_LANES) {
        ck_vector scaled = ck_multiply(ck_subtract(ck_load(in + i), ck_vector_of(mean)), ck_vector_of(factor));
        if (weight != NULL) scaled = ck_multiply(scaled, ck_load(weight + i));
        ck_store(out + i, bias != NULL ? ck_add(scaled, ck_load(bias + i)) : scaled);
    }
    for (; i < n; i++) {
        out[i] = (in[i] - mean) * factor * (weight != NULL ? weight[i] : 1) + (bias != NULL ? bias[i] : 0);
    }
}

CK_TARGET_END

#endif
