#if defined(__x86_64__)

#include "../../products/avx512_packed256.h"
#include "../../products/avx512_rows256.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

static const ck_layout256_avx512 layout = {.runs = {{0, 2}, {1, 3}, {4, 6}, {5, 7}}};

/// Adds the fifth bits of two runs, which are bits `low` and `high` of the bytes of `bits`.
CK_INLINE __m512i with_fifth_bits(__m512i codes, __m512i bits, const int low, const int high) {
    __m512i places = _mm512_inserti64x4(_mm512_set1_epi8((char)(1 << low)), _mm256_set1_epi8((char)(1 << high)), 1);
    return _mm512_mask_add_epi8(codes, _mm512_test_epi8_mask(bits, places), codes, _mm512_set1_epi8(16));
}

CK_INLINE void read_codes(const void *block, __m512i out[4]) {
    const q5_k_block *from = block;
    const __m512i low_halves = _mm512_set1_epi8(15);
    __m512i high = _mm512_broadcast_i64x4(ck_load256(from->high));
    for (int half = 0; half < 2; half++) {
        __m512i packed = _mm512_loadu_si512(from->low + 64 * half);
        __m512i even = _mm512_and_si512(packed, low_halves);
        __m512i odd = _mm512_and_si512(_mm512_srli_epi16(packed, 4), low_halves);
        out[2 * half] = with_fifth_bits(even, high, 4 * half, 4 * half + 2);
        out[2 * half + 1] = with_fifth_bits(odd, high, 4 * half + 1, 4 * half + 3);
    }
}

CK_MULTIPLY_FEW256_AVX512(shape, layout, ck_read_head6_avx512, read_codes)
CK_MULTIPLY256_AVX512(q5_k, shape, read, multiply_few)

CK_INLINE __m512i read_word(const ck_band_word *words, const ck_place place, const int word) {
    __m512i high = ck_load_word_avx512(&words[4 + word]);
    high = _mm512_rolv_epi32(high, _mm512_set1_epi32(4 - place.run - 2 * place.group));  // bit 2g + r to bit 4
    __m512i low = ck_half_bytes_avx512(ck_load_word_avx512(&words[12 + 8 * place.group + word]), place.run);
    return _mm512_ternarylogic_epi32(low, high, _mm512_set1_epi8(16), 0xf8);  // low | high & 16
}

CK_MULTIPLY_PACKED256_AVX512(q5_k, shape, ck_read_packed_head6_avx512, 2, read_word)

CK_TARGET_END

#endif
