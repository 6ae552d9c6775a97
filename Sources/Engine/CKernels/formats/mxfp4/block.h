#ifndef CK_MXFP4_BLOCK_H
#define CK_MXFP4_BLOCK_H

#include "../../half.h"

/// 32 elements, 4 bits each: value = 2^(exponent - 128) × ck_mxfp4_values[code].
/// Byte i of `codes` holds element i in its low half and element i + 16 in its high half.
typedef struct {
    uint8_t exponent;
    uint8_t codes[16];
} mxfp4_block;

/// 2^(exponent - 128), a subnormal number for exponents 0 and 1.
static inline float mxfp4_scale(const mxfp4_block *block) {
    uint32_t exponent = block->exponent;
    return ck_float_of_bits(exponent < 2 ? 0x00200000u << exponent : (exponent - 1) << 23);
}

/// Twice what a code stands for: a sign bit, two bits of exponent, one of mantissa.
static const int8_t ck_mxfp4_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

#endif
