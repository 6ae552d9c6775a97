#if defined(__x86_64__)

#include "../../products/avx2_packed256.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX2(q6_k, shape, read)

CK_INLINE void read_packed_head(ck_packed_block block, ck_packed_head256_avx2 *out) {
    for (int w = 0; w < 4; w++) {
        __m256i scales = ck_load_word_avx2(&block.words[w]);
        for (int i = 0; i < 4; i++) out->scales[4 * w + i] = ck_signed_byte_of_words_avx2(scales, i);
    }
    out->scale = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)block.rest));
    out->minimum = _mm256_setzero_ps();
}

/// Where words are: see ck_q6_k_packed_order.
CK_INLINE __m256i read_word(const ck_band_word *words, const ck_place place, const int word) {
    const ck_band_word *first = words + 4 + 24 * place.group + 12 * place.part;
    __m256i high = ck_load_word_avx2(&first[2 * word]);
    high = place.run < 2 ? _mm256_slli_epi32(high, 4 - 2 * place.run) : _mm256_srli_epi32(high, 2 * place.run - 4);
    __m256i low = ck_load_word_avx2(&first[place.run % 2 == 0 ? 2 * word + 1 : 8 + word]);
    low = ck_half_bytes_avx2(low, place.run / 2);
    return _mm256_or_si256(low, _mm256_and_si256(high, _mm256_set1_epi8(48)));
}

CK_MULTIPLY_PACKED256_AVX2(q6_k, shape, read_packed_head, 4, read_word)

CK_TARGET_END

#endif
