#if defined(__x86_64__)

#include "../../products/avx512_packed32.h"
#include "../../products/avx512_blocks32.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY32_AVX512(q8_0, offset_shape, read_offset, ck_q8_0_multiply_avx2)

CK_INLINE __m512i read_word(const ck_band_word *words, const ck_place place, const int word) {
    (void)place;
    return _mm512_xor_si512(ck_load_word_avx512(&words[word]), _mm512_set1_epi8((char)0x80));
}

CK_MULTIPLY_PACKED32_AVX512(q8_0, offset_shape, read_word)

CK_TARGET_END

#endif
