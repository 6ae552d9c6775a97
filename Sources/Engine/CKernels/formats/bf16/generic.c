#include "../../half.h"
#include "../formats.h"

void ck_bf16_dequantize(size_t n, const void *blocks, float *out) {
    const uint16_t *values = blocks;
    for (size_t i = 0; i < n; i++) out[i] = ck_float_of_bf16(values[i]);
}

static float dot(size_t n, const void *row, const void *column) {
    const uint16_t *weights = row;
    const float *activations = column;
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += ck_float_of_bf16(weights[i]) * activations[i];
    return sum;
}

void ck_bf16_multiply_generic(const ck_product *product) { ck_multiply_by_dots(product, dot); }

static float dot_bf16(size_t n, const void *row, const void *column) {
    const uint16_t *weights = row, *activations = column;
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += ck_float_of_bf16(weights[i]) * ck_float_of_bf16(activations[i]);
    return sum;
}

void ck_bf16_multiply_generic_bf16(const ck_product *product) { ck_multiply_by_dots(product, dot_bf16); }
