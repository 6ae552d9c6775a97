/// Which proxy a request goes through, by the variables that Ollama, pip and curl read too: `HTTP_PROXY`, `HTTPS_PROXY`,
/// `ALL_PROXY` where that of the scheme is not set, and `NO_PROXY`, each also in lower case.
package struct ProxySettings: Hashable, Sendable {
    private struct Choice: Hashable, Sendable {
        let variable: String
        let value: String
    }
    private let choices: [HTTPAddress.Scheme: Choice]
    private let exceptions: ProxyExceptions

    /// Every request goes directly.
    package static let none = Self(environment: [:])

    package init(environment: [String: String]) {
        func first(of variables: [String]) -> Choice? {
            for variable in variables.flatMap({ [$0, $0.lowercased()] }) {
                let value = (environment[variable] ?? "").filter { !$0.isWhitespace }
                if !value.isEmpty { return Choice(variable: variable, value: value) }
            }
            return nil
        }
        var choices: [HTTPAddress.Scheme: Choice] = [:]
        choices[.http] = first(of: ["HTTP_PROXY", "ALL_PROXY"])
        choices[.https] = first(of: ["HTTPS_PROXY", "ALL_PROXY"])
        self.choices = choices
        exceptions = ProxyExceptions(
            environment["NO_PROXY"].flatMap { $0.isEmpty ? nil : $0 } ?? environment["no_proxy"] ?? "")
    }

    /// Nil where the request goes directly. This machine is never reached through a proxy.
    /// - Throws: `invalidProxy`, naming the variable.
    package func proxy(for address: HTTPAddress) throws(RegistryError) -> Proxy? {
        guard let choice = choices[address.scheme], address.reach != .machine,
            !exceptions.contain(host: address.host, port: address.port)
        else { return nil }
        do throws(InvalidAddress) {
            return try Proxy(choice.value)
        } catch {
            throw .invalidProxy(variable: choice.variable, reason: error.reason)
        }
    }
}
