#ifndef CK_PAUSE_H
#define CK_PAUSE_H

/// Tells the CPU that the calling thread spins, so that it saves power and lets a sibling run.
static inline void ck_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

#endif
