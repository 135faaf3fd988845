using Models.Egress;
using Runtime.Approvals;
using Runtime.Mcp;
using Runtime.Sandbox;
using Runtime.Tools;
using TestKit;

namespace Runtime.Tests.Mcp;

/// <summary>MCP servers that are shell scripts: each does one thing, well or ill, in the sandbox this machine has.</summary>
internal sealed class ShellServer : IAsyncDisposable
{
    /// <summary>Answers initialize; what comes next is the scenario's. Ids of requests are 1, 2, 3, …</summary>
    private const string Begin = """
        ok() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$1" "$2"; }
        id() { printf '%s' "$1" | sed 's/.*"id":\([0-9]*\).*/\1/'; }
        hello='{"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true}},"serverInfo":{"name":"shell","version":"1"}}'
        tool='{"name":"echo","description":"Says it again.","inputSchema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]},"annotations":{"readOnlyHint":true}}'
        list="{\"tools\":[$tool]}"
        said() { printf '{"content":[{"type":"text","text":"%s"}]}' "$1"; }

        """;

    private readonly TemporaryFolder _home = new();
    private readonly List<string> _notes = [];

    /// <param name="script">What it does after the functions above.</param>
    /// <param name="change">Changes its settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="approvals">Where the owner is asked.</param>
    public ShellServer(string script, Func<McpServerSettings, McpServerSettings>? change = null, TimeProvider? time = null, Func<ApprovalBook>? approvals = null)
    {
        Book = new McpBook(_home.Path, new EgressPolicy(), new CommandSandbox(isRequired: false), approvals?.Invoke(), Note, time ?? TimeProvider.System);
        Settings = (change ?? (s => s))(new McpServerSettings("box", "1") { Command = "/bin/sh", Arguments = ["-c", Begin + script] });
        Book.Set([Settings]);
    }

    /// <summary>A server that does all it should, and counts its starts in a file.</summary>
    public const string Good = """
        echo x >> starts
        while read -r line; do
          case "$line" in
            *'"initialize"'*) ok "$(id "$line")" "$hello" ;;
            *'"tools/list"'*) ok "$(id "$line")" "$list" ;;
            *'"tools/call"'*) ok "$(id "$line")" "$(said "you said: $(printf '%s' "$line" | sed 's/.*"text":"\([^"]*\)".*/\1/')")" ;;
          esac
        done
        """;

    public McpBook Book { get; }

    public McpServerSettings Settings { get; private set; }

    public IReadOnlyList<string> Notes { get { lock (_notes) return [.. _notes]; } }

    /// <summary>What lies in the server's own folder.</summary>
    public string File(string name) => Path.Combine(_home.Path, "mcp", "box", name);

    public int Starts => System.IO.File.Exists(File("starts")) ? System.IO.File.ReadAllLines(File("starts")).Length : 0;

    /// <summary>Where what was approved is kept.</summary>
    public string Pins => Path.Combine(_home.Path, "mcp", "box.json");

    public void Set(Func<McpServerSettings, McpServerSettings> change) => Book.Set([Settings = change(Settings)]);

    public Task<ToolResult> CallAsync(string text = "hi", CancellationToken cancellation = default) =>
        Book.CallAsync("box", "echo", ToolArguments.Parse($$"""{"text":"{{text}}"}"""), cancellation);

    public async Task<string> FaultAsync(string text = "hi") => (await Assert.ThrowsAsync<McpException>(() => CallAsync(text))).Message;

    public async ValueTask DisposeAsync()
    {
        await Book.DisposeAsync();
        _home.Dispose();
    }

    private void Note(string text)
    {
        lock (_notes) _notes.Add(text);
    }
}
