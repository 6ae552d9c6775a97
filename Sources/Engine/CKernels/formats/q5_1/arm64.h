#ifndef CK_Q5_1_ARM64_H
#define CK_Q5_1_ARM64_H

// The products for arm64, with the instruction set whose header of dots/ was included before.

#include "../../products/neon_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE ck_block32_neon read(const void *row, size_t index) {
    const q5_1_block *block = (const q5_1_block *)row + index;
    return ck_block32_of(ck_five_bits_neon(block->low, block->high), 0, ck_half_to_float(block->scale),
                         ck_half_to_float(block->minimum));
}

CK_MULTIPLY32_NEON(q5_1)

CK_TARGET_END

#endif
