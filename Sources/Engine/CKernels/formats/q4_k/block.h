#ifndef CK_Q4_K_BLOCK_H
#define CK_Q4_K_BLOCK_H

#include <stdint.h>

/// 256 elements, 4 bits each, in 8 sub-blocks of 32: value = scale × scales[s] × code - minimum × minima[s].
/// Bytes 32p ... 32p + 31 of `codes` hold sub-block 2p in their low halves and sub-block 2p + 1 in their high halves.
typedef struct {
    uint16_t scale, minimum;  // f16
    uint8_t scales[12];       // 6 bits each, see ck_unpack_scales6
    uint8_t codes[128];
} q4_k_block;

#endif
