import APIClient
import APITypes
import Terminal

/// What `apus --version` says: the server's version, and the client's where they differ.
enum VersionReport {
    static let clientVersion = "0.1.0"

    static func print() async {
        let terminal = Terminal.standard
        let server = try? await Connection.makeClient().version().version
        if let server {
            terminal.writeLine("apus version is \(server.printableLine(limit: 100))")
        } else {
            terminal.writeLine("Warning: could not connect to a running Apus instance")
        }
        if server != clientVersion {
            terminal.writeLine("Warning: client version is \(clientVersion)")
        }
    }
}
