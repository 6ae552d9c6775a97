#include "cpu_features.h"

#if defined(__x86_64__)

bool ck_cpu_has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

bool ck_cpu_has_avx512(void) {
    return ck_cpu_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni");
}

bool ck_cpu_has_neon(void) { return false; }

#else

bool ck_cpu_has_avx2(void) { return false; }
bool ck_cpu_has_avx512(void) { return false; }

#if defined(__aarch64__) && defined(__APPLE__)

bool ck_cpu_has_neon(void) { return true; }  // every Apple CPU that runs macOS on arm64 has them

#elif defined(__aarch64__)

#include <sys/auxv.h>

bool ck_cpu_has_neon(void) {
    const unsigned long dot_product = 1ul << 20;  // HWCAP_ASIMDDP
    return (getauxval(AT_HWCAP) & dot_product) != 0;
}

#else

bool ck_cpu_has_neon(void) { return false; }

#endif
#endif
