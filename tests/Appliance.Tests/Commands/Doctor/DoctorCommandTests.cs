using System.CommandLine;
using System.Text.Json;
using Appliance.Commands.Doctor;
using Appliance.Commands.Mcp;
using Appliance.Tests.Http;
using Models.Embedding;
using Runtime.Memory;
using TestKit;

namespace Appliance.Tests.Commands.Doctor;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public DoctorCommandTests()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_home.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // A port that nobody has: the machine's own gateway must not answer in its stead.
        Write("appliance.json", """{"gateway": {"port": 1}}""");
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Doctor_OnAHealthyHome_FindsNothingCritical()
    {
        var (code, findings) = await DoctorAsync();
        Assert.Equal(0, code);
        Assert.All(["config", "permissions", "disk", "model", "memory", "sessions", "notes", "native-library", "clock", "gateway"], check => Assert.Contains(findings, f => Text(f, "check") == check));
        Assert.DoesNotContain(findings, f => Text(f, "severity") == "critical");
        Assert.All(findings.Where(f => Text(f, "severity") is "warning" or "critical"), f => Assert.True(f.TryGetProperty("why", out _) && f.TryGetProperty("remedy", out _)));
    }

    [Fact]
    public async Task Doctor_Repair_PutsTheLastGoodConfigurationAndTheModesRight()
    {
        if (OperatingSystem.IsWindows()) return;
        await DoctorAsync();
        Write("appliance.json", "{ torn");
        File.SetUnixFileMode(_home.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        var (code, findings) = await DoctorAsync();
        Assert.Equal(1, code);
        Assert.Contains(findings, f => Text(f, "check") == "config" && Text(f, "severity") == "critical");
        Assert.Contains(findings, f => Text(f, "check") == "permissions" && f.GetProperty("repairable").GetBoolean());
        Assert.Equal(0, (await DoctorAsync("--repair")).Code);
        Assert.Equal("""{"gateway": {"port": 1}}""", File.ReadAllText(_home["appliance.json"]));
        Assert.Equal("{ torn", File.ReadAllText(Directory.EnumerateFiles(_home.Path, "appliance.json.broken-*").Single()));
        Assert.Equal(0, (int)File.GetUnixFileMode(_home.Path) & 0b111111);
        Assert.Equal(0, (await DoctorAsync()).Code);
    }

    [Fact]
    public async Task Doctor_OfMcpServers_TellsWhatIsMissingUnreachableAndChanged()
    {
        const string Script = """
            tool=Says; [ -f other ] && tool=Obey
            while read -r line; do
              id=$(printf '%s' "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
              case "$line" in
                *'"initialize"'*) printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"sh","version":"1"}}}\n' "$id" ;;
                *'"tools/list"'*) printf '{"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"echo","description":"%s","inputSchema":{"type":"object"}}]}}\n' "$id" "$tool" ;;
              esac
            done
            """;
        Write("appliance.json", """{"gateway": {"port": 1}, "mcp": {"servers": {"box": {"command": "/bin/sh", "args": ["-c", """ + JsonSerializer.Serialize(Script) + """]}, "gone": {"command": "no-such-program"}}}}""");
        Assert.Equal(["info: box was not started yet", "warning: gone: no-such-program is not installed here"], await McpAsync());

        await new RootCommand { McpCommand.Create(() => _home.Path) }.Parse(["mcp", "test", "box"]).InvokeAsync(new InvocationConfiguration { Output = TextWriter.Null, Error = TextWriter.Null });
        Assert.Contains("ok: box answers with 1 tools, as they were approved", await McpAsync());
        Write("mcp/box/other", "");
        Assert.Contains("warning: box has tools that are not as they were approved: echo", await McpAsync());
        Write("appliance.json", """{"gateway": {"port": 1}, "mcp": {"servers": {"box": {"command": "/bin/sh", "args": ["-c", "echo sorry >&2; exit 1"]}}}}""");
        Assert.Contains("sorry", (await McpAsync()).Single(), StringComparison.Ordinal);

        async Task<List<string>> McpAsync() => [.. (await DoctorAsync()).Findings.Where(f => Text(f, "check") == "mcp").Select(f => $"{Text(f, "severity")}: {Text(f, "what")}")];
    }

    [Fact]
    public async Task Doctor_OfMemory_TellsWhatIsIndexedBrokenAndLeftOver()
    {
        Write("agents/main/workspace/MEMORY.md", "- the boiler is old\n");
        Write("agents/main/workspace/memory/a.md", "- the cat is grey\n");
        Assert.Contains((await DoctorAsync()).Findings, f => Text(f, "check") == "notes" && Text(f, "what").StartsWith("2 of 2 files", StringComparison.Ordinal));

        using (var memory = new AgentMemory(_home["agents/main/workspace"], MemoryBook.IndexOf(_home.Path, "main"), _ => Task.FromResult<TextEmbedder>(HashEmbedder.Instance), TimeProvider.System, _ => { }))
            await memory.RefreshAsync();
        Assert.Contains((await DoctorAsync()).Findings, f => Text(f, "what") == "2 files of memory, 2 pieces in the index");

        Write("agents/main/memory.sqlite.broken-20260101-000000", "what was forgotten");
        Write("agents/main/memory.sqlite", new string('x', 9000));
        var (_, findings) = await DoctorAsync("--repair");
        Assert.Contains(findings, f => Text(f, "check") == "notes" && Text(f, "severity") == "warning" && Text(f, "what").Contains("cannot be used", StringComparison.Ordinal));
        Assert.False(File.Exists(_home["agents/main/memory.sqlite.broken-20260101-000000"]));
    }

    [Fact]
    public async Task Doctor_WithDamagedTranscripts_NamesTheLine()
    {
        Write("agents/main/sessions/a.jsonl", "{\"type\":\"session\"}\n{\"torn");
        Write("agents/main/sessions/b.jsonl", "{\"type\":\"session\"}\nnonsense\n{}\n");
        var (_, findings) = await DoctorAsync();
        Assert.Contains(findings, f => Text(f, "what").EndsWith("a.jsonl: the last line, 2, is not finished", StringComparison.Ordinal) && Text(f, "severity") == "info");
        Assert.Contains(findings, f => Text(f, "what").EndsWith("b.jsonl: line 2 is no JSON", StringComparison.Ordinal) && Text(f, "severity") == "warning");
    }

    [Fact]
    public async Task Audit_OfAnOpenBox_NamesEveryHole()
    {
        Write("appliance.json", """{"gateway": {"bind": "0.0.0.0", "token": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}""");
        Write("gateway/identity.json", """{"devices": [{"deviceId": "d1", "publicKey": "k", "displayName": "phone", "roles": ["operator"], "scopes": ["operator.admin"], "tokens": [], "createdAtMs": 0, "approvedAtMs": 1000}], "nodes": []}""");
        var (code, findings) = await AuditAsync();
        Assert.Equal(1, code);
        foreach (var check in (string[])["bind", "http", "token", "plain-secret", "permissions", "admin-device", "old-pairing"])
            Assert.Contains(findings, f => Text(f, "check") == check && Text(f, "severity") != "ok");
    }

    [Fact]
    public async Task Audit_Fix_MovesTheSecretOutOfTheConfiguration()
    {
        var token = string.Concat(Enumerable.Range(0, 40).Select(i => (char)('a' + (i * 7 % 26))));
        Write("appliance.json", $$"""{ /* mine */ "gateway": {"token": "{{token}}", "port": 1} }""");
        Assert.Equal(0, (await AuditAsync("--fix")).Code);
        var text = File.ReadAllText(_home["appliance.json"]);
        Assert.DoesNotContain(token, text);
        Assert.Contains("/* mine */", text);
        Assert.Equal(token, File.ReadAllText(_home["secrets/GATEWAY_TOKEN"]));
        Assert.DoesNotContain((await AuditAsync()).Findings, f => Text(f, "severity") is "warning" or "critical" && Text(f, "check") is "plain-secret" or "permissions" or "token");
    }

    [Fact]
    public async Task Audit_Deep_TriesTheRunningGateway()
    {
        await using var host = await TestHost.StartAsync();
        Write("appliance.json", $$"""{"gateway": {"port": {{host.Address.Port}} } }""");
        var (_, findings) = await AuditAsync("--deep");
        foreach (var check in (string[])["probe-rebinding", "probe-origin", "probe-url-secret", "probe-proxy"])
            Assert.Equal("ok", Text(findings.Single(f => Text(f, "check") == check), "severity"));
        Assert.Equal("ok", Text((await DoctorAsync()).Findings.Single(f => Text(f, "check") == "gateway"), "severity"));
        Assert.Empty(host.Bugs);
    }

    private Task<(int Code, JsonElement[] Findings)> DoctorAsync(params string[] arguments) => RunAsync(DoctorCommand.Create(() => _home.Path), [.. arguments, "--json"]);

    private Task<(int Code, JsonElement[] Findings)> AuditAsync(params string[] arguments) => RunAsync(DoctorCommand.CreateSecurity(() => _home.Path), ["audit", .. arguments, "--json"]);

    private static async Task<(int, JsonElement[])> RunAsync(Command command, string[] arguments)
    {
        var output = new StringWriter();
        var code = await command.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        return (code, [.. JsonDocument.Parse(output.ToString()).RootElement.GetProperty("findings").EnumerateArray()]);
    }

    private static string Text(JsonElement finding, string name) => finding.GetProperty(name).GetString()!;

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_home[path])!);
        File.WriteAllText(_home[path], text);
        if (!OperatingSystem.IsWindows() && path == "appliance.json") File.SetUnixFileMode(_home[path], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
