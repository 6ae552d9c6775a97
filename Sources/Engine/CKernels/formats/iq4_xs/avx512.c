#if defined(__x86_64__)

#include "../../products/avx512_packed256.h"
#include "../../products/avx512_blocks256.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX512(iq4_xs, offset_shape, read_offset, ck_iq4_xs_multiply_avx2)

CK_INLINE void read_packed_head(ck_packed_block block, ck_packed_head256_avx512 *out) {
    __m512i first = ck_load_word_avx512(&block.words[0]), low = ck_load_word_avx512(&block.words[1]);
    for (int s = 0; s < 8; s++) {
        __m512i low_bits = _mm512_and_si512(_mm512_srli_epi32(low, 4 * (unsigned)s), _mm512_set1_epi32(15));
        __m512i upper = _mm512_and_si512(_mm512_srli_epi32(first, 16 + 2 * (unsigned)s), _mm512_set1_epi32(3));
        __m512i scale = _mm512_or_si512(low_bits, _mm512_slli_epi32(upper, 4));
        out->scales[s] = _mm512_sub_epi32(scale, _mm512_set1_epi32(32));
    }
    out->scale = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(first));
    out->minimum = _mm512_setzero_ps();
}

CK_INLINE __m512i read_word(const ck_band_word *words, const ck_place place, const int word) {
    return ck_look_up_avx512(ck_iq4_values, ck_word_of_halves_avx512(words + 2 + 4 * place.group, word));
}

CK_MULTIPLY_PACKED256_AVX512(iq4_xs, offset_shape, read_packed_head, 1, read_word)

CK_TARGET_END

#endif
