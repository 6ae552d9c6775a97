import Commands

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@main
enum Apus {
    static func main() async {
        exit(await EntryPoint.run(Array(CommandLine.arguments.dropFirst())))
    }
}
