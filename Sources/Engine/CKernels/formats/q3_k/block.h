#ifndef CK_Q3_K_BLOCK_H
#define CK_Q3_K_BLOCK_H

#include <stdint.h>
#include <string.h>

/// 256 elements, 3 bits each, in 16 sub-blocks of 16: value = scale × (scales[s] - 32) × (code - 4).
/// Each half of the block has 32 bytes of `low`; bits 2r and 2r + 1 of byte i are the low bits of element i of run r,
/// of the half's four runs of 32. Bit r of high[i] is the upper bit of element i of run r, of the block's eight runs.
/// Scale s has its low 4 bits in a half of scales[s % 8], the high half from s = 8 on, and its upper 2 bits in
/// bits 2(s / 4) and 2(s / 4) + 1 of scales[8 + s % 4].
typedef struct {
    uint8_t high[32];
    uint8_t low[64];
    uint8_t scales[12];
    uint16_t scale;  // f16
} q3_k_block;

/// The 16 scales, still with their offset of 32, a byte each, from their 12 bytes.
static inline void q3_k_scales(const uint8_t *bytes, uint32_t out[4]) {
    uint32_t first, second, upper;
    memcpy(&first, bytes, 4);
    memcpy(&second, bytes + 4, 4);
    memcpy(&upper, bytes + 8, 4);
    const uint32_t low_halves = 0x0f0f0f0f, upper_bits = 0x30303030;
    out[0] = (first & low_halves) | (upper << 4 & upper_bits);
    out[1] = (second & low_halves) | (upper << 2 & upper_bits);
    out[2] = (first >> 4 & low_halves) | (upper & upper_bits);
    out[3] = (second >> 4 & low_halves) | (upper >> 2 & upper_bits);
}

#endif
