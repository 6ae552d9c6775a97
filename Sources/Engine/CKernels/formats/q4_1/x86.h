#ifndef CK_Q4_1_X86_H
#define CK_Q4_1_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks32.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape32_avx2 shape = {.bytes = sizeof(q4_1_block), .kind = CK_UNSIGNED_4_BITS, .has_minimum = true};

CK_INLINE __m256i read(const void *row, size_t index) {
    const q4_1_block *block = (const q4_1_block *)row + index;
    return ck_nibbles_of_16_bytes(block->codes);
}

CK_TARGET_END

#endif
