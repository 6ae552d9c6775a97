#ifndef CK_Q2_K_X86_H
#define CK_Q2_K_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks256.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape256_avx2 shape = {.bytes = sizeof(q2_k_block), .width = 16, .codes = {.run = 4}};

CK_INLINE void read(const void *row, size_t index, ck_block256_avx2 *out) {
    const q2_k_block *block = (const q2_k_block *)row + index;
    for (int half = 0; half < 2; half++) {
        __m256i packed = ck_load256(block->codes + 32 * half);
        for (int run = 0; run < 4; run++) {
            out->codes[4 * half + run] = _mm256_and_si256(_mm256_srli_epi16(packed, 2 * run), _mm256_set1_epi8(3));
        }
    }
    const __m128i low_halves = _mm_set1_epi8(15);
    __m128i both = _mm_loadu_si128((const __m128i *)block->scales);
    out->scales = ck_scales_of_halves_avx2(_mm_and_si128(both, low_halves));
    out->minima = _mm256_cvtepi8_epi16(_mm_and_si128(_mm_srli_epi16(both, 4), low_halves));
    out->scale = ck_half_to_float(block->scale);
    out->minimum = ck_half_to_float(block->minimum);
}

CK_TARGET_END

#endif
