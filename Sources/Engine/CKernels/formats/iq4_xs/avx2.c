#if defined(__x86_64__)

#include "../../products/avx2_packed256.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX2(iq4_xs, shape, read)

CK_INLINE void read_packed_head(ck_packed_block block, ck_packed_head256_avx2 *out) {
    __m256i first = ck_load_word_avx2(&block.words[0]), low = ck_load_word_avx2(&block.words[1]);
    for (int s = 0; s < 8; s++) {
        __m256i low_bits = _mm256_and_si256(_mm256_srli_epi32(low, 4 * s), _mm256_set1_epi32(15));
        __m256i upper = _mm256_and_si256(_mm256_srli_epi32(first, 16 + 2 * s), _mm256_set1_epi32(3));
        __m256i scale = _mm256_or_si256(low_bits, _mm256_slli_epi32(upper, 4));
        __m256i twice = _mm256_or_si256(scale, _mm256_slli_epi32(scale, 16));
        out->scales[s] = _mm256_sub_epi16(twice, _mm256_set1_epi16(32));
    }
    out->scale = ck_low_halves_of_words_avx2(first);
    out->minimum = _mm256_setzero_ps();
}

CK_INLINE __m256i read_word(const ck_band_word *words, const ck_place place, const int word) {
    return ck_look_up_avx2(ck_iq4_values, ck_word_of_halves_avx2(words + 2 + 4 * place.group, word));
}

CK_MULTIPLY_PACKED256_AVX2(iq4_xs, shape, read_packed_head, 1, read_word)

CK_TARGET_END

#endif
