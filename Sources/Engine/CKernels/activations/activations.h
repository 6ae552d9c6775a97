#ifndef CK_ACTIVATIONS_H
#define CK_ACTIVATIONS_H

// The layouts of activation columns. Every table uses the same ones, so that a format may fall back to generic code.
// A column is a multiple of 64 bytes; 64-byte alignment of the first is best, not required.

#include "../include/ckernels.h"

static inline size_t ck_round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/// bfloat16: values[n] of BF16, rounded to nearest, ties to even. The bytes are an odd multiple of 64, so that the same
/// elements of several columns do not meet in one set of a cache.

/// int8_32: codes[n], then for each 32 elements a scale, then for each scale × sum(codes), then for each sum(codes).
/// The codes are padded to a multiple of 64.
static inline const int8_t *ck_int8_32_codes(const void *column) { return column; }
static inline const float *ck_int8_32_scales(const void *column, size_t n) {
    return (const float *)((const char *)column + ck_round_up(n, 64));
}
static inline const float *ck_int8_32_sums(const void *column, size_t n) {
    return ck_int8_32_scales(column, n) + n / 32;
}
static inline const int32_t *ck_int8_32_code_sums(const void *column, size_t n) {
    return (const int32_t *)(ck_int8_32_sums(column, n) + n / 32);
}

/// int8_256: codes[n], sums of each 16 codes, sums of each 32 codes, then a scale for each 256 elements.
static inline const int8_t *ck_int8_256_codes(const void *column) { return column; }
static inline const int16_t *ck_int8_256_sums16(const void *column, size_t n) {
    return (const int16_t *)((const char *)column + n);
}
static inline const int16_t *ck_int8_256_sums32(const void *column, size_t n) {
    return ck_int8_256_sums16(column, n) + n / 16;
}
static inline const float *ck_int8_256_scales(const void *column, size_t n) {
    return (const float *)(ck_int8_256_sums32(column, n) + n / 32);
}

size_t ck_float32_bytes(size_t n);
size_t ck_bfloat16_bytes(size_t n);
size_t ck_int8_32_bytes(size_t n);
size_t ck_int8_256_bytes(size_t n);

void ck_float32_quantize_generic(size_t n, const float *in, void *out);
void ck_bfloat16_quantize_generic(size_t n, const float *in, void *out);
void ck_int8_32_quantize_generic(size_t n, const float *in, void *out);
void ck_int8_256_quantize_generic(size_t n, const float *in, void *out);
void ck_int8_32_quantize_avx2(size_t n, const float *in, void *out);
void ck_int8_256_quantize_avx2(size_t n, const float *in, void *out);
void ck_bfloat16_quantize_avx512(size_t n, const float *in, void *out);

#endif
