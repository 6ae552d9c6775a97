#ifndef CK_IQ4_XS_X86_H
#define CK_IQ4_XS_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_blocks256.h"
#include "../iq4_nl/block.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape256_avx2 shape = {
    .bytes = sizeof(iq4_xs_block), .width = 32, .codes = {.run = 1, .are_signed = true}, .minima_are_zeros = true};

/// The eight scales as 16-bit numbers.
CK_INLINE __m128i iq4_xs_scales(const iq4_xs_block *block) {
    uint32_t low;
    memcpy(&low, block->low_scales, 4);
    // Each 16-bit lane shifts its own bits down: multiply moves them to the top first.
    __m128i low_words = _mm_cvtepu8_epi16(_mm_setr_epi32((int)(low & 0x0f0f0f0f), (int)(low >> 4 & 0x0f0f0f0f), 0, 0));
    low_words = _mm_unpacklo_epi16(low_words, _mm_unpackhi_epi64(low_words, low_words));
    const __m128i to_top = _mm_setr_epi16(1 << 14, 1 << 12, 1 << 10, 1 << 8, 1 << 6, 1 << 4, 1 << 2, 1);
    __m128i upper = _mm_srli_epi16(_mm_mullo_epi16(_mm_set1_epi16((short)block->high_scales), to_top), 14);
    __m128i scales = _mm_or_si128(low_words, _mm_slli_epi16(upper, 4));
    return _mm_sub_epi16(scales, _mm_set1_epi16(32));
}

CK_INLINE void read(const void *row, size_t index, ck_block256_avx2 *out) {
    const iq4_xs_block *block = (const iq4_xs_block *)row + index;
    for (int s = 0; s < 8; s++) {
        out->codes[s] = ck_look_up_avx2(ck_iq4_values, ck_nibbles_of_16_bytes(block->codes + 16 * s));
    }
    __m128i scales = iq4_xs_scales(block);
    out->scales = _mm256_set_m128i(scales, scales);
    out->minima = _mm256_setzero_si256();
    out->scale = ck_half_to_float(block->scale);
    out->minimum = 0;
}

/// The codes with an offset of 128, since one side of the product instructions is unsigned.
static const ck_shape256_avx2 offset_shape = {
    .bytes = sizeof(iq4_xs_block), .width = 32, .minima_are_zeros = true, .zero = 128};

CK_INLINE void read_offset(const void *row, size_t index, ck_block256_avx2 *out) {
    read(row, index, out);
    for (int s = 0; s < 8; s++) out->codes[s] = _mm256_xor_si256(out->codes[s], _mm256_set1_epi8((char)0x80));
    out->minima = _mm256_slli_epi16(_mm256_zextsi128_si256(_mm256_castsi256_si128(out->scales)), 7);
}

CK_TARGET_END

#endif
