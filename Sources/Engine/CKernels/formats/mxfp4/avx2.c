#if defined(__x86_64__)

#include "../../products/avx2_packed32.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY32_AVX2(mxfp4, shape, read)

CK_INLINE __m256i read_word(const ck_band_word *words, const ck_place place, const int word) {
    (void)place;
    __m256i values = ck_look_up_avx2(ck_mxfp4_values, ck_word_of_halves_avx2(words, word));
    return _mm256_add_epi8(values, _mm256_set1_epi8(12));
}

CK_MULTIPLY_PACKED32_AVX2(mxfp4, shape, read_word)

CK_TARGET_END

#endif
