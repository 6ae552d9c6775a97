#ifndef CK_Q4_K_X86_H
#define CK_Q4_K_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks256.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape256_avx2 shape = {.bytes = sizeof(q4_k_block), .width = 32, .codes = {.run = 8}};

CK_INLINE void read(const void *row, size_t index, ck_block256_avx2 *out) {
    const q4_k_block *block = (const q4_k_block *)row + index;
    const __m256i low_halves = _mm256_set1_epi8(15);
    for (int pair = 0; pair < 4; pair++) {
        __m256i packed = ck_load256(block->codes + 32 * pair);
        out->codes[2 * pair] = _mm256_and_si256(packed, low_halves);
        out->codes[2 * pair + 1] = _mm256_and_si256(_mm256_srli_epi16(packed, 4), low_halves);
    }
    ck_read_scales6_avx2(block->scales, out);
    out->scale = ck_half_to_float(block->scale);
    out->minimum = ck_half_to_float(block->minimum);
}

CK_TARGET_END

#endif
