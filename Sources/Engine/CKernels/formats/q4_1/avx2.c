#if defined(__x86_64__)

#include "../../products/avx2_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE ck_block32_avx2 read(const void *row, size_t index) {
    const q4_1_block *block = (const q4_1_block *)row + index;
    return (ck_block32_avx2){ck_nibbles_of_16_bytes(block->codes), ck_half_to_float(block->scale),
                             ck_half_to_float(block->minimum)};
}

CK_MULTIPLY32_AVX2(q4_1, CK_UNSIGNED_4_BITS)

CK_TARGET_END

#endif
