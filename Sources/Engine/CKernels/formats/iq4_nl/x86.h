#ifndef CK_IQ4_NL_X86_H
#define CK_IQ4_NL_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks32.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape32_avx2 shape = {.bytes = sizeof(iq4_nl_block), .kind = CK_SIGNED_8_BITS};

CK_INLINE __m256i read(const void *row, size_t index) {
    const iq4_nl_block *block = (const iq4_nl_block *)row + index;
    return ck_look_up_avx2(ck_iq4_values, ck_nibbles_of_16_bytes(block->codes));
}

/// The codes with an offset of 128, since one side of the product instructions is unsigned.
static const ck_shape32_avx2 offset_shape = {.bytes = sizeof(iq4_nl_block), .zero = 128};

CK_INLINE __m256i read_offset(const void *row, size_t index) {
    return _mm256_xor_si256(read(row, index), _mm256_set1_epi8((char)0x80));
}

CK_TARGET_END

#endif
