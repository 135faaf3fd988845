using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Client;
using Appliance.Commands;
using Appliance.Commands.Approvals;
using Appliance.Commands.Chat;
using Appliance.Gateway.Identity;
using Appliance.Tests.Gateway.Methods;
using Appliance.Tests.Http;
using Microsoft.Extensions.AI;
using Runtime.Sandbox;

namespace Appliance.Tests.Commands.Approvals;

/// <summary>What needs a yes, asked for and answered in the terminal, against the real gateway.</summary>
public sealed class ApprovalsCommandTests : GatewayTest
{
    [Fact]
    public async Task Approvals_CanBeListedShownAnsweredAndLookedBackAt()
    {
        Assert.Equal("", await RunAsync(ApprovalsCommand.Create(), "list"));
        await Owner.SendRequestAsync("exec.approval.request", new JsonObject { ["command"] = "make \e[2Jall", ["id"] = "one", ["agentId"] = "main", ["twoPhase"] = true });
        await Owner.EventAsync("exec.approval.requested");
        Assert.Matches(@"\none +main +[0-9-]+ [0-9:]+ +make \\u\{1B\}\[2Jall\n$", await RunAsync(ApprovalsCommand.Create(), "list"));
        Assert.Equal("one", JsonElement.Parse(await RunAsync(ApprovalsCommand.Create(), "list", "--json")).EnumerateArray().Single().Text("id"));
        Assert.Matches(@"^make .*\npending until [0-9-]+ [0-9:]+; agent main, session -\n$", await RunAsync(ApprovalsCommand.Create(), "show", "one"));
        Assert.Equal("allowed\n", await RunAsync(ApprovalsCommand.Create(), "approve", "one"));
        Assert.Equal("allow-once", (await Owner.EventAsync("exec.approval.resolved")).GetProperty("decision").GetString());
        Assert.Equal("it was allowed already\n", await RunAsync(ApprovalsCommand.Create(), ExitCode.Error, "deny", "one"));

        await Owner.SendRequestAsync("exec.approval.request", new JsonObject { ["command"] = "make none", ["id"] = "two", ["twoPhase"] = true });
        await Owner.EventAsync("exec.approval.requested");
        Assert.Equal("refused\n", await RunAsync(ApprovalsCommand.Create(), "deny", "two"));
        Assert.Matches(@"denied .* make none\n.* allowed .* make .*\n$", await RunAsync(ApprovalsCommand.Create(), "history"));
        Assert.Equal("", await RunAsync(ApprovalsCommand.Create(), "grants"));
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("what?\nyes\n", true)]
    [InlineData("n\n", false)]
    [InlineData("", false)]
    public async Task Agent_OnATerminal_AsksForAYes_AndDoesAsItIsTold(string typed, bool isAllowed)
    {
        if (CommandSandbox.Status.Level == SandboxLevel.None) return;
        await LetRunAsync();
        Host.ChatClient = new ScriptedSteps([ScriptedChatClient.Call("call_1", "exec", """{"command":"touch made"}""")], [new TextContent("Done.")]);
        var said = await RunAsync(AgentCommand.Create(null, new TypedLines(new StringReader(typed))), "-m", "make it");
        Assert.Contains("The agent wants to run: touch made\n", said, StringComparison.Ordinal);
        Assert.EndsWith("Done.\n", said, StringComparison.Ordinal);
        Assert.Equal(isAllowed, File.Exists(Path.Combine(Host.Home, "agents", "main", "workspace", "made")));
    }

    [Fact]
    public async Task Agent_WhereSomebodyElseAnswers_AsksNoMore()
    {
        if (CommandSandbox.Status.Level == SandboxLevel.None) return;
        await LetRunAsync();
        Host.ChatClient = new ScriptedSteps([ScriptedChatClient.Call("call_1", "exec", """{"command":"touch made"}""")], [new TextContent("Done.")]);
        var said = RunAsync(AgentCommand.Create(null, new TypedLines(new Silence())), "-m", "make it");
        await Owner.AskAsync("exec.approval.resolve", new JsonObject { ["id"] = (await Owner.EventAsync("exec.approval.requested")).GetProperty("id").GetString(), ["decision"] = "allow-once" });
        Assert.Contains("no answer is needed any more", await said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7\n2\n", """["Blue"]""")]
    [InlineData("something else\n", """["something else"]""")]
    [InlineData("\n", null)]
    public async Task Asking_AQuestion_TakesANumberOrAnAnswerOrNone(string typed, string? expected)
    {
        await using var client = await ConnectAsync();
        var terminal = new Terminal(new StringWriter(), new StringWriter(), false, false, 80);
        await using var asking = new Asking(client, terminal, new TypedLines(new StringReader(typed)));
        var isOther = expected is null || !expected.Contains("Blue", StringComparison.Ordinal);
        await Owner.AskAsync("question.request", new JsonObject
        {
            ["id"] = "q",
            ["questions"] = new JsonArray(new JsonObject
            {
                ["questionId"] = "colour",
                ["header"] = "Colour",
                ["question"] = "Which colour?",
                ["isOther"] = isOther,
                ["options"] = new JsonArray(new JsonObject { ["label"] = "Red" }, new JsonObject { ["label"] = "Blue", ["description"] = "like the sky" }),
            }),
        });
        foreach (var row in (await client.RequestAsync("question.list")).Items("questions")) asking.Ask(row, isQuestion: true);
        var ended = await Owner.EventAsync("question.resolved");
        Assert.Equal(expected is null ? "cancelled" : "answered", ended.Text("status"));
        if (expected is not null) Assert.Equal(expected, ended.Member("answers").Member("answers").Member("colour").GetRawText());
        Assert.Contains("Which colour?\n  [1] Red\n  [2] Blue: like the sky\n", terminal.Output.ToString(), StringComparison.Ordinal);
    }

    private Task<GatewayClient> ConnectAsync() => GatewayClient.ConnectAsync(
        GatewayTarget.Find(Host.Home, $"ws://127.0.0.1:{Host.Address.Port}", Host.Token), [Scope.Questions, Scope.Approvals], CancellationToken.None);

    private async Task LetRunAsync() => await Owner.AskAsync("config.patch", new JsonObject
    {
        ["raw"] = """{"agents":{"main":{"tools":{"profile":"operator"}}}}""",
        ["baseHash"] = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString(),
    });

    private Task<string> RunAsync(Command command, params string[] arguments) => RunAsync(command, ExitCode.Ok, arguments);

    private async Task<string> RunAsync(Command command, int exitCode, params string[] arguments)
    {
        var token = Path.Combine(Host.Home, "token");
        await File.WriteAllTextAsync(token, Host.Token);
        var output = new StringWriter();
        var parsed = command.Parse([.. arguments, "--url", $"ws://127.0.0.1:{Host.Address.Port}", "--token-file", token]);
        Assert.Empty(parsed.Errors);
        Assert.Equal(exitCode, await parsed.InvokeAsync(new() { Output = output, Error = new StringWriter(), EnableDefaultExceptionHandler = false }));
        return output.ToString();
    }

    // A person who types nothing.
    private sealed class Silence : StringReader
    {
        private readonly ManualResetEventSlim _never = new();

        public Silence() : base("") { }

        public override string? ReadLine()
        {
            _never.Wait();
            return null;
        }

        protected override void Dispose(bool disposing)
        {
            _never.Set();
            base.Dispose(disposing);
        }
    }
}
