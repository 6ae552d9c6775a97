#include "../blocks32.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block32 *out) {
    const q4_1_block *block = (const q4_1_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = ck_float_of_half(block->minimum);
    ck_unpack_nibbles32(block->codes, out->codes);
}

CK_GENERIC32(q4_1)
