#ifndef CK_MXFP4_X86_H
#define CK_MXFP4_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks32.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape32_avx2 shape = {
    .bytes = sizeof(mxfp4_block), .kind = CK_UNSIGNED_5_BITS, .scale_is_exponent = true, .zero = 12};

CK_INLINE __m256i read(const void *row, size_t index) {
    const mxfp4_block *block = (const mxfp4_block *)row + index;
    __m256i values = ck_look_up_avx2(ck_mxfp4_values, ck_nibbles_of_16_bytes(block->codes));
    return _mm256_add_epi8(values, _mm256_set1_epi8(12));
}

CK_TARGET_END

#endif
