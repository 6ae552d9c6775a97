#if defined(__x86_64__)

#include "../../products/avx2_blocks32.h"
#include "../formats.h"
#include "block.h"

CK_TARGET_BEGIN

static const ck_shape32_avx2 shape = {.bytes = sizeof(q4_1_block), .kind = CK_UNSIGNED_4_BITS, .has_minimum = true};

CK_INLINE __m256i read(const void *row, size_t index) {
    const q4_1_block *block = (const q4_1_block *)row + index;
    return ck_nibbles_of_16_bytes(block->codes);
}

CK_MULTIPLY32_AVX2(q4_1)

CK_TARGET_END

#endif
