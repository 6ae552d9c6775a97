#ifndef CK_IQ4_NL_X86_H
#define CK_IQ4_NL_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks32.h"
#include "block.h"

CK_AVX2_BEGIN

static const ck_shape32_avx2 shape = {.bytes = sizeof(iq4_nl_block), .kind = CK_SIGNED_8_BITS};

CK_INLINE __m256i read(const void *row, size_t index) {
    const iq4_nl_block *block = (const iq4_nl_block *)row + index;
    return ck_look_up_avx2(ck_iq4_values, ck_nibbles_of_16_bytes(block->codes));
}

CK_TARGET_END

#endif
