#include "../blocks32.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block32 *out) {
    const q5_1_block *block = (const q5_1_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = ck_float_of_half(block->minimum);
    ck_unpack_nibbles32(block->low, out->codes);
    ck_add_fifth_bits32(block->high, out->codes);
}

CK_GENERIC32(q5_1)
