#if defined(__x86_64__)

#include "../../products/avx512_packed256.h"
#include "../../products/avx512_blocks256.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX512(q3_k, shape, read, ck_q3_k_multiply_avx2)

CK_INLINE void read_packed_head(ck_packed_block block, ck_packed_head256_avx512 *out) {
    const __m512i low_halves = _mm512_set1_epi8(15), upper_bits = _mm512_set1_epi8(48);
    __m512i upper = ck_load_word_avx512(&block.words[2]);
    __m512i shifted[4] = {_mm512_slli_epi16(upper, 4), _mm512_slli_epi16(upper, 2), upper, _mm512_srli_epi16(upper, 2)};
    for (int w = 0; w < 4; w++) {  // as q3_k_scales
        __m512i low = _mm512_and_si512(_mm512_srli_epi16(ck_load_word_avx512(&block.words[w % 2]), w < 2 ? 0 : 4),
                                       low_halves);
        __m512i scales = _mm512_or_si512(low, _mm512_and_si512(shifted[w], upper_bits));
        for (int i = 0; i < 4; i++) {
            out->scales[4 * w + i] = _mm512_sub_epi32(ck_byte_of_words_avx512(scales, i), _mm512_set1_epi32(32));
        }
    }
    out->scale = _mm512_cvtph_ps(ck_load256(block.rest));
    out->minimum = _mm512_setzero_ps();
}

/// Where words are: see ck_q3_k_packed_order.
CK_INLINE __m512i read_word(const ck_band_word *words, const ck_place place, const int word) {
    const ck_band_word *upper = words + 3 + 8 * place.part;
    const ck_band_word *lower = place.group == 0 ? upper + 4 : words + 19 + 4 * place.part;
    __m512i packed = ck_load_word_avx512(&lower[word]), high = ck_load_word_avx512(&upper[word]);
    __m512i low = _mm512_and_si512(_mm512_srli_epi16(packed, 2 * (unsigned)place.run), _mm512_set1_epi8(3));
    high = _mm512_rolv_epi32(high, _mm512_set1_epi32(2 - place.run - 4 * place.group));  // bit 4g + r to bit 2
    return _mm512_ternarylogic_epi32(low, high, _mm512_set1_epi8(4), 0xf8);  // low | high & 4
}

CK_MULTIPLY_PACKED256_AVX512(q3_k, shape, read_packed_head, 4, read_word)

CK_TARGET_END

#endif
