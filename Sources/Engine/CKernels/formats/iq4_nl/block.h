#ifndef CK_IQ4_NL_BLOCK_H
#define CK_IQ4_NL_BLOCK_H

#include <stdint.h>

/// 32 elements, 4 bits each: value = scale × ck_iq4_values[code].
/// Byte i of `codes` holds element i in its low half and element i + 16 in its high half.
typedef struct {
    uint16_t scale;  // f16
    uint8_t codes[16];
} iq4_nl_block;

/// What a code of IQ4_NL and IQ4_XS stands for.
static const int8_t ck_iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

#endif
