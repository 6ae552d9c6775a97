#include "../operations.h"

uint64_t ck_sum_bytes_generic(size_t n, const uint8_t *bytes) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += bytes[i];
    return sum;
}
