#ifndef CK_IQ4_XS_BLOCK_H
#define CK_IQ4_XS_BLOCK_H

#include <stddef.h>
#include <stdint.h>

/// 256 elements, 4 bits each, in 8 sub-blocks of 32: value = scale × (scales[s] - 32) × ck_iq4_values[code].
/// Scale s has its low 4 bits in low_scales[s / 2], the high half for odd s, and its upper 2 bits in bits 2s and 2s + 1
/// of `high_scales`. Byte i of a sub-block's 16 holds element i in its low half and element i + 16 in its high half.
typedef struct {
    uint16_t scale;  // f16
    uint16_t high_scales;
    uint8_t low_scales[4];
    uint8_t codes[128];
} iq4_xs_block;

/// The scale of a sub-block, without its offset.
static inline int iq4_xs_scale(const iq4_xs_block *block, size_t s) {
    int low = block->low_scales[s / 2] >> s % 2 * 4 & 15, upper = block->high_scales >> 2 * s & 3;
    return (low | upper << 4) - 32;
}

#endif
