#ifndef CK_Q8_0_X86_H
#define CK_Q8_0_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks32.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape32_avx2 shape = {.bytes = sizeof(q8_0_block), .kind = CK_SIGNED_8_BITS};

CK_INLINE __m256i read(const void *row, size_t index) {
    const q8_0_block *block = (const q8_0_block *)row + index;
    return ck_load256(block->codes);
}

/// The codes with an offset of 128, since one side of the product instructions is unsigned.
static const ck_shape32_avx2 offset_shape = {.bytes = sizeof(q8_0_block), .zero = 128};

CK_INLINE __m256i read_offset(const void *row, size_t index) {
    return _mm256_xor_si256(read(row, index), _mm256_set1_epi8((char)0x80));
}

CK_TARGET_END

#endif
