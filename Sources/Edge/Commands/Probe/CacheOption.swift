import ArgumentParser
import Compute

/// The type of the KV cache on the command line.
struct CacheOption: ParsableArguments {
    @Option(name: .customLong("kv-type"), help: "How keys and values are kept: f16, q8_0, q4_0 or f32.")
    var name = CacheType.f16.name

    var type: CacheType { CacheType(name) }
}
