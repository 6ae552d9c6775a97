#include "../half.h"
#include "activations.h"

#include <math.h>
#include <string.h>

size_t ck_float32_bytes(size_t n) { return ck_round_up(n * sizeof(float), 64); }

size_t ck_bfloat16_bytes(size_t n) { return ((n * sizeof(uint16_t) + 63) / 64 | 1) * 64; }

size_t ck_int8_32_bytes(size_t n) { return ck_round_up(ck_round_up(n, 64) + n / 32 * 3 * sizeof(float), 64); }

size_t ck_int8_256_bytes(size_t n) {
    return ck_round_up(n + (n / 16 + n / 32) * sizeof(int16_t) + n / 256 * sizeof(float), 64);
}

void ck_float32_quantize_generic(size_t n, const float *in, void *out) { memcpy(out, in, n * sizeof(float)); }

void ck_bfloat16_quantize_generic(size_t n, const float *in, void *out) {
    uint16_t *values = out;
    for (size_t i = 0; i < n; i++) values[i] = ck_bf16_of_float(in[i]);
}

/// Codes of `n` elements with one scale, which is returned: value ≈ scale × code, |code| ≤ 127.
/// A block that holds NaN or infinity gets the scale NaN, so that every product with it is NaN.
static float quantize_block(size_t n, const float *in, int8_t *codes) {
    float largest = 0;
    for (size_t i = 0; i < n; i++) {
        float magnitude = fabsf(in[i]);
        if (!(magnitude <= largest)) largest = magnitude;
        if (isnan(largest)) break;
    }
    float inverse = 127 / largest;
    if (!isfinite(largest) || !isfinite(inverse)) {  // the latter: all zero, or too small to have an inverse
        memset(codes, 0, n);
        return isfinite(largest) ? 0 : NAN;
    }
    for (size_t i = 0; i < n; i++) codes[i] = (int8_t)rintf(in[i] * inverse);
    return largest / 127;
}

static int sum_of(size_t n, const int8_t *codes) {
    int sum = 0;
    for (size_t i = 0; i < n; i++) sum += codes[i];
    return sum;
}

void ck_int8_32_quantize_generic(size_t n, const float *in, void *out) {
    int8_t *codes = out;
    float *scales = (float *)ck_int8_32_scales(out, n);
    float *sums = (float *)ck_int8_32_sums(out, n);
    int32_t *code_sums = (int32_t *)ck_int8_32_code_sums(out, n);
    for (size_t b = 0; b < n / 32; b++) {
        scales[b] = quantize_block(32, in + 32 * b, codes + 32 * b);
        code_sums[b] = sum_of(32, codes + 32 * b);
        sums[b] = scales[b] * (float)code_sums[b];
    }
}

void ck_int8_256_quantize_generic(size_t n, const float *in, void *out) {
    int8_t *codes = out;
    int16_t *sums16 = (int16_t *)ck_int8_256_sums16(out, n);
    int16_t *sums32 = (int16_t *)ck_int8_256_sums32(out, n);
    float *scales = (float *)ck_int8_256_scales(out, n);
    for (size_t b = 0; b < n / 256; b++) scales[b] = quantize_block(256, in + 256 * b, codes + 256 * b);
    for (size_t i = 0; i < n / 16; i++) sums16[i] = (int16_t)sum_of(16, codes + 16 * i);
    for (size_t i = 0; i < n / 32; i++) sums32[i] = sums16[2 * i] + sums16[2 * i + 1];
}
