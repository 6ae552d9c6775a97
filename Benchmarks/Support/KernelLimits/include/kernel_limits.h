#ifndef KERNEL_LIMITS_H
#define KERNEL_LIMITS_H

#include <stddef.h>

// What one core can do at most: multiply-adds on registers alone, with nothing read. `set` is a table's name in CKernels.
// Each runs `rounds` rounds and returns the multiply-adds that it made; 0 for sets that this build lacks.

/// Products of 8-bit codes, summed in 32 bits.
size_t kernel_limits_int8(const char *set, size_t rounds);
/// Products of 32-bit floats.
size_t kernel_limits_fp32(const char *set, size_t rounds);

#endif
