#ifndef CK_Q6_K_BLOCK_H
#define CK_Q6_K_BLOCK_H

#include <stdint.h>

/// 256 elements, 6 bits each, in 16 sub-blocks of 16: value = scale × scales[s] × (code - 32).
/// Each half of the block has 64 bytes of `low`, 32 of `high`. Of its 128 elements, in runs of 32,
/// runs 0 and 1 are the low halves of low[0 ..< 32] and low[32 ..< 64], runs 2 and 3 their high halves;
/// bits 2r and 2r + 1 of high[i] are the upper bits of element i of run r.
typedef struct {
    uint8_t low[128];
    uint8_t high[64];
    int8_t scales[16];
    uint16_t scale;  // f16
} q6_k_block;

#endif
