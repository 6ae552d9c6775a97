#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Starts `apus serve` as a process of its own session, which outlives the command that started it.
enum BackgroundServer {
    /// `POSIX_SPAWN_SETSID`, which the C library defines as a macro that Swift cannot read.
    #if canImport(Darwin)
        private static let newSession: Int16 = 0x0400
    #else
        private static let newSession: Int16 = 0x80
    #endif

    static var logPath: String { UserFiles.path("logs/server.log") }

    static func start() throws {
        try? FileManager.default.createDirectory(
            at: URL(filePath: logPath).deletingLastPathComponent(), withIntermediateDirectories: true)
        #if canImport(Darwin)
            var attributes: posix_spawnattr_t?
            var actions: posix_spawn_file_actions_t?
        #else
            var attributes = posix_spawnattr_t()
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, newSession)
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)

        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("apus"), strdup("serve"), nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, executablePath, &actions, &attributes, &arguments, environ)
        guard code == 0 else {
            throw CommandError(
                "cannot start the server (\(String(cString: strerror(code)))); run 'apus serve' yourself")
        }
    }

    private static var executablePath: String {
        #if os(Linux)
            "/proc/self/exe"
        #else
            ProcessInfo.processInfo.arguments.first ?? "apus"
        #endif
    }
}

/// Files of the user, in the folder that Ollama uses too.
enum UserFiles {
    static func path(_ name: String) -> String {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
        return home + "/.ollama/" + name
    }
}
