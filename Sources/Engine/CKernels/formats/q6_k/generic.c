#include "../blocks256.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block256 *out) {
    const q6_k_block *block = (const q6_k_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = 0;
    for (size_t s = 0; s < 16; s++) {
        out->scales[s] = block->scales[s];
        out->minima[s] = 0;
    }
    for (size_t i = 0; i < 256; i++) {
        size_t half = i / 128, run = i % 128 / 32;
        uint8_t byte = block->low[64 * half + run % 2 * 32 + i % 32];
        int high = block->high[32 * half + i % 32] >> 2 * run & 3;
        out->codes[i] = ((run < 2 ? byte & 15 : byte >> 4) | high << 4) - 32;
    }
}

CK_GENERIC256(q6_k, 16)

// The scales, then of each quarter for each word of the upper bits the one of the first 32 bytes of lower bits, then
// those of the other 32 bytes: the order in which they are needed first.
#define PAIR(half, word) {32 + 8 * (half) + (word), 1}, {16 * (half) + (word), 1}
#define QUARTER(half, word)                                                                                            \
    PAIR(half, word), PAIR(half, (word) + 1), PAIR(half, (word) + 2), PAIR(half, (word) + 3),                          \
        {16 * (half) + 8 + (word), 4}
const ck_piece ck_q6_k_packed_order[] = {{48, 4},       QUARTER(0, 0), QUARTER(0, 4),
                                         QUARTER(1, 0), QUARTER(1, 4), {0, 0}};
