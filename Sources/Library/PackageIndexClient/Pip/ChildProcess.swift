import ModelLibrary
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs a program found on `PATH`, without a shell, and reads what it prints.
package struct ChildProcess {
    let program: String
    let arguments: [String]
    let environment: [String: String]

    package init(program: String, arguments: [String], environment: [String: String]) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }

    /// What a program can have written that is not read when it ends.
    private static let pipeSize = 64 << 10

    enum LaunchFailure: Error {
        case notFound
        case other(Errno)
    }

    /// Runs until the program ends, with its output and its errors in one stream, line by line.
    /// - Parameters:
    ///   - tick: called five times a second; what it throws kills the program and all that it has started.
    ///   - line: called with each line.
    /// - Returns: the exit status; 128 and the signal where a signal ended it.
    package func run(tick: () throws -> Void, line: (String) throws -> Void) throws -> Int {
        let (output, input) = try FileDescriptor.pipe()
        defer { try? output.close() }
        let process: pid_t
        do {
            for end in [output, input] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
            process = try spawn(output: input)
            try input.close()
        } catch {
            try? input.close()
            throw error
        }
        do {
            let status = try follow(process, output: output, tick: tick, line: line)
            // Nobody waits for what it may have left behind.
            kill(-process, SIGTERM)
            return status
        } catch {
            end(process)
            throw error
        }
    }

    /// Reads until the program has ended and all that it wrote is read. What it has started may hold its output open for
    /// longer, and it may close its output before it ends: neither is waited for alone.
    private func follow(
        _ process: pid_t, output: FileDescriptor, tick: () throws -> Void, line: (String) throws -> Void
    ) throws -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 8)
        defer { buffer.deallocate() }
        var pending: [UInt8] = []
        var status: Int?
        var isOpen = true
        var unread = Self.pipeSize
        while true {
            try tick()
            if status == nil { status = Self.status(of: process) }
            var poller = pollfd(fd: isOpen ? output.rawValue : -1, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, status == nil ? 200 : 0) > 0, unread > 0 else {
                guard let status else { continue }
                if !pending.isEmpty { try line(String(decoding: pending, as: UTF8.self)) }
                return status
            }
            let count = try output.read(into: buffer)
            isOpen = count > 0
            if status != nil { unread -= count }
            for byte in buffer[..<count] {
                if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                    try line(String(decoding: pending, as: UTF8.self))
                    pending = []
                } else if pending.count < 8192 {
                    pending.append(byte)
                }
            }
        }
    }

    private func spawn(output: FileDescriptor) throws -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
        posix_spawn_file_actions_adddup2(&actions, output.rawValue, 2)
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that what the program starts ends with it; no signal that we ignore or block.
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)

        var argumentVector: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var environmentVector: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in argumentVector + environmentVector { free(pointer) } }
        var process = pid_t()
        let result = posix_spawnp(&process, program, &actions, &attributes, &argumentVector, &environmentVector)
        switch result {
        case 0: return process
        case ENOENT, EACCES: throw LaunchFailure.notFound
        default: throw LaunchFailure.other(Errno(rawValue: result))
        }
    }

    private func end(_ process: pid_t) {
        kill(-process, SIGTERM)
        for _ in 0..<100 {
            let ended = waitpid(process, nil, WNOHANG)
            if ended == process || ended < 0 && errno == ECHILD { return }
            usleep(20_000)
        }
        kill(-process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// Nil while it runs.
    private static func status(of process: pid_t) -> Int? {
        var status: CInt = 0
        switch waitpid(process, &status, WNOHANG) {
        case process: break
        case 0: return nil
        default: return errno == EINTR ? nil : -1
        }
        let signal = status & 0x7F
        return signal == 0 ? Int(status >> 8 & 0xFF) : 128 + Int(signal)
    }
}
