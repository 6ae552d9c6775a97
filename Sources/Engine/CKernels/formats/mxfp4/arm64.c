#if defined(__aarch64__)

#include "../../products/neon_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_INLINE ck_block32_neon read(const void *row, size_t index) {
    const mxfp4_block *block = (const mxfp4_block *)row + index;
    uint8x16x2_t codes = ck_nibbles_neon(block->codes);
    return (ck_block32_neon){
        {ck_look_up_neon(ck_mxfp4_values, codes.val[0]), ck_look_up_neon(ck_mxfp4_values, codes.val[1])},
        mxfp4_scale(block),
        0};
}

#define CK_FORMAT mxfp4
#include "../../products/neon_products32.h"

#endif
