#if defined(__x86_64__)

#include "../../products/avx2_packed256.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX2(q3_k, shape, read)

CK_INLINE void read_packed_head(ck_packed_block block, ck_packed_head256_avx2 *out) {
    const __m256i low_halves = _mm256_set1_epi8(15), upper_bits = _mm256_set1_epi8(48);
    __m256i upper = ck_load_word_avx2(&block.words[2]);
    __m256i shifted[4] = {_mm256_slli_epi16(upper, 4), _mm256_slli_epi16(upper, 2), upper, _mm256_srli_epi16(upper, 2)};
    for (int w = 0; w < 4; w++) {  // as q3_k_scales
        __m256i low = _mm256_and_si256(_mm256_srli_epi16(ck_load_word_avx2(&block.words[w % 2]), w < 2 ? 0 : 4),
                                       low_halves);
        __m256i scales = _mm256_or_si256(low, _mm256_and_si256(shifted[w], upper_bits));
        for (int i = 0; i < 4; i++) {
            out->scales[4 * w + i] = _mm256_sub_epi16(ck_byte_of_words_avx2(scales, i), _mm256_set1_epi16(32));
        }
    }
    out->scale = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)block.rest));
    out->minimum = _mm256_setzero_ps();
}

/// Where words are: see ck_q3_k_packed_order.
CK_INLINE __m256i read_word(const ck_band_word *words, const ck_place place, const int word) {
    const ck_band_word *upper = words + 3 + 8 * place.part;
    const ck_band_word *lower = place.group == 0 ? upper + 4 : words + 19 + 4 * place.part;
    __m256i packed = ck_load_word_avx2(&lower[word]);
    __m256i low = _mm256_and_si256(_mm256_srli_epi16(packed, 2 * place.run), _mm256_set1_epi8(3));
    __m128i bit = _mm_cvtsi32_si128(4 * place.group + place.run);
    __m256i high = _mm256_slli_epi32(_mm256_srl_epi32(ck_load_word_avx2(&upper[word]), bit), 2);
    return _mm256_or_si256(low, _mm256_and_si256(high, _mm256_set1_epi8(4)));
}

CK_MULTIPLY_PACKED256_AVX2(q3_k, shape, read_packed_head, 4, read_word)

CK_TARGET_END

#endif
