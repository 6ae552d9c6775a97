#if defined(__x86_64__)

#include "../../products/avx512_packed256.h"
#include "../../products/avx512_rows256.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

static const ck_layout256_avx512 layout = {.runs = {{0, 2}, {1, 3}, {4, 6}, {5, 7}}};

CK_INLINE void read_codes(const void *block, __m512i out[4]) {
    const q4_k_block *from = block;
    const __m512i low_halves = _mm512_set1_epi8(15);
    for (int half = 0; half < 2; half++) {
        __m512i packed = _mm512_loadu_si512(from->codes + 64 * half);
        out[2 * half] = _mm512_and_si512(packed, low_halves);
        out[2 * half + 1] = _mm512_and_si512(_mm512_srli_epi16(packed, 4), low_halves);
    }
}

CK_MULTIPLY_FEW256_AVX512(shape, layout, ck_read_head6_avx512, read_codes)
CK_MULTIPLY256_AVX512(q4_k, shape, read, multiply_few)

CK_INLINE __m512i read_word(const ck_band_word *words, const ck_place place, const int word) {
    return ck_half_bytes_avx512(ck_load_word_avx512(&words[4 + 8 * place.group + word]), place.run);
}

CK_MULTIPLY_PACKED256_AVX512(q4_k, shape, ck_read_packed_head6_avx512, 2, read_word)

CK_TARGET_END

#endif
