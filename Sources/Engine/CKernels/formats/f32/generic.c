#include "../formats.h"

#include <string.h>

void ck_f32_dequantize(size_t n, const void *blocks, float *out) { memcpy(out, blocks, n * sizeof(float)); }

static float dot(size_t n, const void *row, const void *column) {
    const float *weights = row, *activations = column;
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += weights[i] * activations[i];
    return sum;
}

void ck_f32_multiply_generic(const ck_product *product) { ck_multiply_by_dots(product, dot); }
