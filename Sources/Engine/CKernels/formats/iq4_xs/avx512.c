#if defined(__x86_64__)

#include "../../products/avx512_blocks256.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

/// The codes with an offset of 128, since one side of the product instruction is unsigned.
CK_INLINE void read_offset(const void *row, size_t index, ck_block256_avx2 *out) {
    read(row, index, out);
    for (int s = 0; s < 8; s++) out->codes[s] = _mm256_xor_si256(out->codes[s], _mm256_set1_epi8((char)0x80));
    out->minima = _mm256_slli_epi16(_mm256_zextsi128_si256(_mm256_castsi256_si128(out->scales)), 7);
}

CK_MULTIPLY256_AVX512(iq4_xs, shape, read_offset, ck_iq4_xs_multiply_avx2)

CK_TARGET_END

#endif
