#include "../blocks32.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block32 *out) {
    const iq4_nl_block *block = (const iq4_nl_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = ck_no_minimum;
    ck_unpack_nibbles32(block->codes, out->codes);
    for (size_t i = 0; i < 32; i++) out->codes[i] = ck_iq4_values[out->codes[i]];
}

CK_GENERIC32(iq4_nl)
