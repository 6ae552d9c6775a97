#ifndef CK_Q5_0_BLOCK_H
#define CK_Q5_0_BLOCK_H

#include <stdint.h>

/// 32 elements, 5 bits each: value = scale × (code - 16).
/// Byte i of `low` holds the low 4 bits of element i in its low half and of element i + 16 in its high half;
/// bit i of the little-endian word `high` is the fifth bit of element i.
typedef struct {
    uint16_t scale;  // f16
    uint8_t high[4];
    uint8_t low[16];
} q5_0_block;

#endif
