#ifndef CK_Q2_K_BLOCK_H
#define CK_Q2_K_BLOCK_H

#include <stdint.h>

/// 256 elements, 2 bits each, in 16 sub-blocks of 16: value = scale × scales[s] × code - minimum × minima[s].
/// The low half of byte s of `scales` is scales[s], the high half minima[s]. Each half of the block has 32 bytes of
/// `codes`; bits 2r and 2r + 1 of byte i are element i of run r, of the half's four runs of 32.
typedef struct {
    uint8_t scales[16];
    uint8_t codes[64];
    uint16_t scale, minimum;  // f16
} q2_k_block;

#endif
