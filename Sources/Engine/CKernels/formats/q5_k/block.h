#ifndef CK_Q5_K_BLOCK_H
#define CK_Q5_K_BLOCK_H

#include <stdint.h>

/// 256 elements, 5 bits each, in 8 sub-blocks of 32: value = scale × scales[s] × code - minimum × minima[s].
/// Bytes 32p ... 32p + 31 of `low` hold the low 4 bits of sub-block 2p in their low halves and of sub-block 2p + 1 in
/// their high halves; bit s of high[i] is the fifth bit of element i of sub-block s.
typedef struct {
    uint16_t scale, minimum;  // f16
    uint8_t scales[12];       // 6 bits each, see ck_unpack_scales6
    uint8_t high[32];
    uint8_t low[128];
} q5_k_block;

#endif
