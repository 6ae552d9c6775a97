#ifndef CK_Q3_K_X86_H
#define CK_Q3_K_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks256.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape256_avx2 shape = {
    .bytes = sizeof(q3_k_block), .width = 16, .codes = {.run = 4}, .minima_are_zeros = true, .zero = 4};

CK_INLINE void read(const void *row, size_t index, ck_block256_avx2 *out) {
    const q3_k_block *block = (const q3_k_block *)row + index;
    __m256i high = ck_load256(block->high);
    for (int half = 0; half < 2; half++) {
        __m256i packed = ck_load256(block->low + 32 * half);
        for (int run = 0; run < 4; run++) {
            __m256i low = _mm256_and_si256(_mm256_srli_epi16(packed, 2 * run), _mm256_set1_epi8(3));
            __m256i upper = _mm256_slli_epi16(_mm256_srli_epi16(high, 4 * half + run), 2);
            out->codes[4 * half + run] = _mm256_or_si256(low, _mm256_and_si256(upper, _mm256_set1_epi8(4)));
        }
    }
    uint32_t words[4];
    q3_k_scales(block->scales, words);
    __m128i scales = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)words), _mm_set1_epi8(32));
    out->scales = ck_scales_of_halves_avx2(scales);
    out->minima = _mm256_slli_epi16(_mm256_cvtepi8_epi16(scales), 2);  // codes have an offset of 4
    out->scale = ck_half_to_float(block->scale);
    out->minimum = 0;
}

CK_TARGET_END

#endif
