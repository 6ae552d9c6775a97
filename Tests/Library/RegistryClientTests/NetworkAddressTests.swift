import RegistryClient
import Testing

@Suite("Hosts, ports and how near they are")
struct NetworkAddressTests {
    @Test(
        "what may stand between the slashes of an address",
        arguments: [
            ("example.com", "example.com", nil), ("Example.COM:5000", "example.com", 5000), ("a_b-c.d:1", "a_b-c.d", 1),
            ("127.0.0.1:65535", "127.0.0.1", 65535), ("[::1]", "::1", nil), ("[FE80::1]:080", "fe80::1", 80),
        ] as [(String, String, Int?)])
    func valid(text: String, host: String, port: Int?) throws {
        let place = try HostAndPort(text)
        #expect(place.host == host)
        #expect(place.port == port)
    }

    @Test(
        "what would trap in a socket, or mean something else to another reader, is refused",
        arguments: [
            "", ":", ":80", "h:", "h:0", "h:65536", "h:99999", "h:-1", "h:+1", "h: 1", "h:1:2", "h:4294967376",
            "h:18446744073709551696", "h:８０", "h:0x50", "a b", "a@b", "a\\b", "a%41", "é", "[", "[]", "[::1",
            "[::1]x", "[::1]:65536", "[h]", "[127.0.0.1]", "[::g]", "[fe80::1%eth0]", "::1", "h\n", "h\u{0}",
            String(repeating: "h", count: 254),
        ])
    func invalid(text: String) {
        #expect(throws: InvalidAddress.self) { try HostAndPort(text) }
        #expect(throws: InvalidAddress.self) { try HTTPAddress("http://\(text)/x") }
    }

    @Test(
        "addresses of this machine and of networks around it are known in every spelling",
        arguments: [
            ("localhost", .machine), ("LOCALHOST.", .machine), ("a.localhost", .machine), ("127.0.0.1", .machine),
            ("127.1", .machine), ("2130706433", .machine), ("0x7f.1", .machine), ("0177.0.0.1", .machine),
            ("0.0.0.0", .machine), ("0", .machine), ("::", .machine), ("::1", .machine), ("::ffff:127.0.0.1", .machine),
            ("::127.0.0.1", .machine), ("64:ff9b::7f00:1", .machine), ("169.254.169.254", .link), ("fe80::1", .link),
            ("febf::1", .link), ("::ffff:a9fe:a9fe", .link), ("10.0.0.1", .network), ("172.16.0.1", .network),
            ("172.31.255.255", .network), ("192.168.1.1", .network), ("100.64.0.1", .network), ("fd00::1", .network),
            ("fc00::1", .network), ("172.32.0.1", .everywhere), ("100.128.0.1", .everywhere), ("8.8.8.8", .everywhere),
            ("2001:4860::1", .everywhere), ("::ffff:8.8.8.8", .everywhere), ("localhost.example", .everywhere),
            ("127.0.0.1.example", .everywhere), ("example", .everywhere), ("", .everywhere),
        ] as [(String, Reach)])
    func reach(host: String, expected: Reach) {
        #expect(Reach(of: host.lowercased()) == expected)
    }

    @Test("networks hold the addresses that begin like them")
    func networks() throws {
        for (address, network, length, isIn) in [
            ("10.1.2.3", "10.0.0.0", 8, true), ("11.1.2.3", "10.0.0.0", 8, false), ("1.2.3.4", "0.0.0.0", 0, true),
            ("1.2.3.4", "1.2.3.4", 32, true), ("1.2.3.5", "1.2.3.4", 32, false), ("1.2.3.5", "1.2.3.4", 31, true),
            ("fd00::1", "fd00::", 8, true), ("fe00::1", "fd00::", 8, false), ("::1", "::1", 128, true),
            ("::2", "::1", 128, false), ("2001:db8::1", "2001:db8::", 64, true), ("1::", "::", 0, true),
            ("2001:db8:0:1::1", "2001:db8::", 64, false), ("1.2.3.4", "::", 0, false),
            ("::ffff:10.1.1.1", "10.0.0.0", 8, true),
        ] {
            let address = try #require(NetworkAddress(address))
            #expect(try address.isIn(#require(NetworkAddress(network)), length: length) == isIn)
        }
        for text in ["", "h", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 x", "::g"] { #expect(NetworkAddress(text) == nil) }
    }
}
