#if defined(__x86_64__)

#include "../../products/avx2_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

CK_INLINE ck_block32_avx2 read(const void *row, size_t index) {
    const q8_0_block *block = (const q8_0_block *)row + index;
    return (ck_block32_avx2){ck_load256(block->codes), ck_half_to_float(block->scale), 0};
}

CK_MULTIPLY32_AVX2(q8_0, CK_SIGNED_8_BITS)

CK_TARGET_END

#endif
