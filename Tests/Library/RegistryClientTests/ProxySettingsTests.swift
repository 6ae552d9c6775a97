import RegistryClient
import Testing

@Suite("Which proxy a request goes through")
struct ProxySettingsTests {
    private func proxy(_ address: String, _ environment: [String: String]) throws -> String? {
        try ProxySettings(environment: environment).proxy(for: HTTPAddress(address)).map {
            "\($0.kind == .http ? "" : "socks5 ")\($0.authority)"
        }
    }

    @Test(
        "the variable of the scheme, in both cases of letters, then that for all",
        arguments: [
            ("https://r.example", [:], nil),
            ("https://r.example", ["HTTPS_PROXY": "http://p:3128"], "p:3128"),
            ("https://r.example", ["https_proxy": "p:3128"], "p:3128"),
            ("https://r.example", ["HTTP_PROXY": "http://p:3128"], nil),
            ("http://r.example", ["HTTP_PROXY": "http://p"], "p:80"),
            ("http://r.example", ["http_proxy": "HTTP://P:1/"], "p:1"),
            ("http://r.example", ["HTTPS_PROXY": "http://p"], nil),
            ("http://r.example", ["HTTP_PROXY": "a:1", "http_proxy": "b:2"], "a:1"),
            ("http://r.example", ["HTTP_PROXY": "", "http_proxy": " b:2 "], "b:2"),
            ("http://r.example", ["ALL_PROXY": "socks5://p"], "socks5 p:1080"),
            ("https://r.example", ["all_proxy": "socks5h://p:9"], "socks5 p:9"),
            ("https://r.example", ["ALL_PROXY": "a:1", "HTTPS_PROXY": "b:2"], "b:2"),
            ("https://r.example", ["HTTPS_PROXY": "[::2]:5"], "[::2]:5"),
            ("https://r.example", ["HTTPS_PROXY": "http://127.0.0.1:9"], "127.0.0.1:9"),
            // This machine is reached directly, whatever is set.
            ("http://localhost:5000", ["HTTP_PROXY": "p:1"], nil), ("http://127.9.9.9", ["HTTP_PROXY": "p:1"], nil),
            ("https://[::1]:5", ["HTTPS_PROXY": "p:1"], nil), ("http://a.localhost", ["ALL_PROXY": "p:1"], nil),
            ("http://127.1", ["HTTP_PROXY": "p:1"], nil), ("http://10.0.0.1", ["HTTP_PROXY": "p:1"], "p:1"),
        ] as [(String, [String: String], String?)])
    func choice(address: String, environment: [String: String], expected: String?) throws {
        #expect(try proxy(address, environment) == expected)
    }

    @Test(
        "NO_PROXY names what is reached directly",
        arguments: [
            ("*", "http://r.example", true), ("r.example", "http://r.example", true),
            ("R.Example", "http://r.example", true), ("r.example", "http://a.r.example", true),
            ("r.example", "http://ar.example", false), ("example", "http://r.example", true),
            (".example", "http://r.example", true), (".r.example", "http://r.example", false),
            (".r.example", "http://a.b.r.example", true), ("*.r.example", "http://a.r.example", true),
            ("*.r.example", "http://r.example", false), ("r.example", "http://r.example.", true),
            ("r.example:80", "http://r.example", true), ("r.example:443", "https://r.example", true),
            ("r.example:443", "https://r.example:5000", false), ("r.example:5000", "https://r.example:5000", true),
            (".example:5000", "https://r.example:5000", true), (".example:5001", "https://r.example:5000", false),
            ("10.0.0.0/8", "http://10.1.2.3", true), ("10.0.0.0/8", "http://11.1.2.3", false),
            ("10.1.2.3", "http://10.1.2.3", true), ("10.1.2.3:80", "http://10.1.2.3", true),
            ("10.1.2.3:81", "http://10.1.2.3", false), ("10.1.2", "http://10.1.2.3", false),
            ("fd00::/8", "http://[fd00::1]", true), ("fd00::1", "http://[fd00::1]", true),
            ("[fd00::1]:80", "http://[fd00::1]", true), ("[fd00::1]:81", "http://[fd00::1]", false),
            ("10.0.0.0/8", "http://r.example", false), ("a, b ,r.example", "http://r.example", true),
            ("a b r.example", "http://r.example", true), ("", "http://r.example", false),
            (",,", "http://r.example", false),
            ("10.0.0.0/33,r.example:99999,http://r.example", "http://r.example", false),
            ("10.0.0.0/-1", "http://10.1.2.3", false),
        ])
    func exceptions(list: String, address: String, isDirect: Bool) throws {
        for variable in ["NO_PROXY", "no_proxy"] {
            let environment = ["HTTP_PROXY": "p:1", "HTTPS_PROXY": "p:1", variable: list]
            #expect(try (proxy(address, environment) == nil) == isDirect)
        }
    }

    @Test("a user and a password may be percent-escaped")
    func credentials() throws {
        let proxy = try Proxy("http://us%40er:p%3Aw:d@p:3128")
        #expect(proxy.credentials?.user == "us@er")
        #expect(proxy.credentials?.password == "p:w:d")
        #expect(proxy.authority == "p:3128")
        #expect(try Proxy("http://u@p").credentials?.password == "")
    }

    @Test(
        "what is no proxy is said with its variable and without its password",
        arguments: [
            "http://", "http://p:99999", "http://p:0", "http://u:secret@p:x", "ftp://p", "https://p:443",
            "socks4://p", "socks5://u:secret@p", "http://u:%zzsecret@p", "p:1:2", "://p", "http://a b\u{1b}", "%",
        ])
    func invalid(text: String) throws {
        let error = #expect(throws: RegistryError.self) { try proxy("http://r.example", ["http_proxy": text]) }
        let line = "\(try #require(error))"
        #expect(line.hasPrefix("the variable http_proxy names no proxy that can be used: "))
        #expect(!line.contains("secret"))
    }
}
