#if defined(__x86_64__)

#include "../../products/avx2_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE ck_block32_avx2 read(const void *row, size_t index) {
    const q5_0_block *block = (const q5_0_block *)row + index;
    float scale = ck_half_to_float(block->scale);
    __m256i codes = _mm256_or_si256(ck_nibbles_of_16_bytes(block->low), ck_fifth_bits_avx2(block->high));
    return (ck_block32_avx2){codes, scale, -16 * scale};
}

CK_MULTIPLY32_AVX2(q5_0, CK_UNSIGNED_5_BITS)

CK_TARGET_END

#endif
