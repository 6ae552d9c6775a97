#ifndef CK_IQ4_NL_ARM64_H
#define CK_IQ4_NL_ARM64_H

// The products for arm64, with the instruction set whose header of dots/ was included before.

#include "../../products/neon_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE ck_block32_neon read(const void *row, size_t index) {
    const iq4_nl_block *block = (const iq4_nl_block *)row + index;
    uint8x16x2_t codes = ck_nibbles_neon(block->codes);
    return (ck_block32_neon){
        {ck_look_up_neon(ck_iq4_values, codes.val[0]), ck_look_up_neon(ck_iq4_values, codes.val[1])},
        ck_half_to_float(block->scale),
        0};
}

CK_MULTIPLY32_NEON(iq4_nl)

CK_TARGET_END

#endif
