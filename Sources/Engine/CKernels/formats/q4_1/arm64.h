#ifndef CK_Q4_1_ARM64_H
#define CK_Q4_1_ARM64_H

// The products for arm64, with the instruction set whose header of dots/ was included before.

#include "../../products/neon_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE ck_block32_neon read(const void *row, size_t index) {
    const q4_1_block *block = (const q4_1_block *)row + index;
    return ck_block32_of(ck_nibbles_neon(block->codes), 0, ck_half_to_float(block->scale),
                         ck_half_to_float(block->minimum));
}

CK_MULTIPLY32_NEON(q4_1)

CK_TARGET_END

#endif
