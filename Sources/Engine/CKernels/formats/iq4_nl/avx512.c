#if defined(__x86_64__)

#include "../../products/avx512_packed32.h"
#include "../../products/avx512_rows32.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_INLINE __m512i decode(__m512i codes) { return ck_look_up_avx512(ck_iq4_values, codes); }

CK_MULTIPLY_FEW32_AVX512(offset_shape)
CK_MULTIPLY32_AVX512(iq4_nl, offset_shape, read_offset, multiply_few)

CK_INLINE __m512i read_word(const ck_band_word *words, const ck_place place, const int word) {
    (void)place;
    return decode(ck_word_of_halves_avx512(words, word));
}

CK_MULTIPLY_PACKED32_AVX512(iq4_nl, offset_shape, read_word)

CK_TARGET_END

#endif
