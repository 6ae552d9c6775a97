#ifndef CK_Q8_0_BLOCK_H
#define CK_Q8_0_BLOCK_H

#include <stdint.h>

/// 32 elements, 8 bits each: value = scale × code.
typedef struct {
    uint16_t scale;  // f16
    int8_t codes[32];
} q8_0_block;

#endif
