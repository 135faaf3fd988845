using System.CommandLine;
using System.Text.Json;
using Appliance.Commands.Backup;
using Appliance.Config;
using Appliance.Migration;
using Microsoft.Data.Sqlite;
using Models;
using Models.Providers;
using Runtime.Sessions;
using TestKit;

namespace Appliance.Tests.Migration;

/// <summary>Folders laid out as OpenClaw 2026.9.6 and its forerunners leave them.</summary>
public sealed class OpenClawMigrationTests : IDisposable
{
    private const string Token = "throwaway-token-0123456789abcdef-xyz";

    private const string Event = """
        {"type":"session","version":4,"id":"26ccb355","timestamp":"2026-11-25T21:23:02.926Z","cwd":"/x"}
        {"type":"model_change","provider":"fake","modelId":"echo-1","id":"0c9a","parentId":null,"timestamp":"2026-11-25T21:23:03.126Z"}
        {"type":"message","id":"3e68","parentId":"5e09","timestamp":"2026-11-25T21:23:05.845Z","message":{"role":"user","content":"hi there","timestamp":1795641766656}}
        {"type":"message","id":"b4e8","parentId":"3e68","timestamp":"2026-11-25T21:23:06.329Z","message":{"role":"assistant","content":[{"type":"text","text":"Hello there."}],"model":"echo-1","usage":{"input":5,"output":3}}}
        {"type":"message","id":"torn
        """;

    private readonly TemporaryFolder _folder = new();

    private string Source => _folder[".openclaw"];

    private string Home => _folder["home"];

    public OpenClawMigrationTests()
    {
        Write("openclaw.json", $$"""
            {
              // my box, in JSON5
              gateway: { mode: 'local', "port": 28789, bind: 'lan', auth: { mode: "token", token: "{{Token}}" } },
              "channels": { "telegram": { "botToken": "123456:AAsecret" } },
              agents: { defaults: { model: { primary: 'fake/echo-1' }, workspace: '{{_folder["ws"]}}' }, },
            }
            """);
        Directory.CreateDirectory(_folder["ws/memory"]);
        File.WriteAllText(_folder["ws/SOUL.md"], "be kind");
        File.WriteAllText(_folder["ws/memory/2026-11-25.md"], "met Anna");
        File.CreateSymbolicLink(_folder["ws/link.md"], "/etc/passwd");
        Write("agents/main/sessions/sessions.json", """{"agent:main:main": {"sessionId": "26ccb355", "updatedAt": 1}}""");
        Write("agents/main/sessions/26ccb355.jsonl", Event);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Migrate_ModelsElsewhere_BecomeTargetsAndTheirKeysAreKept()
    {
        Write("openclaw.json", """
            {
              models: { providers: {
                lmstudio: { baseUrl: "http://127.0.0.1:1234/v1", apiKey: "lm-studio-key", api: "openai-completions",
                  models: [{ id: "qwen/qwen3-8b", contextWindow: 32768, input: ["text", "image"], cost: { input: 0, output: 0 } }, { id: "other" }] },
                minimax: { baseUrl: "https://api.minimax.example/anthropic", apiKey: "${MINIMAX_KEY}", api: "anthropic-messages", models: [{ id: "m2", cost: { input: 0.3, output: 1.2 } }] },
                gemini: { baseUrl: "https://g.example", api: "google-generative-ai", models: [{ id: "g" }] },
              } },
            }
            """);
        Run("--yes");
        using var config = ConfigStore.Open(Home);
        var targets = config.Config.Models.Targets;
        Assert.Equal(["lmstudio-qwen-qwen3-8b", "lmstudio-other", "minimax-m2"], targets.Keys);
        var (qwen, m2) = (targets["lmstudio-qwen-qwen3-8b"], targets["minimax-m2"]);
        Assert.Equal(("http://127.0.0.1:1234/v1", "qwen/qwen3-8b", 32768, true, "file secrets/PROVIDER_LMSTUDIO_KEY", true),
            (qwen.Url, qwen.Model, qwen.Window, qwen.Images, qwen.Key!.ToString(), qwen.ToTarget("q").Price!.Value.IsFree));
        Assert.Equal(("https://api.minimax.example/anthropic/v1", ProviderWire.Anthropic, 0.3, "environment MINIMAX_KEY"), (m2.Url, m2.Wire, m2.PriceIn, m2.Key!.ToString()));
        Assert.Equal("lm-studio-key", File.ReadAllText(Path.Combine(Home, "secrets", "PROVIDER_LMSTUDIO_KEY")));
        Assert.Contains("models.providers.gemini", OpenClawMigration.Plan(Source, Home, TimeProvider.System).LeftOut.Select(l => l.What));
    }

    [Fact]
    public void Migrate_ProvidersInEveryForm_BecomeTargets()
    {
        Write("openclaw.json", """
            {
              env: { vars: { OPENROUTER_API_KEY: "sk-or-v1-inthefile0123456789" } },
              agents: {
                defaults: { model: { primary: "anthropic/claude-opus-4-8", fallbacks: ["openrouter/openai/gpt-5.4-mini", "ollama/qwen3:8b"] } },
                list: [{ id: "fast", model: "groq/llama-3.1-8b-instant" }],
              },
              models: { mode: "merge", providers: {
                openai: { apiKey: { source: "env", provider: "default", id: "MY_OPENAI" }, api: "openai-responses", models: [{ id: "gpt-5.4", name: "GPT", input: ["text", "image"], contextWindow: 1050000, contextTokens: 200000, maxTokens: 128000 }] },
                openrouter: { apiKey: "${OPENROUTER_API_KEY}" },
                ollama: { baseUrl: "http://127.0.0.1:11434/v1", apiKey: "ollama-local", api: "ollama", models: [{ id: "qwen3:8b", name: "Qwen", contextWindow: 40960, cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } }] },
                vllm: { baseUrl: "https://vllm.example.org/v1", apiKey: { source: "exec", provider: "op", id: "vllm" }, headers: { "X-Team": "a" }, models: [
                  { id: "big", name: "Big", cost: { input: 0, output: 0 } }, { id: "claude", name: "C", api: "anthropic-messages", baseUrl: "https://claude.example.org" } ] },
                corp: { baseUrl: "https://corp.example.org/v1", apiKey: "${CORP}", api: "openai-responses", models: [{ id: "m", name: "M" }] },
                bedrock: { baseUrl: "https://bedrock.example.org", auth: "aws-sdk", api: "bedrock-converse-stream", models: [{ id: "b", name: "B" }] },
              } },
            }
            """);
        Run("--yes");
        using var config = ConfigStore.Open(Home);
        var targets = config.Config.Models.Targets;
        Assert.Equal(
        [
            "openai-gpt-5.4 OpenAi https://api.openai.com/v1 gpt-5.4 200000 environment MY_OPENAI", "openrouter-openai-gpt-5.4-mini OpenAi https://openrouter.ai/api/v1 openai/gpt-5.4-mini  file secrets/PROVIDER_OPENROUTER_KEY",
            "ollama-qwen3-8b Ollama http://127.0.0.1:11434 qwen3:8b 40960 ", "vllm-big OpenAi https://vllm.example.org/v1 big  ", "vllm-claude Anthropic https://claude.example.org/v1 claude  ",
            "corp-m OpenAi https://corp.example.org/v1 m  environment CORP", "anthropic-claude-opus-4-8 Anthropic https://api.anthropic.com/v1 claude-opus-4-8  environment ANTHROPIC_API_KEY",
            "groq-llama-3.1-8b-instant OpenAi https://api.groq.com/openai/v1 llama-3.1-8b-instant  environment GROQ_API_KEY",
        ], targets.Select(t => $"{t.Key} {t.Value.Wire} {t.Value.Url} {t.Value.Model} {t.Value.Window} {t.Value.Key}"));
        Assert.Equal("sk-or-v1-inthefile0123456789", File.ReadAllText(Path.Combine(Home, "secrets", "PROVIDER_OPENROUTER_KEY")));
        // Prices: the list's, none, and nothing for what runs here.
        Assert.Equal([2_500_000, 750_000, 0, null, null, null, 5_000_000, 50_000], targets.Select(t => t.Value.ToTarget(t.Key).Price?.Input));
        Assert.True(targets["ollama-qwen3-8b"].ToTarget("q").SharesMachine);
        Assert.True(targets["openai-gpt-5.4"].Images);
        var left = OpenClawMigration.Plan(Source, Home, TimeProvider.System).LeftOut.Select(l => l.What).ToList();
        foreach (var what in (string[])["models.providers.vllm.apiKey", "models.providers.vllm.headers", "models.providers.corp.api", "models.providers.bedrock", "models.providers.bedrock.auth"]) Assert.Contains(what, left);
    }

    [Fact]
    public void Migrate_WithoutYes_ShowsThePlanAndDoesNothing()
    {
        var report = Run();
        Assert.False(report.GetProperty("done").GetBoolean());
        Assert.False(Directory.Exists(Home));
        Assert.Equal(["config", "secret", "config", "config", "workspace", "workspace", "session"], report.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("kind").GetString()));
        var left = report.GetProperty("left_out").EnumerateArray().Select(l => l.GetProperty("what").GetString()!).ToList();
        Assert.Contains("channels", left);
        Assert.Contains("agents.defaults.model", left);
        Assert.Contains(left, what => what.EndsWith("link.md", StringComparison.Ordinal));
        Assert.DoesNotContain(Token, report.GetRawText());
        Assert.DoesNotContain("AAsecret", report.GetRawText());
    }

    [Fact]
    public void Migrate_Agents_BecomeOursWithWhatIsBoundToThem()
    {
        Write("openclaw.json", """
            { agents: { entries: { main: {}, ops: { name: "Operations", model: "x/y" }, "Bad Id": {} }, list: [ { id: "old", identity: { name: "Elder" } } ] },
              bindings: [ { agentId: "ops", match: { channel: "telegram", accountId: "*", peer: { kind: "group", id: "-100" } } },
                          { agentId: "old", match: { channel: "discord", accountId: "work" } },
                          { agentId: "ops", match: { channel: "discord", guildId: "1" } }, { agentId: "gone", match: { channel: "x" } } ] }
            """);
        var report = Run("--yes");
        var config = JsonElement.Parse(File.ReadAllText(Path.Combine(Home, "appliance.json")));
        Assert.Equal("""{"ops":{"name":"Operations"},"old":{"name":"Elder"}}""", Compact(config.GetProperty("agents")));
        Assert.Equal("""[{"agent":"ops","channel":"telegram","peer":"-100"},{"agent":"old","channel":"discord","account":"work"}]""", Compact(config.GetProperty("bindings")));
        var left = report.GetProperty("left_out").EnumerateArray().Select(l => l.GetProperty("what").GetString()!).ToList();
        foreach (var what in (string[])["agents.Bad Id", "agents.ops.model", "bindings[2]", "bindings[3]"]) Assert.Contains(what, left);
    }

    [Fact]
    public void Migrate_McpServers_BecomeOursWithTheirKeysInFilesOfTheirOwn()
    {
        Write("openclaw.json", """
            { mcp: { servers: {
              docs: { url: "https://mcp.example/mcp", transport: "streamable-http", headers: { Authorization: "Bearer hush-hush-1" }, requestTimeoutMs: 20000, toolFilter: { include: ["read_*", "a*b"] }, oauth: {} },
              files: { command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "/srv"], env: { API_KEY: "hush-hush-2", OTHER: "${OTHER_KEY}" }, enabled: false },
              old: { url: "https://mcp.example/sse", transport: "sse" },
              "a__b": { command: "x" },
            } } }
            """);
        var report = Run("--yes");
        var config = JsonElement.Parse(File.ReadAllText(Path.Combine(Home, "appliance.json"))).GetProperty("mcp").GetProperty("servers");
        Assert.Equal(
            """{"url":"https://mcp.example/mcp","timeout":"20s","tools":{"allow":["read_*"]},"headers":{"Authorization":{"file":"secrets/MCP_DOCS_AUTHORIZATION"}}}""",
            Compact(config.GetProperty("docs")));
        Assert.Equal(
            """{"command":"npx","args":["-y","@modelcontextprotocol/server-filesystem","/srv"],"enabled":false,"env":{"API_KEY":{"file":"secrets/MCP_FILES_API_KEY"},"OTHER":{"env":"OTHER_KEY"}}}""",
            Compact(config.GetProperty("files")));
        Assert.Equal(2, config.EnumerateObject().Count());
        Assert.Equal("Bearer hush-hush-1", File.ReadAllText(Path.Combine(Home, "secrets", "MCP_DOCS_AUTHORIZATION")));
        var left = report.GetProperty("left_out").EnumerateArray().Select(l => l.GetProperty("what").GetString()!).ToList();
        foreach (var what in (string[])["mcp.servers.old", "mcp.servers.a__b", "mcp.servers.docs.oauth", "mcp.servers.docs.toolFilter.include", "mcp.servers.files"]) Assert.Contains(what, left);
        Assert.DoesNotContain("hush", report.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "loopback", true, "minimal", "serve", "minimal")]
    [InlineData("funnel", "loopback", true, "full", "funnel", "full")]
    [InlineData("funnel", "loopback", false, "off", null, null)]
    [InlineData("serve", null, false, "loud", "serve", null)]
    [InlineData("serve", "lan", true, null, null, null)]
    [InlineData("off", "lan", true, "minimal", null, "minimal")]
    [InlineData("always", "loopback", true, null, null, null)]
    public void Migrate_HowItWasReachedAndFound_BecomesOursWhereItMeansTheSame(string tailscale, string? bind, bool hasToken, string? mdns, string? ours, string? found)
    {
        var auth = hasToken ? $"token: \"{Token}\", " : "";
        Write("openclaw.json", $$"""
            { gateway: { {{(bind is null ? "" : $"bind: '{bind}', ")}}auth: { {{auth}}allowTailscale: true }, tailscale: { mode: "{{tailscale}}", resetOnExit: false } },
              discovery: { {{(mdns is null ? "" : $"mdns: {{ mode: '{mdns}' }}, ")}}wideArea: { enabled: true } } }
            """);
        var report = Run("--yes");
        Assert.All(report.GetProperty("steps").EnumerateArray().Where(s => s.GetProperty("kind").GetString() == "config"), step => Assert.DoesNotContain("annot", step.GetProperty("result").GetString(), StringComparison.Ordinal));
        using var config = ConfigStore.Open(Home);
        Assert.Equal((ours ?? "off", found ?? "off"), ($"{config.Config.Gateway.Tailscale.Mode}".ToLowerInvariant(), $"{config.Config.Discovery.Mdns.Mode}".ToLowerInvariant()));
        Assert.False(config.Config.Gateway.Auth.AllowTailscale);
        var left = report.GetProperty("left_out").EnumerateArray().Select(l => l.GetProperty("what").GetString()!).ToList();
        foreach (var what in (string[])["gateway.tailscale.resetOnExit", "gateway.auth.allowTailscale", "discovery.wideArea"]) Assert.Contains(what, left);
        Assert.Equal(ours is null && tailscale != "off", left.Contains("gateway.tailscale.mode"));
        Assert.Equal(found is null && mdns is not null and not "off", left.Contains("discovery.mdns.mode"));
    }

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);

    [Fact]
    public void Migrate_WithYes_TakesOverAndLeavesTheSourceAsItWas()
    {
        var before = Snapshot();
        var report = Run("--yes");
        Assert.True(report.GetProperty("done").GetBoolean());
        Assert.Equal(before, Snapshot());
        var config = File.ReadAllText(Path.Combine(Home, "appliance.json"));
        Assert.Contains("28789", config);
        Assert.Contains("0.0.0.0", config);
        Assert.DoesNotContain(Token, config);
        Assert.Equal(Token, File.ReadAllText(Path.Combine(Home, "secrets", "GATEWAY_TOKEN")));
        Assert.Equal("met Anna", File.ReadAllText(Path.Combine(Home, "agents/main/workspace/memory/2026-11-25.md")));
        Assert.False(Path.Exists(Path.Combine(Home, "agents/main/workspace/link.md")));
        Assert.Equal(["user: hi there", "assistant: Hello there."], Conversation());
        // Once more changes nothing.
        Run("--yes");
        Assert.Equal(["user: hi there", "assistant: Hello there."], Conversation());
    }

    [Fact]
    public void Migrate_FromADatabase_TakesItsConversations()
    {
        Directory.Delete(Path.Combine(Source, "agents/main/sessions"), recursive: true);
        Directory.CreateDirectory(Path.Combine(Source, "agents/main/agent"));
        var database = Path.Combine(Source, "agents/main/agent/openclaw-agent.sqlite");
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_sqlite3());
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString()))
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode=WAL; CREATE TABLE session_windows (session_id TEXT PRIMARY KEY, session_key TEXT, created_at INTEGER); CREATE TABLE transcript_events (session_id TEXT, seq INTEGER, event_json TEXT, event_zstd BLOB)");
            Execute(connection, "INSERT INTO session_windows VALUES ('26ccb355', 'agent:main:main', 1)");
            var seq = 0;
            foreach (var line in Event.Split('\n')) Execute(connection, $"INSERT INTO transcript_events VALUES ('26ccb355', {seq++}, '{line.Replace("'", "''", StringComparison.Ordinal)}', NULL)");
            Execute(connection, "INSERT INTO transcript_events VALUES ('26ccb355', 99, NULL, x'28b52ffd')");
            var before = Snapshot();
            var report = Run("--yes");
            Assert.Equal(before, Snapshot());
            Assert.Equal(["user: hi there", "assistant: Hello there."], Conversation());
            Assert.Contains(report.GetProperty("left_out").EnumerateArray(), l => l.GetProperty("why").GetString()!.Contains("1 of its events are packed", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Migrate_WhatIsBroken_IsSaidAndTheRestGoesOn()
    {
        Write("openclaw.json", "{ broken");
        Write("agents/main/sessions/sessions.json", "[");
        Write("agents/evil..name/sessions/x.jsonl", Event);
        var report = Run("--yes");
        Assert.Contains(report.GetProperty("left_out").EnumerateArray(), l => l.GetProperty("what").GetString()!.EndsWith("openclaw.json", StringComparison.Ordinal));
        Assert.Contains(report.GetProperty("steps").EnumerateArray(), s => s.GetProperty("result").GetString()!.Contains("cannot be used here", StringComparison.Ordinal));
        Assert.Contains(report.GetProperty("steps").EnumerateArray(), s => s.GetProperty("result").GetString() == "2 messages");
    }

    [Fact]
    public void Plan_WhereThereIsNone_SaysSo() => Assert.Contains("There is no OpenClaw", Assert.Throws<ModelException>(() => OpenClawMigration.Plan(_folder["nowhere"], Home, TimeProvider.System)).Message);

    [Theory]
    [InlineData("{a: 1, 'b': 'it\\'s \"x\"', c_d: true, // e: f\n \"g: h\": null /* i: j */}", "{\"a\": 1, \"b\": \"it's \\\"x\\\"\", \"c_d\": true, // e: f\n \"g: h\": null /* i: j */}")]
    [InlineData("{\"url\": \"http://x/y\"}", "{\"url\": \"http://x/y\"}")]
    [InlineData("'", "\"\"")]
    public void Json5_BecomesJson(string text, string expected) => Assert.Equal(expected, Json5.ToJson(text));

    private string[] Conversation() =>
        [.. new SessionStore(Path.Combine(Home, "agents/main/sessions"), TimeProvider.System).Find("agent:main:main")!.Read().Select(m => $"{m.Role}: {m.Text}")];

    private JsonElement Run(params string[] arguments)
    {
        var output = new StringWriter();
        MigrateCommand.Create(() => Home).Parse(["openclaw", Source, "--json", .. arguments]).Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    private string[] Snapshot() => [.. Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(_folder["ws"], "*", SearchOption.AllDirectories))
        .Where(f => new FileInfo(f).LinkTarget is null).Order(StringComparer.Ordinal).Select(f => $"{f} {File.GetLastWriteTimeUtc(f):O} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Read(f)))}")];

    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(Source, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
