using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity;
using TestKit;
using Xunit.Abstractions;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>Our table of scopes against OpenClaw's, which the reference lists by scope.</summary>
public sealed class ScopeTableTests(ITestOutputHelper output) : GatewayTest
{
    [SharedFact("protocol/PROTOCOL.md")]
    public async Task Methods_NeedTheScopeThatOpenClawAsksFor()
    {
        var reference = ReadScopes();
        Assert.True(reference.Count > 450, $"{reference.Count} methods in the reference");
        await using var nobody = await GatewayClient.ConnectAsync(Host.Address, Host.Token, []);
        var advertised = Owner.Hello.GetProperty("features").GetProperty("methods").EnumerateArray().Select(m => m.GetString()!).ToArray();
        foreach (var method in advertised)
        {
            Assert.True(reference.TryGetValue(method, out var scope), $"OpenClaw has no method {method}");
            if (method == "health") continue;
            var error = (await nobody.RequestAsync(method)).GetProperty("error");
            if (scope == "node") Assert.Equal("unauthorized role: operator", error.GetProperty("message").GetString());
            else Assert.Equal(scope, error.GetProperty("details").GetProperty("missingScope").GetString());
            // Eleven calls of another role's methods end a connection; this one makes fewer.
        }
    }

    [Fact]
    public async Task Advertised_IsNothingThatIsNotThereYet()
    {
        foreach (var method in Owner.Hello.GetProperty("features").GetProperty("methods").EnumerateArray().Select(m => m.GetString()!).Where(m => m != "gateway.restart.request"))
        {
            var response = await Owner.RequestAsync(method);
            var message = response.TryGetProperty("error", out var error) ? error.GetProperty("message").GetString()! : "";
            Assert.False(message.Contains("unknown method", StringComparison.Ordinal) || message.Contains("gateway yet", StringComparison.Ordinal), $"{method}: {message}");
            if (message.Contains("unauthorized role", StringComparison.Ordinal)) Assert.True(method.StartsWith("node.", StringComparison.Ordinal) || method == "skills.bins", method);
        }
    }

    // Asked for by real clients whether or not they are told of it, and there is nothing of it here: each is an honest nothing or a no.
    private static readonly string[] HonestNothings =
    [
        "taskSuggestions.list", "update.status", "voicewake.get", "session.discussion.info", "progressCard.get", "tts.status", "talk.catalog", "plugins.controlUi.list",
        "sessions.catalog.list", "sessions.companion.state", "sessions.github.options", "sessions.observer.visibility", "controlUi.sessionPullRequests.subscribe", "mentions.list",
        "session.members.listEvidence", "projects.list", "plugin.surface.refresh", "mcp.authLogin",
    ];

    [SharedFact("protocol/PROTOCOL.md")]
    public async Task Implemented_IsAdvertised_UnlessOpenClawHidesItToo_OrThereIsNothingOfIt()
    {
        var hidden = File.ReadLines(Shared.Find("protocol", "PROTOCOL.md")!).Where(IsScopeLine).SelectMany(line => line.Split(' ')).Where(word => word.Length > 1 && word[0] != '*' && word[^1] == '*').Select(word => word.TrimEnd('*')).ToHashSet();
        Assert.Contains("chat.inject", hidden);
        var advertised = Owner.Hello.GetProperty("features").GetProperty("methods").EnumerateArray().Select(m => m.GetString()!).ToHashSet();
        // Without any scope nothing is done, and what is not there is told apart from what is not allowed.
        await using var nobody = await GatewayClient.ConnectAsync(Host.Address, Host.Token, []);
        var implemented = new List<string>();
        // Saying hello twice ends a connection.
        foreach (var method in ReadScopes().Keys.Where(method => method != "connect"))
        {
            var response = await nobody.RequestAsync(method);
            if (!response.TryGetProperty("error", out var error) || error.GetProperty("message").GetString() != $"unknown method: {method}") implemented.Add(method);
        }
        output.WriteLine($"figure: methods of OpenClaw's gateway: {advertised.Count} of {ReadScopes().Count} advertised, {HonestNothings.Length} more answered with nothing");
        Assert.Equal(HonestNothings.Order(StringComparer.Ordinal), implemented.Where(method => !advertised.Contains(method) && !hidden.Contains(method)).Order(StringComparer.Ordinal));
        Assert.Empty(advertised.Except(implemented));
        Assert.Empty(advertised.Intersect(hidden));
    }

    [Fact]
    public async Task Stability_CountsHowTurnsEnded()
    {
        await SayAndHearAsync("hi", "r1");
        Host.LoadFault = new Models.Generation.GenerationException("no");
        await SayAndHearAsync("hi", "r2");
        System.Text.Json.JsonElement report;
        do report = await Owner.AskAsync("diagnostics.stability"); while (report.GetProperty("count").GetInt32() < 2);
        Assert.Equal(1, report.GetProperty("summary").GetProperty("byType").GetProperty("turn.completed").GetInt32());
        Assert.Equal("turn.failed", report.GetProperty("events")[1].GetProperty("type").GetString());
        Assert.Equal(1, (await Owner.AskAsync("diagnostics.stability", new System.Text.Json.Nodes.JsonObject { ["type"] = "turn.failed" })).GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("operator.admin", "operator.pairing", true)]
    [InlineData("operator.write", "operator.read", true)]
    [InlineData("operator.write", "operator.talk", true)]
    [InlineData("operator.write", "operator.admin", false)]
    [InlineData("operator.read", "operator.write", false)]
    [InlineData("operator.pairing", "operator.read", false)]
    public void Scopes_ImplyWhatTheyShould(string held, string needed, bool allowed) => Assert.Equal(allowed, Scope.Allows([held], needed));

    [Fact]
    public void Events_OfANode_AreNotAnOperators()
    {
        Assert.False(GatewayEvents.MayHear(Principal.Owner, "node.invoke.request"));
        Assert.False(GatewayEvents.MayHear(Principal.Owner, "no.such.event"));
        Assert.False(GatewayEvents.MayHear(new Principal(Principal.Node, [], "d", "token"), "chat"));
        Assert.True(GatewayEvents.MayHear(new Principal(Principal.Node, [], "d", "token"), "tick"));
    }

    private static bool IsScopeLine(string line) => line.StartsWith("* **operator.", StringComparison.Ordinal) || line.StartsWith("* **node role**", StringComparison.Ordinal);

    // "* **operator.read** (164): health diagnostics.stability …"; a star after a name: not advertised there.
    private static Dictionary<string, string> ReadScopes()
    {
        var scopes = new Dictionary<string, string>();
        foreach (var line in File.ReadLines(Shared.Find("protocol", "PROTOCOL.md")!).Where(IsScopeLine))
        {
            var scope = line.Split("**")[1];
            if (!line.Contains("): ", StringComparison.Ordinal)) continue;
            foreach (var name in line[(line.IndexOf("): ", StringComparison.Ordinal) + 3)..].Split(' ')) scopes[name.TrimEnd('*')] = scope == "node role" ? "node" : scope;
        }
        return scopes;
    }
}
