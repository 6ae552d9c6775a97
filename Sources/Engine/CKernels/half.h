#ifndef CK_HALF_H
#define CK_HALF_H

// 16-bit floats in plain C, exact for every bit pattern. x86-64 without F16C has no instruction for them.

#include <stdint.h>
#include <string.h>

static inline float ck_float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t ck_bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float ck_float_of_bf16(uint16_t half) { return ck_float_of_bits((uint32_t)half << 16); }

/// Rounds to nearest, ties to even.
static inline uint16_t ck_bf16_of_float(float value) {
    uint32_t bits = ck_bits_of_float(value);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);  // NaN, and not infinity
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline float ck_float_of_half(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t magnitude = half & 0x7fff;
    if (magnitude < 0x0400) {  // zero and subnormals: multiples of 2^-24
        return ck_float_of_bits(sign | ck_bits_of_float((float)magnitude * 0x1p-24f));
    }
    uint32_t exponent_shift = magnitude < 0x7c00 ? (127 - 15) << 23 : (255 - 31) << 23;
    return ck_float_of_bits(sign | ((magnitude << 13) + exponent_shift));
}

/// Rounds to nearest, ties to even.
static inline uint16_t ck_half_of_float(float value) {
    uint32_t bits = ck_bits_of_float(value);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) return sign | 0x7e00;   // NaN
    if (magnitude >= 0x477ff000) return sign | 0x7c00;  // rounds to infinity
    if (magnitude < 0x38800000) {                       // below 2^-14: adding 0.5 rounds to a multiple of 2^-24
        return sign | (uint16_t)(ck_bits_of_float(ck_float_of_bits(magnitude) + 0.5f) - 0x3f000000);
    }
    uint32_t rounded = magnitude + 0x0fff + (magnitude >> 13 & 1);
    return sign | (uint16_t)((rounded - ((127 - 15) << 23)) >> 13);
}

static inline uint16_t ck_load_u16(const void *bytes) {
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline uint32_t ck_load_u32(const void *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

#endif
