package import Logging
import Terminal

/// Writes the log with what others wrote in it (names, paths, errors of files and servers) made printable: a log is read in
/// a terminal too, and a record is a line.
package struct PrintableLogHandler: LogHandler {
    private static let longestText = 4000

    private var handler: any LogHandler

    package init(_ handler: any LogHandler) {
        self.handler = handler
    }

    package func log(event: LogEvent) {
        var event = event
        event.message = "\(event.message.description.printableLine(limit: Self.longestText))"
        event.metadata = event.metadata?.mapValues(Self.printable)
        handler.log(event: event)
    }

    private static func printable(_ value: Logger.MetadataValue) -> Logger.MetadataValue {
        switch value {
        case .string(let text): .string(text.printableLine(limit: longestText))
        case .stringConvertible(let value): .string(value.description.printableLine(limit: longestText))
        case .array(let values): .array(values.map(printable))
        case .dictionary(let values): .dictionary(values.mapValues(printable))
        }
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue.map(Self.printable) }
    }

    package var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue.mapValues(Self.printable) }
    }

    package var metadataProvider: Logger.MetadataProvider? {
        get { handler.metadataProvider }
        set { handler.metadataProvider = newValue }
    }

    package var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }
}
