import CKernels
import Testing

@Suite("The table is chosen from what the CPU says")
struct CPUFeatureTests {
    private static let avx2 = UInt32(CK_AVX2), avxVNNI = UInt32(CK_AVX_VNNI), avx512 = UInt32(CK_AVX512)
    private static let avx512BF16 = UInt32(CK_AVX512_BF16)
    private static let dotProduct = UInt32(CK_DOTPROD), matrix = UInt32(CK_I8MM)

    private static func best(_ features: UInt32) -> String {
        String(cString: ck_best_table_with(features).pointee.name)
    }

    #if arch(x86_64)
        @Test(
            "on x86-64 the best table is the one whose every extension is there",
            arguments: [
                (0, "generic"), (avx2, "avx2"), (avx2 | avxVNNI, "avx_vnni"), (avx2 | avx512, "avx512"),
                (avx2 | avxVNNI | avx512, "avx512"), (avx2 | avx512 | avx512BF16, "avx512_bf16"),
                (avx2 | avx512BF16, "avx2"), (avxVNNI, "generic"), (avx512, "generic"),
                (dotProduct | matrix, "generic"),
            ])
        func x86(features: UInt32, table: String) { #expect(Self.best(features) == table) }
    #endif

    #if arch(arm64)
        @Test(
            "on arm64 the best table is the one whose every extension is there",
            arguments: [
                (0, "neon"), (dotProduct, "dotprod"), (dotProduct | matrix, "i8mm"), (matrix, "neon"),
                (avx2 | avx512, "neon"),
            ])
        func arm64(features: UInt32, table: String) { #expect(Self.best(features) == table) }
    #endif

    @Test("this CPU can run the table that is best for it")
    func own() {
        let name = Self.best(ck_cpu_features() & ~ck_slow_features())
        #expect(KernelTable(name) != nil)
        #expect(String(cString: ck_best_table().pointee.name) == name)
        print("the kernels of this CPU: \(name)")
    }

    @Test("AVX-VNNI and BF16 are bits of CPUID's leaf 7.1: Alder Lake sets the one, Zen 4 the other")
    func cpuid() {
        #expect(ck_features_of_cpuid(0x0000_0020) == Self.avx512BF16)
        #expect(ck_features_of_cpuid(0x0040_0810) == Self.avxVNNI)
    }

    @Test("Linux's capabilities of arm64 tell the dot product and the matrix instructions apart")
    func capabilities() {
        let armv8: UInt64 = 0x8ff, armv82 = armv8 | 1 << 20  // HWCAP_ASIMDDP
        #expect(ck_features_of_hwcap(armv8, 0) == 0)
        #expect(ck_features_of_hwcap(armv82, 0) == Self.dotProduct)
        #expect(ck_features_of_hwcap(armv82, 1 << 13) == Self.dotProduct | Self.matrix)  // HWCAP2_I8MM
        #expect(ck_features_of_hwcap(0, .max) == Self.matrix)
        #expect(ck_features_of_hwcap(.max, 0) == Self.dotProduct)
    }
}
