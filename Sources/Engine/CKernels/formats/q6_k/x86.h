#ifndef CK_Q6_K_X86_H
#define CK_Q6_K_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks256.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape256_avx2 shape = {
    .bytes = sizeof(q6_k_block), .width = 16, .codes = {.run = 2}, .minima_are_zeros = true, .zero = 32};

CK_INLINE void read(const void *row, size_t index, ck_block256_avx2 *out) {
    const q6_k_block *block = (const q6_k_block *)row + index;
    const __m256i low_halves = _mm256_set1_epi8(15);
    const __m256i upper_bits = _mm256_set1_epi8(48);
    for (int half = 0; half < 2; half++) {
        __m256i low[2] = {ck_load256(block->low + 64 * half), ck_load256(block->low + 64 * half + 32)};
        __m256i high = ck_load256(block->high + 32 * half);
        __m256i shifted[4] = {_mm256_slli_epi16(high, 4), _mm256_slli_epi16(high, 2), high, _mm256_srli_epi16(high, 2)};
        for (int run = 0; run < 4; run++) {
            __m256i packed = run < 2 ? low[run] : _mm256_srli_epi16(low[run - 2], 4);
            out->codes[4 * half + run] = _mm256_or_si256(_mm256_and_si256(packed, low_halves),
                                                         _mm256_and_si256(shifted[run], upper_bits));
        }
    }
    __m128i scales = _mm_loadu_si128((const __m128i *)block->scales);
    out->scales = ck_scales_of_halves_avx2(scales);
    out->minima = _mm256_slli_epi16(_mm256_cvtepi8_epi16(scales), 5);  // codes have an offset of 32
    out->scale = ck_half_to_float(block->scale);
    out->minimum = 0;
}

CK_TARGET_END

#endif
