#if defined(__aarch64__)

#include "../../products/neon_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_INLINE ck_block32_neon read(const void *row, size_t index) {
    const q4_0_block *block = (const q4_0_block *)row + index;
    return ck_block32_of(ck_nibbles_neon(block->codes), 8, ck_half_to_float(block->scale), 0);
}

#define CK_FORMAT q4_0
#include "../../products/neon_products32.h"

#endif
