#ifndef CK_Q4_1_BLOCK_H
#define CK_Q4_1_BLOCK_H

#include <stdint.h>

/// 32 elements, 4 bits each: value = scale × code + minimum.
/// Byte i of `codes` holds element i in its low half and element i + 16 in its high half.
typedef struct {
    uint16_t scale, minimum;  // f16
    uint8_t codes[16];
} q4_1_block;

#endif
