#if defined(__x86_64__)

#include "../../products/avx512_packed32.h"
#include "../../products/avx512_blocks32.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY32_AVX512(mxfp4, shape, read, ck_mxfp4_multiply_avx2)

CK_INLINE __m512i read_word(const ck_band_word *words, const ck_place place, const int word) {
    (void)place;
    __m512i values = ck_look_up_avx512(ck_mxfp4_values, ck_word_of_halves_avx512(words, word));
    return _mm512_sub_epi8(values, _mm512_set1_epi8(128 - 12));
}

CK_MULTIPLY_PACKED32_AVX512(mxfp4, shape, read_word)

CK_TARGET_END

#endif
