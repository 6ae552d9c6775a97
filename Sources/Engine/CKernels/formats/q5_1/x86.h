#ifndef CK_Q5_1_X86_H
#define CK_Q5_1_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks32.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape32_avx2 shape = {.bytes = sizeof(q5_1_block), .kind = CK_UNSIGNED_5_BITS, .has_minimum = true};

CK_INLINE __m256i read(const void *row, size_t index) {
    const q5_1_block *block = (const q5_1_block *)row + index;
    return _mm256_or_si256(ck_nibbles_of_16_bytes(block->low), ck_fifth_bits_avx2(block->high));
}

CK_TARGET_END

#endif
