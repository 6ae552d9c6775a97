// swift-tools-version:6.2
import PackageDescription

/// The layers, lowest first. A target may depend on its own layer (targets declared before it) and on lower ones only.
enum Layer: Int {
    case formats, engine, library, service, edge

    var folder: String {
        switch self {
        case .formats: "Formats"
        case .engine: "Engine"
        case .library: "Library"
        case .service: "Service"
        case .edge: "Edge"
        }
    }
}

/// `APUS_LAYER=engine swift test` leaves out every layer above the engine, and the packages that only they need.
let highestLayer: Layer =
    switch Context.environment["APUS_LAYER"] {
    case "formats": .formats
    case "engine": .engine
    case "library": .library
    case "service": .service
    default: .edge
    }

/// `APUS_BENCHMARKS=1 swift package benchmark` runs Benchmarks; without it nobody fetches or builds what only they need.
let hasBenchmarks = Context.environment["APUS_BENCHMARKS"] != nil

/// `APUS_STRICT=1`: a warning in our own targets stops the build.
let isStrict = Context.environment["APUS_STRICT"] != nil

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

/// Packages that are compiled for the shared Foundation name only its own library, not those that stand behind it.
let staticFoundation = ["FoundationEssentials", "_FoundationCollections", "_FoundationCShims"].map { "-l\($0)" }

/// An external package and the product taken from it.
struct Product {
    let name: String
    let package: String
    let url: String
    let version: Version
    /// Optional parts of the package; nil takes its defaults. Those that need the whole of Foundation stay out: its
    /// tables of languages and time zones would be a third of the binary.
    var traits: Set<Package.Dependency.Trait>?

    static func apple(
        _ name: String, _ package: String, _ version: Version, traits: Set<Package.Dependency.Trait>? = nil
    ) -> Product {
        Product(
            name: name, package: package, url: "https://github.com/apple/\(package)", version: version, traits: traits)
    }
    static let argumentParser = apple("ArgumentParser", "swift-argument-parser", "1.8.2")
    static let collections = apple("OrderedCollections", "swift-collections", "1.6.0")
    static let deque = apple("DequeModule", "swift-collections", "1.6.0")
    static let crypto = apple("Crypto", "swift-crypto", "4.5.2")
    static let log = apple("Logging", "swift-log", "1.16.2")
    static let inMemoryLog = apple("InMemoryLogging", "swift-log", "1.16.2")
    static let system = apple("SystemPackage", "swift-system", "1.8.1")
    static let nioCore = apple("NIOCore", "swift-nio", "2.101.2")
    static let nioHTTP1 = apple("NIOHTTP1", "swift-nio", "2.101.2")
    static let nioPosix = apple("NIOPosix", "swift-nio", "2.101.2")
    static let httpTypes = apple("HTTPTypes", "swift-http-types", "1.8.0")
    static let asyncHTTPClient = Product(
        name: "AsyncHTTPClient", package: "async-http-client",
        url: "https://github.com/swift-server/async-http-client", version: "1.37.0")
    static let hummingbird = Product(
        name: "Hummingbird", package: "hummingbird",
        url: "https://github.com/hummingbird-project/hummingbird", version: "2.28.1", traits: ["ConfigurationSupport"])
    static let hummingbirdCore = Product(
        name: "HummingbirdCore", package: "hummingbird",
        url: "https://github.com/hummingbird-project/hummingbird", version: "2.28.1", traits: ["ConfigurationSupport"])
    static let hummingbirdTesting = Product(
        name: "HummingbirdTesting", package: "hummingbird",
        url: "https://github.com/hummingbird-project/hummingbird", version: "2.28.1", traits: ["ConfigurationSupport"])
    static let serviceLifecycle = Product(
        name: "ServiceLifecycle", package: "swift-service-lifecycle",
        url: "https://github.com/swift-server/swift-service-lifecycle", version: "2.13.0")
    static let unixSignals = Product(
        name: "UnixSignals", package: "swift-service-lifecycle",
        url: "https://github.com/swift-server/swift-service-lifecycle", version: "2.13.0")
    static let benchmark = Product(
        name: "Benchmark", package: "benchmark", url: "https://github.com/ordo-one/benchmark", version: "1.38.1",
        traits: [])
    static let configuration = apple("Configuration", "swift-configuration", "1.4.0", traits: [])
}

var layerOf: [String: Layer] = [:]
var targets: [Target] = []
var packages: [String: Package.Dependency] = [:]

enum Kind { case swift, optimized, c, executable, testSupport, tests, optimizedTests, benchmarks, benchmarkSupport }

/// Of what computes much in tests: unoptimised, it would take most of the time of all tests, and keep tests that talk over
/// a network from answering within their limits.
let optimization: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

@MainActor func target(
    _ layer: Layer, _ name: String, _ internalDependencies: [String] = [], _ external: [Product] = [],
    kind: Kind = .swift, copy: [String] = []
) {
    for dependency in internalDependencies {
        guard let below = layerOf[dependency] else {
            fatalError("\(name) depends on \(dependency), which is not declared before it")
        }
        precondition(
            below.rawValue <= layer.rawValue, "\(name) (\(layer)) must not depend on \(dependency) (\(below))")
    }
    layerOf[name] = layer
    guard layer.rawValue <= highestLayer.rawValue else { return }
    for product in external {
        packages[product.package] =
            product.traits.map { .package(url: product.url, from: product.version, traits: $0) }
            ?? .package(url: product.url, from: product.version)
    }
    let dependencies: [Target.Dependency] =
        internalDependencies.map { .byName(name: $0) }
        + external.map { .product(name: $0.name, package: $0.package) }
    switch kind {
    case .swift, .optimized:
        targets.append(
            .target(
                name: name, dependencies: dependencies, path: "Sources/\(layer.folder)/\(name)",
                swiftSettings: swiftSettings + (kind == .optimized ? optimization : [])))
    case .c:
        targets.append(
            .target(
                name: name, dependencies: dependencies, path: "Sources/\(layer.folder)/\(name)",
                exclude: ["README.md"], publicHeadersPath: "include",
                // Unoptimised kernels are twenty times slower: debug runs of the tests would take hours.
                cSettings: [.unsafeFlags(["-O3"], .when(configuration: .debug))]))
    case .executable:
        // The release binary carries Swift's libraries, so that it runs on a machine without Swift.
        let isStatic: BuildSettingCondition = .when(platforms: [.linux], configuration: .release)
        targets.append(
            .executableTarget(
                name: name, dependencies: dependencies, path: "Sources/\(layer.folder)/\(name)",
                swiftSettings: swiftSettings + [.unsafeFlags(["-static-stdlib"], isStatic)],
                linkerSettings: [.unsafeFlags(["-static-stdlib"] + staticFoundation, isStatic)]))
    case .benchmarks:
        targets.append(
            .executableTarget(
                name: name, dependencies: dependencies, path: "Benchmarks/\(name)", swiftSettings: swiftSettings,
                plugins: [.plugin(name: "BenchmarkPlugin", package: Product.benchmark.package)]))
    case .benchmarkSupport:
        targets.append(
            .target(
                name: name, dependencies: dependencies, path: "Benchmarks/Support/\(name)",
                publicHeadersPath: "include"))
    case .testSupport:
        targets.append(
            .target(
                name: name, dependencies: dependencies, path: "Tests/Support/\(name)",
                swiftSettings: swiftSettings + optimization))
    case .tests, .optimizedTests:
        targets.append(
            .testTarget(
                name: name, dependencies: dependencies, path: "Tests/\(layer.folder)/\(name)",
                resources: copy.map { .copy($0) },
                swiftSettings: swiftSettings + (kind == .optimizedTests ? optimization : [])))
    }
}

// Formats: pure functions over bytes and text.
target(.formats, "Locking")
target(.formats, "JSON", [], [.collections])
target(.formats, "Tensors")
target(.formats, "GGUF", ["Tensors"], [.system])
target(.formats, "Tokenization", ["GGUF", "Tensors"])
target(.formats, "Templating", ["JSON"], [.collections])
target(.formats, "Constraints", ["JSON", "Locking", "Tensors", "Tokenization"], [.collections], kind: .optimized)

// Engine: knows tokens, not text.
target(.engine, "CKernels", kind: .c)
target(.engine, "Compute", ["Tensors"])
target(.engine, "Workers", ["CKernels", "Locking"])
target(.engine, "CPUBackend", ["Compute", "CKernels", "Workers", "Tensors", "Locking"])
target(.engine, "Architectures", ["Compute", "GGUF", "Tensors"])
target(.engine, "Sampling", ["Tensors"])
target(.engine, "Inference", ["Compute", "Sampling", "Tensors", "Locking"], [.deque])

// What clients of HTTP need beside AsyncHTTPClient.
target(.library, "HTTPChecks", [], [.nioCore, .nioHTTP1])

// What requests and models may ask for.
target(.library, "Options", ["JSON", "Sampling"], [.collections])

// Library: models on disk and where they come from.
target(
    .library, "ModelLibrary", ["GGUF", "JSON", "Options", "Tensors", "Locking", "Templating"],
    [.collections, .crypto, .system])
target(
    .library, "RegistryClient", ["HTTPChecks", "ModelLibrary", "JSON", "Locking"],
    [.asyncHTTPClient, .crypto, .nioCore, .system])
target(.library, "PackageIndexClient", ["ModelLibrary", "JSON", "Locking"], [.crypto, .system])

// Service: text in, parts out.
target(.service, "Chat", ["JSON", "Constraints", "Templating", "Tokenization", "GGUF"])
target(
    .service, "Generation",
    [
        "Chat", "Constraints", "Templating", "Inference", "Sampling", "Architectures", "Compute", "CPUBackend",
        "ModelLibrary", "Options", "Tokenization", "GGUF", "Tensors", "JSON", "Locking", "Workers",
    ], [.collections, .deque, .log, .system])

// Edge: wires and terminals.
target(.edge, "APITypes", ["JSON", "Options"], [.collections])
target(
    .edge, "Server",
    [
        "APITypes", "Generation", "Chat", "Compute", "ModelLibrary", "Options", "JSON", "GGUF", "Tensors", "Locking",
    ],
    [
        .hummingbird, .hummingbirdCore, .log, .nioCore, .nioPosix, .nioHTTP1, .httpTypes, .serviceLifecycle,
        .unixSignals, .configuration, .system, .collections,
    ])
target(
    .edge, "APIClient", ["APITypes", "HTTPChecks", "JSON"], [.asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix, .system])
target(.edge, "Terminal")
target(
    .edge, "Commands",
    [
        "Server", "APIClient", "APITypes", "Terminal", "Generation", "Chat", "Inference", "Sampling", "Architectures",
        "Compute", "CPUBackend", "Workers", "Constraints", "ModelLibrary", "Options", "RegistryClient",
        "PackageIndexClient", "Templating", "Tokenization", "GGUF", "Tensors", "JSON", "Locking",
    ], [.argumentParser, .collections, .crypto, .log, .system])
target(.edge, "apus", ["Commands"], kind: .executable)

// Tests.
target(.formats, "TestSupport", ["JSON"], kind: .testSupport)
target(.formats, "JSONTests", ["JSON", "TestSupport"], kind: .tests)
target(.formats, "GGUFTests", ["GGUF", "Tensors", "TestSupport"], [.system], kind: .tests)
target(.formats, "TokenizationTests", ["Tokenization", "GGUF", "Tensors", "JSON", "TestSupport"], kind: .tests)
target(.formats, "ConstraintsTests", ["Constraints", "JSON", "Tensors", "Tokenization", "TestSupport"], kind: .tests)
target(.formats, "TemplatingTests", ["Templating", "JSON", "TestSupport"], kind: .tests)
target(.engine, "CKernelsTests", ["CKernels", "Tensors", "JSON", "TestSupport"], kind: .optimizedTests)
target(.engine, "WorkersTests", ["Workers"], kind: .tests)
target(.engine, "ReferenceBackend", ["Compute", "Tensors", "CKernels"], kind: .testSupport)
target(
    .engine, "ModelTestSupport", ["Architectures", "Compute", "CKernels", "GGUF", "Tensors", "TestSupport"],
    kind: .testSupport)
target(
    .engine, "ArchitecturesTests",
    ["Architectures", "Compute", "ReferenceBackend", "GGUF", "Tensors", "ModelTestSupport", "TestSupport"],
    kind: .tests)
target(
    .engine, "ComputeTests",
    [
        "Compute", "CPUBackend", "Workers", "Architectures", "ReferenceBackend", "CKernels", "GGUF", "Tensors", "JSON",
        "Locking", "ModelTestSupport", "TestSupport",
    ],
    [.system], kind: .tests)
target(.engine, "ScriptedBackend", ["Compute", "Tensors", "Locking"], kind: .testSupport)
target(
    .engine, "InferenceTests",
    [
        "Inference", "Sampling", "Compute", "CPUBackend", "Workers", "Architectures", "Tensors", "Locking",
        "ScriptedBackend", "ModelTestSupport", "TestSupport",
    ], kind: .tests)
target(
    .library, "OptionsTests", ["Options", "JSON", "Sampling", "TestSupport"], [.collections], kind: .tests)
target(
    .library, "LibraryTestSupport", ["ModelLibrary", "GGUF", "Tensors", "TestSupport"], [.system], kind: .testSupport)
target(
    .library, "ModelLibraryTests",
    ["ModelLibrary", "GGUF", "JSON", "Tensors", "Locking", "LibraryTestSupport", "TestSupport"],
    [.collections, .system], kind: .tests)
target(
    .library, "RegistryClientTests",
    ["RegistryClient", "PackageIndexClient", "ModelLibrary", "JSON", "Locking", "LibraryTestSupport", "TestSupport"],
    [.asyncHTTPClient, .collections, .crypto, .nioCore, .nioHTTP1, .system], kind: .tests)
target(
    .service, "ChatTests",
    ["Chat", "Constraints", "Templating", "Tokenization", "GGUF", "Tensors", "JSON", "Locking", "TestSupport"],
    kind: .tests)
target(
    .service, "GenerationTests",
    [
        "Generation", "Chat", "Templating", "Inference", "Sampling", "Architectures", "Compute", "CPUBackend",
        "ModelLibrary", "Options", "Tokenization", "GGUF", "Tensors", "JSON", "Locking", "ModelTestSupport",
        "ScriptedBackend",
        "TestSupport",
    ],
    [.collections, .inMemoryLog, .log, .system], kind: .tests)
target(
    .edge, "ServerTests",
    [
        "Server", "APITypes", "APIClient", "Generation", "Chat", "Compute", "ModelLibrary", "Options", "JSON", "GGUF",
        "Tensors", "Tokenization", "Inference", "Locking", "ScriptedBackend", "TestSupport",
    ],
    [
        .hummingbird, .hummingbirdTesting, .httpTypes, .system, .collections, .nioCore, .nioPosix, .serviceLifecycle,
        .log, .inMemoryLog, .configuration,
    ], kind: .tests)
target(.edge, "TerminalTests", ["Terminal"], kind: .tests)
target(
    .edge, "CommandsTests",
    ["Commands", "Terminal", "APITypes", "ModelLibrary", "Options", "JSON", "LibraryTestSupport", "TestSupport"],
    [.collections, .log, .system], kind: .tests)

// Benchmarks.
if hasBenchmarks {
    target(
        .formats, "ConstraintBenchmarks", ["Constraints", "GGUF", "Tensors", "TestSupport", "Tokenization"],
        [.benchmark, .system], kind: .benchmarks)
    target(.engine, "KernelLimits", kind: .benchmarkSupport)
    target(.engine, "KernelBenchmarks", ["CKernels", "KernelLimits", "Tensors"], [.benchmark], kind: .benchmarks)
}

let package = Package(
    name: "apus",
    platforms: [.macOS(.v15)],
    products: highestLayer == .edge ? [.executable(name: "apus", targets: ["apus"])] : [],
    dependencies: packages.values.map { $0 },
    targets: targets,
    cLanguageStandard: .gnu17
)
