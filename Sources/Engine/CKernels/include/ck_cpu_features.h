#ifndef CK_CPU_FEATURES_H
#define CK_CPU_FEATURES_H

#include <stdint.h>

/// What tables need beyond what every CPU of an architecture has, as bits.
enum {
    CK_AVX2 = 1 << 0,         // with FMA and F16C
    CK_AVX_VNNI = 1 << 1,     // the product instructions for bytes, in the encoding of AVX2
    CK_AVX512 = 1 << 2,       // F, BW, DQ, VL and VNNI
    CK_AVX512_BF16 = 1 << 3,  // the product instruction for BF16, beside CK_AVX512
    CK_DOTPROD = 1 << 4,      // sdot and udot
    CK_I8MM = 1 << 5,         // smmla
};

/// What this CPU and system have.
uint32_t ck_cpu_features(void);

/// Those whose tables are slower than the best one without on this CPU.
uint32_t ck_slow_features(void);

/// What CPUID's leaf 7, subleaf 1 says in EAX. The system must let AVX be used besides.
uint32_t ck_features_of_cpuid(uint32_t leaf_7_1_eax);
/// What Linux says on arm64, in AT_HWCAP and AT_HWCAP2.
uint32_t ck_features_of_hwcap(uint64_t hwcap, uint64_t hwcap2);

#endif
