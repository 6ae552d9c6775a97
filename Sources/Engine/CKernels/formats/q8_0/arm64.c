#if defined(__aarch64__)

#include "../../products/neon_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_INLINE ck_block32_neon read(const void *row, size_t index) {
    const q8_0_block *block = (const q8_0_block *)row + index;
    return (ck_block32_neon){{vld1q_s8(block->codes), vld1q_s8(block->codes + 16)}, ck_half_to_float(block->scale), 0};
}

#define CK_FORMAT q8_0
#include "../../products/neon_products32.h"

#endif
