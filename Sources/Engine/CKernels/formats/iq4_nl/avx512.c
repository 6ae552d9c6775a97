#if defined(__x86_64__)

#include "../../products/avx512_rows32.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_INLINE __m512i decode(__m512i codes) {
    __m128i values = _mm_loadu_si128((const __m128i *)ck_iq4_values);
    __m512i table = _mm512_broadcast_i32x4(_mm_xor_si128(values, _mm_set1_epi8((char)0x80)));
    return _mm512_shuffle_epi8(table, codes);
}

CK_MULTIPLY_FEW32_AVX512(offset_shape)
CK_MULTIPLY32_AVX512(iq4_nl, offset_shape, read_offset, multiply_few)

CK_TARGET_END

#endif
