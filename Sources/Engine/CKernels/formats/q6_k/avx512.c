#if defined(__x86_64__)

#include "../../products/avx512_packed256.h"
#include "../../products/avx512_rows256.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

static const ck_layout256_avx512 layout = {.runs = {{0, 1}, {2, 3}, {4, 5}, {6, 7}}};

CK_INLINE void read_head(const char *first, size_t stride, ck_head256_avx512 *out) {
    ck_widen_scales_avx512(first + offsetof(q6_k_block, scales), stride, out->scales);
    for (int i = 0; i < 4; i++) out->minima[i] = _mm512_slli_epi16(out->scales[i], 5);  // codes have an offset of 32
    out->scale = _mm256_cvtph_ps(ck_gather_halves_avx2(first + offsetof(q6_k_block, scale), stride, CK_ROWS));
    out->minimum = _mm256_setzero_ps();
}

CK_INLINE void read_codes(const void *block, __m512i out[4]) {
    const q6_k_block *from = block;
    const __m512i low_halves = _mm512_set1_epi8(15), upper_bits = _mm512_set1_epi8(48);
    const __m512i left = _mm512_inserti64x4(_mm512_set1_epi16(4), _mm256_set1_epi16(2), 1);
    const __m512i right = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi16(2), 1);
    for (int half = 0; half < 2; half++) {
        __m512i low = _mm512_loadu_si512(from->low + 64 * half);
        __m512i high = _mm512_broadcast_i64x4(ck_load256(from->high + 32 * half));
        out[2 * half] = _mm512_or_si512(_mm512_and_si512(low, low_halves),
                                        _mm512_and_si512(_mm512_sllv_epi16(high, left), upper_bits));
        out[2 * half + 1] = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi16(low, 4), low_halves),
                                            _mm512_and_si512(_mm512_srlv_epi16(high, right), upper_bits));
    }
}

CK_MULTIPLY_FEW256_AVX512(shape, layout, read_head, read_codes)
CK_MULTIPLY256_AVX512(q6_k, shape, read, multiply_few)

CK_INLINE void read_packed_head(ck_packed_block block, ck_packed_head256_avx512 *out) {
    for (int w = 0; w < 4; w++) {
        __m512i scales = ck_load_word_avx512(&block.words[w]);
        for (int i = 0; i < 4; i++) {
            out->scales[4 * w + i] = _mm512_srai_epi32(_mm512_slli_epi32(scales, 24 - 8 * (unsigned)i), 24);
        }
    }
    out->scale = _mm512_cvtph_ps(ck_load256(block.rest));
    out->minimum = _mm512_setzero_ps();
}

/// Where words are: see ck_q6_k_packed_order.
CK_INLINE __m512i read_word(const ck_band_word *words, const ck_place place, const int word) {
    const ck_band_word *first = words + 4 + 24 * place.group + 12 * place.part;
    __m512i high = ck_load_word_avx512(&first[2 * word]);
    high = place.run < 2 ? _mm512_slli_epi16(high, 4 - 2 * place.run) : _mm512_srli_epi16(high, 2 * place.run - 4);
    __m512i low = ck_load_word_avx512(&first[place.run % 2 == 0 ? 2 * word + 1 : 8 + word]);
    low = ck_half_bytes_avx512(low, place.run / 2);
    return _mm512_ternarylogic_epi32(low, high, _mm512_set1_epi8(48), 0xf8);  // low | high & 48
}

CK_MULTIPLY_PACKED256_AVX512(q6_k, shape, read_packed_head, 4, read_word)

CK_TARGET_END

#endif
