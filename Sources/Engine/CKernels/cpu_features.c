#include "include/ck_cpu_features.h"
#include "include/ckernels.h"

uint32_t ck_features_of_cpuid(uint32_t leaf_7_1_eax) {
    uint32_t features = 0;
    if (leaf_7_1_eax >> 4 & 1) features |= CK_AVX_VNNI;
    if (leaf_7_1_eax >> 5 & 1) features |= CK_AVX512_BF16;
    return features;
}

uint32_t ck_features_of_hwcap(uint64_t hwcap, uint64_t hwcap2) {
    uint32_t features = 0;
    if (hwcap >> 20 & 1) features |= CK_DOTPROD;  // HWCAP_ASIMDDP
    if (hwcap2 >> 13 & 1) features |= CK_I8MM;    // HWCAP2_I8MM
    return features;
}

#if defined(__x86_64__)

#include <cpuid.h>

uint32_t ck_cpu_features(void) {
    uint32_t features = 0;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")) {
        features |= CK_AVX2;
        uint32_t a, b, c, d;
        if (__get_cpuid_count(7, 1, &a, &b, &c, &d)) features |= ck_features_of_cpuid(a);
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni")) {
        features |= CK_AVX512;
#if defined(CK_AVX_VNNI_AS_EVEX)
        features |= CK_AVX_VNNI;
#endif
    }
    return features;
}

#elif defined(__aarch64__) && defined(__APPLE__)

#include <stddef.h>
#include <sys/sysctl.h>

static uint32_t feature_if(const char *name, uint32_t feature) {
    int value = 0;
    size_t size = sizeof value;
    return sysctlbyname(name, &value, &size, NULL, 0) == 0 && value != 0 ? feature : 0;
}

uint32_t ck_cpu_features(void) {
    return feature_if("hw.optional.arm.FEAT_DotProd", CK_DOTPROD) | feature_if("hw.optional.arm.FEAT_I8MM", CK_I8MM);
}

#elif defined(__aarch64__) && defined(__linux__)

#include <sys/auxv.h>

uint32_t ck_cpu_features(void) { return ck_features_of_hwcap(getauxval(AT_HWCAP), getauxval(AT_HWCAP2)); }

#else

uint32_t ck_cpu_features(void) { return 0; }

#endif

#if defined(__x86_64__)
#define IS_INTEL __builtin_cpu_is("intel")
#else
#define IS_INTEL false
#endif

// Intel's cores load two vectors of 64 bytes a cycle where AMD's Zen 4 loads one, multiply twice as many codes, and
// follow memory less far ahead: on Sapphire Rapids a stream of packed Q4_K comes at 105 % of a plain loop's rate with
// this, at 80 % without; on Zen 4 at 60 % with, at 100 % without. Only AVX-512 kernels have a choice.
ck_tuning ck_best_tuning(void) { return (ck_tuning){.stream_ahead = IS_INTEL ? 4096 : 0, .pairs_panels = IS_INTEL}; }

// Sapphire Rapids makes 42 GMAC/s a core with BF16's product instruction, and 59 with those of fp32; Zen 4 112 and 57.
uint32_t ck_slow_features(void) { return IS_INTEL ? CK_AVX512_BF16 : 0; }
