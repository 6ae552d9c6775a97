#if defined(__x86_64__)

#include "../../products/avx512_packed32.h"
#include "../../products/avx512_rows32.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_INLINE __m512i decode(__m512i codes) { return codes; }

CK_MULTIPLY_FEW32_AVX512(shape)
CK_MULTIPLY32_AVX512(q4_1, shape, read, multiply_few)

CK_INLINE __m512i read_word(const ck_band_word *words, const ck_place place, const int word) {
    (void)place;
    return ck_word_of_halves_avx512(words + 1, word);
}

CK_MULTIPLY_PACKED32_AVX512(q4_1, shape, read_word)

CK_TARGET_END

#endif
