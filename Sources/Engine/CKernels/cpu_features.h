#ifndef CK_CPU_FEATURES_H
#define CK_CPU_FEATURES_H

#include <stdbool.h>

/// AVX2, FMA and F16C.
bool ck_cpu_has_avx2(void);
/// AVX-512 F, BW, DQ, VL and VNNI, beside AVX2.
bool ck_cpu_has_avx512(void);
/// arm64 with the dot product instructions.
bool ck_cpu_has_neon(void);

#endif
