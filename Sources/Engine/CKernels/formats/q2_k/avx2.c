#if defined(__x86_64__)

#include "../../products/avx2_packed256.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX2(q2_k, shape, read)

CK_INLINE void read_packed_head(ck_packed_block block, ck_packed_head256_avx2 *out) {
    for (int w = 0; w < 4; w++) {
        __m256i both = ck_load_word_avx2(&block.words[w]);
        __m256i scales = ck_half_bytes_avx2(both, 0), minima = ck_half_bytes_avx2(both, 1);
        for (int i = 0; i < 4; i++) out->scales[4 * w + i] = ck_byte_of_words_avx2(scales, i);
        for (int i = 0; i < 2; i++) out->minima[2 * w + i] = ck_two_bytes_of_words_avx2(minima, 2 * i);
    }
    ck_read_halves_avx2(&block.words[4], &out->scale, &out->minimum);
}

CK_INLINE __m256i read_word(const ck_band_word *words, const ck_place place, const int word) {
    __m256i packed = ck_load_word_avx2(&words[5 + 8 * place.group + 4 * place.part + word]);
    return _mm256_and_si256(_mm256_srli_epi16(packed, 2 * place.run), _mm256_set1_epi8(3));
}

CK_MULTIPLY_PACKED256_AVX2(q2_k, shape, read_packed_head, 4, read_word)

CK_TARGET_END

#endif
